"""Builds a recipe on this machine with an overlay and chroot: no engine, only root is needed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from images.builder.blobs import unpacked
from images.builder.errors import BuildError
from images.builder.made import MadeSteps, key
from images.builder.rooted import FILES, FOLDERS, look, resolve
from images.builder.steps import Run, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from images.builder.image import Image
    from images.builder.layer import Layer
    from images.builder.request import Request
    from images.builder.steps import Program, Step

__all__ = ["carry_out", "check_machine"]

_NEEDED = ("unshare", "setpriv", "mount")


def carry_out(program: Program, image: Image, context: Path, request: Request) -> list[Layer]:
    """Carry out the steps on top of an image; return a layer of each that changed anything."""
    below = [unpacked(image.layers, request.cache)]
    done = MadeSteps(request.cache)
    so_far, layers = image.manifest.digest, []
    for step in program.steps:
        so_far = key(so_far, step, context, request)
        made = None if request.fresh else done.find(so_far)
        if made is None:
            sys.stderr.write(f"→ {step.title}\n")
            made = done.add(so_far, _changes(step, below, context, request), request)
        else:
            sys.stderr.write(f"= {step.title}\n")
        below.insert(0, made.changes)
        if made.layer:
            layers.append(made.layer)
    return layers


def _changes(step: Step, below: Sequence[Path], context: Path, request: Request) -> Path:
    """Carry out a step; return the folder of what it changed."""
    work = request.work / "step"
    shutil.rmtree(work, ignore_errors=True)
    names = [f"below{number}" for number in range(len(below))]
    for name in ("upper", "inner", "root", "scaffold", *names):
        (work / name).mkdir(parents=True)
    (work / "upper").chmod(0o755)
    places = [(name, True) for name in FILES] + [(name, False) for name in FOLDERS]
    for mount in step.mounts if isinstance(step, Run) else ():
        if mount.kind == "cache":
            (request.cache / "mounts" / mount.source).mkdir(parents=True, exist_ok=True)
            places.append((mount.target, False))
        elif mount.kind == "bind":
            places.append((mount.target, (context / mount.source.lstrip("/")).is_file()))
        elif mount.source in request.secrets:
            places.append((mount.target, True))
    _scaffold(work / "scaffold", below, places)
    plan = {
        "step": to_json(step),
        "below": [str(path) for path in below],
        "work": str(work),
        "context": str(context),
        "caches": str(request.cache / "mounts"),
        "secrets": {name: str(path) for name, path in request.secrets.items()},
    }
    _start(plan)
    return work / "upper"


def check_machine() -> None:
    """Raise if this machine cannot build this way."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise BuildError(
            "--builder chroot needs root on Linux",
            hint="start it with sudo, or take --builder docker or buildah",
        )
    if missing := [name for name in _NEEDED if not shutil.which(name)]:
        raise BuildError(f"missing here: {', '.join(missing)}", hint="install util-linux")


def _start(plan: Mapping[str, object]) -> None:
    """Run the steps in namespaces of their own, which end with this process, however it ends."""
    command = [
        *("setpriv", "--pdeathsig", "KILL", "--"),
        *("unshare", "--mount", "--propagation", "private", "--ipc", "--uts"),
        *("--pid", "--fork", "--kill-child", "--"),
        *(sys.executable, "-P", "-m", "images.builder.inside"),
    ]
    home = str(Path(__file__).resolve().parents[2])
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": home}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, stdout=2)
    try:
        process.communicate(json.dumps(plan).encode())
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise BuildError("the recipe failed", hint="the lines above say where")


def _scaffold(scaffold: Path, below: Sequence[Path], places: Iterable[tuple[str, bool]]) -> None:
    """Make a layer between base and changes that holds the places of mounts, and only those.

    So the image gets none of them, and no mount meets a link of the base that leads elsewhere.
    A place is a path, and whether it is a file.
    """
    _like(scaffold, below, "")
    for target, is_file in places:
        *parents, leaf = resolve(below, target)
        folder = scaffold
        for name in parents:
            folder /= name
            folder.mkdir(exist_ok=True)
            _like(folder, below, str(folder.relative_to(scaffold)))
        if is_file:
            (folder / leaf).touch()
        else:
            (folder / leaf).mkdir(exist_ok=True)
            _like(folder / leaf, below, str((folder / leaf).relative_to(scaffold)))


def _like(folder: Path, below: Sequence[Path], path: str) -> None:
    """Give a folder the owner and mode that it has in the layers below, if it is there."""
    found = look(below, path)
    if found and found.is_dir() and not found.is_symlink():
        status = found.stat()
        os.chown(folder, status.st_uid, status.st_gid)
        folder.chmod(stat.S_IMODE(status.st_mode))
