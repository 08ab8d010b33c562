"""Terraform's processes: those of a killed qhub, which work on, and those that Terraform left.

Terraform leads a process group of its own, in which its providers are. A note on the disk says
which; by the time that its process was started, another one of the same number is told apart.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Orphan", "end_group", "end_leftovers", "note", "orphan"]

_PROC = Path("/proc")
_LOOK_SECONDS = 0.05
_PS_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Orphan:
    """A run of Terraform as its note says; `since` is the local time of day, `at` the time."""

    pid: int
    started: str
    command: str
    folder: str
    data: str
    since: str
    at: float

    @property
    def alive(self) -> bool:
        """Whether Terraform itself still works."""
        return bool(self.started) and _started(self.pid) == self.started


def note(record: Path, pid: int, *, command: str, folder: Path, data: str) -> None:
    """Write down that a Terraform was started."""
    since, at = time.strftime("%H:%M:%S"), time.time()
    found = Orphan(pid, _started(pid), command, str(folder), data, since, at)
    new = record.with_suffix(".new")
    new.write_text(json.dumps(asdict(found)))
    new.replace(record)


def orphan(record: Path) -> Orphan | None:
    """Return the Terraform that a killed qhub left a note of, None where there is no note."""
    try:
        return Orphan(**json.loads(record.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def end_leftovers(found: Orphan, *, grace_seconds: float) -> tuple[int, ...]:
    """End the providers that a killed Terraform left, and return their process numbers.

    A process of the group counts only where its environment says that it belongs to that run.
    """
    if found.alive:
        return ()
    mark = f"TF_DATA_DIR={found.data}".encode()
    left = tuple(pid for pid in _members(found.pid) if mark in _environment(pid))
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while any(map(_is_there, left)) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    for pid in filter(_is_there, left):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left


def end_group(process: subprocess.Popen[bytes], *, grace_seconds: float) -> None:
    """End a process that leads a group, and what is left of the group; nothing where none is."""
    _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while process.poll() is None or _group_lives(process.pid):
        if time.monotonic() > deadline:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            return
        time.sleep(_LOOK_SECONDS)


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS: of zombies alone
        os.killpg(group, number)


def _group_lives(group: int) -> bool:
    """Tell whether a group has a process that is not merely waiting to be collected."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # the rule: nothing is left
        return False
    return not _PROC.is_dir() or any(True for _ in _members(group))


def _members(group: int) -> Iterator[int]:
    """Yield the living processes of a group, where the system lists them in /proc."""
    if not _PROC.is_dir():
        return
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            found = _stat(int(entry.name))
            if len(found) > 2 and found[2] == str(group) and found[0] not in {"Z", "X"}:
                yield int(entry.name)


def _is_there(pid: int) -> bool:
    if _PROC.is_dir():
        return _stat(pid)[:1] not in ([], ["Z"], ["X"])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _started(pid: int) -> str:
    """Return when a process was started, in the system's own words; nothing where none is."""
    if _PROC.is_dir():
        found = _stat(pid)
        return found[19] if len(found) > 19 and found[0] not in {"Z", "X"} else ""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=_PS_SECONDS,
            check=False,
        )
        return done.stdout.strip()
    return ""


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, from the state on; none where gone."""
    try:
        content = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return content.rpartition(")")[2].split()


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
