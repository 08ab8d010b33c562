"""Images for the pods of the tests, built by `images/build` and pushed to the cluster's registry.

`image("flow")` is the image that users build, too; `image("prefect-0.14.22")` and
`image("prefect-1.4.1")` are of the old agents; `image("base")` is Debian with Python. For our bed
they are built without an engine, on a root file system that mmdebstrap makes; for another cluster
Docker builds them on Python's own images.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.access import Cluster, the_cluster
from tests.cluster.bed.place import CHECKOUT
from tests.helm.environments import (
    PREFECT_0,
    PREFECT_1,
    Environment,
    find_python,
    locked,
    missing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NAMES", "debian", "image", "python_base"]

RECIPES = Path(__file__).parent / "images"
CACHE = CHECKOUT / ".cache" / "cluster" / "images"
BUILD_SECONDS = 1500
_TRIES = 4  # an edit of the checkout between two builds makes another image
_PACKAGES = ("ca-certificates", "python3", "python3-venv")
_EPOCH = "315532800"


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What makes an image: a recipe, the Python under it, its arguments, how its tag begins."""

    path: str
    python: str
    version: str
    arguments: Mapping[str, str]


def _old(environment: Environment) -> _Recipe:
    pins = " ".join(environment.pins)
    version = environment.pins[0].partition("==")[2]
    return _Recipe(str(RECIPES / "prefect-old"), environment.python, version, {"PINS": pins})


_RECIPES = {
    "base": _Recipe(str(RECIPES / "base"), "3", "12", {}),
    "flow": _Recipe("flow", "3", "3.8.8", {}),
    "prefect-0.14.22": _old(PREFECT_0),
    "prefect-1.4.1": _old(PREFECT_1),
}
NAMES = tuple(_RECIPES)


def image(name: str, cluster: Cluster | None = None) -> str:
    """Return the reference of an image in the cluster's registry, built and pushed if need be.

    Its tag begins with the version of what is in it, and is another one for another content.
    """
    cluster = cluster or the_cluster()
    started = cluster.kubeconfig.stat().st_mtime_ns  # another bed has another registry
    return _pushed(name, cluster, started)


@functools.lru_cache
def _pushed(name: str, cluster: Cluster, _started: int) -> str:
    recipe = _RECIPES[name]
    repository = f"{cluster.registry}/qhub/{name.partition('-')[0]}"
    if cluster.place is None:  # Docker has no digest of an image before it is pushed
        tag = f"{repository}:{recipe.version}-python{recipe.python}"
        _build(recipe, _slim(recipe.python), tag, "--builder=docker", "--push")
        return tag
    for _ in range(_TRIES):
        with cluster.outside(), locked(CACHE / f"{name}.lock"):  # where packages are
            base = python_base(recipe.python)
            built = _build(recipe, base, f"{repository}:unnamed", "--builder=chroot")
        tag = f"{repository}:{recipe.version}-{built['digest'].partition(':')[2][:12]}"
        with cluster.entered():  # where the registry is; every step has been carried out by now
            pushed = _try(recipe, base, tag, "--builder=chroot", "--push")
        if pushed.returncode == 0 and json.loads(pushed.stdout)["digest"] == built["digest"]:
            return tag
    pytest.fail(f"{name}: not what was built (is the checkout edited?): {pushed.stderr[-2000:]}")


def python_base(version: str) -> str:
    """Return the file of a base image with a Python of this version; "3" is Debian's own.

    Without the interpreter that it needs a test is skipped; where `CI` is set it fails.
    """
    if version == "3":
        return str(debian())
    found = find_python(version)
    if found is None:
        missing(f"no Python {version} found; install it to run this test")
    python = Path(_ask(str(found), "import sys; print(sys.base_prefix)"))
    file = CACHE / f"python{version}.tar"
    recipe = CACHE / f"python{version}"
    with locked(file.with_suffix(".lock")):
        if not file.exists():
            shutil.rmtree(recipe, ignore_errors=True)
            shutil.copytree(RECIPES / "python", recipe)
            _copy_interpreter(python, version, recipe / "python")
            arguments = {"PYTHON": version}
            wanted = _Recipe(str(recipe), version, version, arguments)
            partial = file.with_suffix(".partial")
            archive = f"--archive={partial}"
            _build(wanted, str(debian()), f"python:{version}", "--builder=chroot", archive)
            partial.rename(file)
            shutil.rmtree(recipe)
    return str(file)


def debian() -> Path:
    """Return the archive of a root file system: Debian 12 with its Python, nothing of pip's."""
    file = CACHE / f"debian-{'-'.join(_PACKAGES)}.tar"
    with locked(file.with_suffix(".lock")):
        if file.exists():
            return file
        if not shutil.which("mmdebstrap"):
            missing("no mmdebstrap found; apt-get install mmdebstrap")
        partial = file.with_suffix(".partial.tar")
        command = [
            *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(_PACKAGES)}"),
            *("--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"),
            *(f"--aptopt={item}" for item in _apt_configuration()),
            *("bookworm", str(partial), *_apt_sources()),
        ]
        done = subprocess.run(
            command,
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"mmdebstrap: {done.stderr[-2000:]}", pytrace=False)
        partial.rename(file)
    return file


def _apt_configuration() -> list[str]:
    """Return the files that say how this machine's apt reaches Debian."""
    return [str(path) for path in sorted(Path("/etc/apt/apt.conf.d").glob("99*"))]


def _apt_sources() -> list[str]:
    """Return this machine's own list of Debian's archives, if it is of the same release."""
    found = Path("/etc/apt/sources.list.d/debian.sources")
    if found.is_file() and "bookworm" in found.read_text(encoding="utf-8"):
        return [str(found)]
    return []


def _copy_interpreter(python: Path, version: str, target: Path) -> None:
    """Copy what an installation of Python needs to run and to make virtual environments."""
    library = f"lib/python{version}"
    out = shutil.ignore_patterns(
        *("__pycache__", "site-packages", "test", "tests", "idlelib", "tkinter", "turtledemo"),
        *("config-*", "_tkinter*"),
    )
    shutil.copytree(python / library, target / library, ignore=out, symlinks=True)
    (target / library / "site-packages").mkdir()
    (target / "bin").mkdir()
    shutil.copy2(python / "bin" / f"python{version}", target / "bin")
    for shared in (python / "lib").glob(f"libpython{version}.so*"):
        shutil.copy2(shared, target / "lib", follow_symlinks=False)


def _slim(python: str) -> str:
    return f"python:{'3.12' if python == '3' else python}-slim-bookworm"


def _build(recipe: _Recipe, base: str, tag: str, *options: str) -> dict[str, str]:
    """Build an image; return what `images/build` says of it."""
    done = _try(recipe, base, tag, *options)
    if done.returncode:
        told = done.stderr[-3000:] + done.stdout
        pytest.fail(f"images/build {recipe.path}: {told}", pytrace=False)
    said: dict[str, str] = json.loads(done.stdout)
    return said


def _try(recipe: _Recipe, base: str, tag: str, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = [f"--build-arg={name}={value}" for name, value in recipe.arguments.items()]
    return subprocess.run(
        [
            *(sys.executable, str(CHECKOUT / "images" / "build"), recipe.path),
            *(f"--base={base}", f"--tag={tag}", "--output=json", *arguments, *options),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )


def _ask(python: str, code: str) -> str:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
