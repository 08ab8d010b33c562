"""The bed's programs that are built here, from the Go modules of their projects.

`.cache/cluster/bin/NAME` is there once for its sources: beside it lies `NAME.digest`. They are
built one after another, by whoever comes first.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HELM_VERSION", "KUBERNETES_VERSION", "PROGRAMS", "build", "digest"]

SOURCES = Path(__file__).parents[1] / "kubernetes"
KUBERNETES_VERSION = "1.36.3"
HELM_VERSION = "4.3.1"
_DEADLINE_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Program:
    """A program of our Go module in `package`, or of another module at a version."""

    name: str
    package: str
    flags: str = ""

    @property
    def foreign(self) -> bool:
        return "@" in self.package


def _version_flags() -> str:
    major, minor, _ = KUBERNETES_VERSION.split(".")
    values = {"gitVersion": f"v{KUBERNETES_VERSION}", "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(f"-X {p}.{key}={value}" for p in packages for key, value in values.items())


PROGRAMS = (
    Program(
        "helm",
        f"helm.sh/helm/v4/cmd/helm@v{HELM_VERSION}",
        f"-X helm.sh/helm/v4/internal/version.version=v{HELM_VERSION}",
    ),
    Program("kube", ".", _version_flags()),
    Program("registry", "./registry"),
    Program("pause", "./pause"),
    Program("coredns", "./coredns"),
    Program("probe", "./probe"),
)


def build(place: Place, report: Callable[[str], None]) -> None:
    """Build what is missing or older than its sources; `report` is told what takes time."""
    place.bin.mkdir(parents=True, exist_ok=True)
    with (place.cache / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by closing, and by the end of the process
        for program in PROGRAMS:
            if _stamp(place, program) != digest(program):
                report(f"builds {program.name}")
                _make(place, program)
        _link(place.bin / "kubectl")


def digest(program: Program) -> str:
    """Return what tells this build of a program from every other one."""
    text = hashlib.sha256(f"{program.package}\n{program.flags}\n".encode())
    if not program.foreign:
        folder = SOURCES / program.package
        for source in (*sorted(folder.glob("*.go")), SOURCES / "go.mod", SOURCES / "go.sum"):
            text.update(f"{source.name}\n".encode() + source.read_bytes())
    return text.hexdigest()[:16]


def _stamp(place: Place, program: Program) -> str:
    if not (place.bin / program.name).exists():
        return ""
    try:
        return (place.bin / f"{program.name}.digest").read_text().strip()
    except FileNotFoundError:
        return ""


def _make(place: Place, program: Program) -> None:
    """Build into a folder aside and move it in: a killed build leaves the former program."""
    aside = place.cache / "building"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    flags = ["-trimpath", f"-ldflags=-s -w {program.flags}"]
    if program.foreign:
        argv = ["go", "install", *flags, program.package]
    else:
        argv = ["go", "build", *flags, "-o", f"{aside / program.name}", program.package]
    env = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(aside), "GOWORK": "off"}
    log = place.cache / f"build-{program.name}.log"
    with log.open("w") as output:
        made = _run(argv, env, output)
    if made != 0:
        last = "\n".join(log.read_text().splitlines()[-5:])
        raise BedError(
            f"{program.name} does not build: go ended with status {made}\n{last}",
            hint=f"all of it is in {log}; Go modules must be to be had (GOPROXY)",
        )
    stamp = place.bin / f"{program.name}.digest"
    stamp.unlink(missing_ok=True)
    (aside / program.name).replace(place.bin / program.name)
    stamp.write_text(digest(program) + "\n")
    aside.rmdir()


def _run(argv: list[str], env: dict[str, str], output: IO[str]) -> int:
    try:
        return subprocess.run(
            argv,
            cwd=SOURCES,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=_DEADLINE_SECONDS,
            check=False,
        ).returncode
    except FileNotFoundError:
        raise BedError(
            "go is not on PATH; the test bed builds Kubernetes with it",
            hint="install Go 1.26 or later",
        ) from None


def _link(path: Path) -> None:
    """Let `kubectl` be a name of the program `kube`."""
    if not path.is_symlink():
        path.unlink(missing_ok=True)
        path.symlink_to("kube")
