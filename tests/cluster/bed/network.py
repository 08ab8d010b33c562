"""The bed's network: a namespace with a node's address in it and no wire to anywhere.

A thread can go in and out of it (`entered`): what it starts, processes and threads, is inside, too.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import NODE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DEVICE", "entered", "exists", "make", "remove", "users"]

DEVICE = "node0"
CLONE_NEWNET = 0x40000000  # from sched.h
MNT_DETACH = 2  # from sys/mount.h
# A bridge without a port stands for the node's interface: not every kernel has the type "dummy".
# The default route leads to it, so an address outside is unreachable in seconds, not unknown.
_SETUP = (
    "link set lo up",
    f"link add {DEVICE} type bridge",
    f"addr add {NODE_ADDRESS}/24 dev {DEVICE}",
    f"link set {DEVICE} up",
    f"route add default dev {DEVICE}",
)


def make(network: Path) -> None:
    """Make the namespace. Not by `ip netns add`: that leaves a mount of /run/netns for ever."""
    network.parent.mkdir(parents=True, exist_ok=True)
    network.touch()
    _run("unshare", f"--net={network}", "true")
    for command in _SETUP:
        _run("ip", "-n", network.name, *command.split())
    with entered(network):
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def exists(network: Path) -> bool:
    return network.exists()


def remove(network: Path) -> None:
    """Remove the namespace, however far `make` came; a process in it keeps it without a name."""
    libc = ctypes.CDLL(None, use_errno=True)
    while libc.umount2(os.fsencode(network), MNT_DETACH) == 0:
        pass  # every mount on the file; the last attempt finds none
    network.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others are in it, or it is a mount of `ip netns`
        network.parent.rmdir()


def users(network: Path) -> tuple[int, ...]:
    """Return the processes that are in the namespace."""
    inside = network.stat().st_ino
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended
            if (process / "ns" / "net").stat().st_ino == inside:
                found.append(int(process.name))
    return tuple(sorted(found))


@contextmanager
def entered(network: Path) -> Iterator[None]:
    """Let this thread, and what it starts in the meantime, be in the namespace."""
    former = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        inside = os.open(network, os.O_RDONLY)
        try:
            _setns(inside)
        finally:
            os.close(inside)
        try:
            yield
        finally:
            _setns(former)
    finally:
        os.close(former)


def _setns(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot enter the network namespace: {os.strerror(error)}")


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0:
        raise BedError(
            f"{' '.join(argv)} ended with status {done.returncode}: {done.stderr.strip()}",
            hint="the test bed needs root and a kernel with network namespaces and bridges",
        )
