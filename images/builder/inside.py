"""Carries out one step of a build; runs as a process of its own, in namespaces of its own.

Standard input is the plan that `images.builder.chroot` wrote. All mounts made here, and every
process that a command leaves behind, end with this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from images.builder import confined
from images.builder.copying import copy_in
from images.builder.errors import BuildError
from images.builder.rooted import FILES, home, identity, owner, resolve
from images.builder.steps import Copy, Folder, Mount, Run, Step, from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["main"]

_DEVICES = ("full", "null", "random", "tty", "urandom", "zero")
_LINKS = {
    "fd": "/proc/self/fd",
    "ptmx": "pts/ptmx",
    "stderr": "fd/2",
    "stdin": "fd/0",
    "stdout": "fd/1",
}
_OVERLAY = "redirect_dir=off,metacopy=off,index=off"


def main() -> int:
    """Carry out the plan; return the exit status."""
    plan = json.load(sys.stdin)
    try:
        root = _mount_root(plan)
        _carry_out(from_json(plan["step"]), root, plan)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _carry_out(step: Step, root: Path, plan: Mapping[str, Any]) -> None:
    if isinstance(step, Copy):
        context = Path(plan["context"])
        copy_in(context, step.sources, root, step.target, owner(root, step.owner))
    elif isinstance(step, Folder):
        made = confined.start(root, lambda: Path(step.path).mkdir(parents=True, exist_ok=True))
        confined.wait(made, f"make {step.path}")
    elif isinstance(step, Run):
        _run(step, root, plan)
    else:
        assert_never(step)


def _mount_root(plan: Mapping[str, Any]) -> Path:
    """Mount the overlay and what commands find in every system."""
    work = Path(plan["work"])
    root = work / "root"
    names = [f"below{number}" for number, _ in enumerate(plan["below"])]
    for name, path in zip(names, plan["below"], strict=True):
        _mount("--bind", path, name, folder=work)
    layers = f"lowerdir={':'.join(['scaffold', *names])},upperdir=upper,workdir=inner,{_OVERLAY}"
    _mount("-t", "overlay", "overlay", "-o", layers, "root", folder=work)
    _mount("-t", "proc", "-o", "nosuid,nodev,noexec", "proc", str(root / "proc"))
    _mount("-t", "tmpfs", "-o", "mode=755,nosuid", "tmpfs", str(root / "dev"))
    for name in _DEVICES:
        if Path("/dev", name).exists():
            (root / "dev" / name).touch()
            _mount("--bind", f"/dev/{name}", str(root / "dev" / name))
    for name, target in _LINKS.items():
        (root / "dev" / name).symlink_to(target)
    (root / "dev" / "pts").mkdir()
    terminals = "newinstance,ptmxmode=0666,mode=0620,nosuid,noexec"
    _mount("-t", "devpts", "-o", terminals, "devpts", str(root / "dev" / "pts"))
    (root / "dev" / "shm").mkdir()
    (root / "dev" / "shm").chmod(0o1777)
    for name in FILES:
        if Path(name).exists():
            _mount("--bind", os.path.realpath(name), f"{root}{name}")
    return root


def _run(step: Run, root: Path, plan: Mapping[str, Any]) -> None:
    mounted = []
    try:
        for mount in step.mounts:
            if (source := _source(mount, plan)) is not None:
                target = str(root.joinpath(*resolve((root,), mount.target)))
                _mount("--bind", source, target)
                mounted.append(target)
                if mount.kind != "cache":
                    _mount("-o", "remount,bind,ro", target)
        status = _command(step, root)
    finally:
        for target in reversed(mounted):
            subprocess.run(["umount", "--lazy", target], check=False)
    if status:
        raise BuildError(f"this command ended with status {status}: {step.title}")


def _source(mount: Mount, plan: Mapping[str, Any]) -> str | None:
    """Return what a command is to see; a secret that nobody gave is left out."""
    if mount.kind == "cache":
        return str(Path(plan["caches"]) / mount.source)
    if mount.kind == "bind":
        path = Path(plan["context"]) / mount.source.lstrip("/")
        if not path.exists():
            raise BuildError(f"the recipe's folder holds no '{mount.source}'")
        return str(path)
    given: str | None = plan["secrets"].get(mount.source)
    if given is None and mount.required:
        name = mount.source
        raise BuildError(f"the recipe needs the secret '{name}': --secret {name}=FILE")
    return given


def _command(step: Run, root: Path) -> int:
    user, group, groups = identity(root, step.user)

    def enter() -> None:
        os.chroot(root)
        os.chdir(step.folder)
        os.umask(0o022)
        os.setgroups(groups)
        os.setgid(group)
        os.setuid(user)

    environment = {"HOME": home(root, user), **dict(step.environment)}
    try:
        return subprocess.run(
            step.argv,
            env=environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=enter,
            check=False,
        ).returncode
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"cannot start {step.argv[0]} in the image: {error}") from error


def _mount(*arguments: str, folder: Path | None = None) -> None:
    done = subprocess.run(
        ["mount", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"mount {' '.join(arguments)}: {done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
