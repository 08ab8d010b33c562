"""Which processes of this machine belong to a platform, and how they are ended.

Every process of a platform has QHUB_STATE, the folder of its state, in its environment; nothing
else is ever touched. Only processes of this user can be looked into, so only they are found.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.config.problem import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import psutil

    from qhub.embedded.layout import Layout

__all__ = [
    "Process",
    "belongs",
    "describe",
    "end",
    "environment",
    "find",
    "listener",
    "listening",
    "lost",
    "orphans",
    "started",
]

_PROGRAMS = tuple(f"qhub.embedded.programs.{name}" for name in ("server", "gateway", "agent"))
_WIDTH = 80
_KILLED_SECONDS = 5
_CLOCK_SECONDS = 2
"""How much the time of a process's start may differ when the clock is set."""
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told from a later one of the same number by when it started (epoch)."""

    pid: int
    started: float
    session: int
    command: tuple[str, ...]


def belongs(pid: int, layout: Layout) -> bool:
    """Tell whether a process lives and is of this platform."""
    import psutil

    with suppress(psutil.Error, OSError):
        return _is_of(psutil.Process(pid), layout)
    return False


def find(layout: Layout) -> list[Process]:
    """Return the processes of a platform, the oldest first; not the one that asks.

    Nor those that started it: a flow may call `qhub`.
    """
    import psutil

    asking = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid not in asking and _is_of(process, layout):
                command = tuple(process.cmdline())
                session = os.getsid(process.pid)
                found.append(Process(process.pid, process.create_time(), session, command))
    return sorted(found, key=lambda process: process.started)


def lost(layout: Layout) -> list[Process]:
    """Return the processes of a platform whose folder is gone; none where it is there."""
    if layout.root.is_dir() or find_spec("psutil") is None:
        return []
    return find(layout)


def orphans(layout: Layout) -> list[Process]:
    """Return the programs whose supervisor is gone, and what they started.

    They are in the session that supervisor made. A flow run leads a session of its own, in which
    its helpers are; so a run and what it started are left alone, as are Dask's processes.
    """
    found = find(layout)
    alive = {process.pid for process in found}
    lost = {
        process.session
        for process in found
        if process.session not in alive and any(name in process.command for name in _PROGRAMS)
    }
    return [process for process in found if process.session in lost]


def end(processes: Iterable[Process], *, grace_seconds: float) -> None:
    """End processes: SIGTERM, and SIGKILL for those that are there after the grace.

    Without a grace they are not asked, only killed.
    """
    left = [process for process in processes if _lives(process)]
    for signum, seconds in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, _KILLED_SECONDS)):
        for process in left if seconds else ():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signum)
        left = _left_after(left, seconds)


def _left_after(processes: list[Process], seconds: float) -> list[Process]:
    """Wait for processes to be gone; return those that are not."""
    deadline = time.monotonic() + seconds
    while (left := [one for one in processes if _lives(one)]) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return left


def _lives(process: Process) -> bool:
    """Tell whether it is there, not another one of its number, and not dead but unmourned."""
    import psutil

    with suppress(psutil.Error):
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.started) < _CLOCK_SECONDS
        return bool(same and found.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    return False


def listening(layout: Layout) -> frozenset[int]:
    """Return the ports on which processes of a platform listen."""
    import psutil

    ports: set[int] = set()
    for process in find(layout):
        with suppress(psutil.Error, OSError):
            ports.update(_listened(psutil.Process(process.pid).net_connections(kind="tcp")))
    return frozenset(ports)


def listener(port: int) -> int | None:
    """Return the process that listens on a port; None where this user cannot see it."""
    import psutil

    with suppress(psutil.Error, OSError):  # macOS tells root alone
        for connection in psutil.net_connections(kind="tcp"):
            if connection.pid and port in _listened([connection]):
                return int(connection.pid)
    return None


def _listened(connections: Iterable[Any]) -> Iterator[int]:
    import psutil

    for connection in connections:
        if connection.status == psutil.CONN_LISTEN:
            yield connection.laddr.port


def environment(pid: int) -> dict[str, str]:
    """Return the environment that a process was started with; empty where it cannot be seen."""
    import psutil

    with suppress(psutil.Error, OSError):
        return dict(psutil.Process(pid).environ())
    return {}


def describe(pid: int) -> str:
    """Return "pid 4711, python3 -m http.server": a process for people, cut to a line."""
    import psutil

    with suppress(psutil.Error, OSError):
        command = printable(" ".join(psutil.Process(pid).cmdline())[:_WIDTH])
        return f"pid {pid}, {command}" if command else f"pid {pid}"
    return f"pid {pid}"


def started(pid: int) -> float | None:
    """Return when a process started, in seconds of the epoch; None when there is none."""
    import psutil

    with suppress(psutil.Error):
        return float(psutil.Process(pid).create_time())
    return None


def _is_of(process: psutil.Process, layout: Layout) -> bool:
    state = process.environ().get("QHUB_STATE")
    if not state or process.status() == "zombie":
        return False
    return Path(state) == layout.root or os.path.realpath(state) == os.path.realpath(layout.root)
