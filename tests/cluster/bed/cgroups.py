"""The bed's cgroups: what is in one of them belongs to the bed, and nothing else does.

Every process of the bed and of its containers is in a cgroup below NAME, so `down` finds them all,
whoever started them and whatever has become of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from tests.cluster.bed.errors import BedError

__all__ = ["end", "join", "make", "members", "remove", "require", "roots"]

_MOUNTS = Path("/proc/self/mountinfo")
_MARKERS = ("pids", "freezer", "memory")  # the one that tells the bed's parts apart


def roots() -> tuple[Path, ...]:
    """Return the folder of every cgroup hierarchy; the kubelet wants its root in each."""
    return tuple(path for path, kind in _mounts().items() if kind in ("cgroup", "cgroup2"))


def require() -> None:
    """Refuse a machine whose cgroups are of another kind than the bed knows."""
    if "cgroup" not in _mounts().values():
        raise BedError(
            "this machine has no cgroup version 1, the only one that the test bed knows",
            hint="name another cluster: QHUB_TEST_KUBECONFIG=FILE",
        )


def make(name: str) -> None:
    """Make the empty cgroup `name` in every hierarchy."""
    for root in roots():
        (root / name).mkdir(exist_ok=True)


def join(name: str, part: str) -> None:
    """Move this process into the cgroup of a part; what it starts is in it, too."""
    folder = _marker() / name / part
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.procs").write_text("0")  # 0 is who writes


def members(name: str, part: str = "") -> tuple[int, ...]:
    """Return the processes of the bed, or of one part, by their ids outside of the bed."""
    tops = [_marker() / name / part] if part else [root / name for root in roots()]
    return tuple(sorted({pid for top in tops for pid in _processes(top)}))


def end(name: str, *, seconds: float = 20) -> None:
    """Kill whatever is in the bed's cgroups, and wait until nothing is."""
    deadline = time.monotonic() + seconds
    while pids := members(name):
        if time.monotonic() > deadline:
            raise BedError(
                f"processes of the test bed do not end: {', '.join(map(str, pids))}",
                hint="look at them with ps; a process in state D waits for a disk",
            )
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def remove(name: str, *, seconds: float = 10) -> None:
    """Remove the bed's cgroups; nothing may be in them any more."""
    deadline = time.monotonic() + seconds
    while left := [root / name for root in roots() if (root / name).exists()]:
        for top in left:
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):  # the kernel is not done with its last process
                    Path(folder).rmdir()
        if time.monotonic() > deadline:
            raise BedError(f"the cgroup {left[0]} cannot be removed; a process is still in it")
        time.sleep(0.02)


def _processes(top: Path) -> list[int]:
    found: list[int] = []
    for folder, _, _ in os.walk(top):
        with contextlib.suppress(OSError):  # it went while we looked
            found += map(int, (Path(folder) / "cgroup.procs").read_text().split())
    return [pid for pid in found if pid > 0]  # 0: a process that cannot be seen from here


def _marker() -> Path:
    known = {root.name: root for root in roots()}
    return next(known[name] for name in _MARKERS if name in known)


def _mounts() -> dict[Path, str]:
    """Return the kind of file system at every mount point."""
    if not _MOUNTS.exists():
        return {}
    fields = [line.split() for line in _MOUNTS.read_text().splitlines()]
    return {Path(field[4]): field[field.index("-") + 1] for field in fields}
