"""What a run leaves outside of its session: processes that it started with a session of their own.

They have the run's id in the environment they were started with. The processes of a run's hooks
do not.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import anyio

from qhub.embedded.runs.identity import LINUX, Identity

__all__ = ["RUN", "end_remains"]

RUN = "QHUB_RUN"
"""The variable that holds a run's id."""
END_WITHIN_SECONDS = 3.0
LOOK_SECONDS = 0.1


async def end_remains(run: str) -> None:
    """End the processes that a run started and that are still there: SIGTERM, then SIGKILL."""
    left = await anyio.to_thread.run_sync(_started_by, run)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for identity in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(identity.pid, number)
        with anyio.move_on_after(END_WITHIN_SECONDS):
            while left := [identity for identity in left if identity.alive]:
                await anyio.sleep(LOOK_SECONDS)


def _started_by(run: str) -> list[Identity]:
    """Return the processes of this user that have the run's id in their environment."""
    wanted, found = f"{RUN}={run}".encode(), []
    for pid in _pids():
        identity = Identity.of(pid)
        if identity is not None and wanted in _environment(pid) and identity.alive:
            found.append(identity)
    return found


def _pids() -> list[int]:
    if LINUX:
        return [int(path.name) for path in Path("/proc").glob("[1-9]*")]
    import psutil

    return list(psutil.pids())


def _environment(pid: int) -> list[bytes]:
    """Return what a process was started with; nothing where it is gone, or another user's."""
    if LINUX:
        with suppress(OSError):
            return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return []
    import psutil

    with suppress(psutil.Error, OSError):
        return [f"{k}={v}".encode() for k, v in psutil.Process(pid).environ().items()]
    return []
