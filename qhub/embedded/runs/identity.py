"""Which process a flow run is: its pid, and what tells it from a later process of that pid.

The text form, `PID:STARTED`, is a run's `infrastructure_pid` in Prefect and the content of the
agent's file about the run.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LINUX", "Identity"]

LINUX = sys.platform.startswith("linux")
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: `pid`, and `started`, which no later process of the same pid has."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """Return the identity of a living process, None where there is none or a zombie."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def parse(cls, text: str | None) -> Identity | None:
        """Return what `str()` of an identity says, None for any other text."""
        pid, separator, started = (text or "").partition(":")
        if not separator or not started or not pid.isdecimal() or int(pid) < 2:
            return None
        return cls(int(pid), started)

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return Identity.of(self.pid) == self

    def __str__(self) -> str:
        return f"{self.pid}:{self.started}"


def _started(pid: int) -> str | None:
    if LINUX:
        return _started_on_linux(pid)
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def _started_on_linux(pid: int) -> str | None:
    """Return ticks since boot and the boot: unlike the time of day, neither is ever adjusted."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # proc(5): state is field 3 and starttime field 22; the name before them may hold anything.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else f"{fields[19]}-{_boot()}"


@functools.cache
def _boot() -> str:
    try:
        return BOOT.read_text()[:8]
    except OSError:
        return "0"
