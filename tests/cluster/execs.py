"""The arguments of every program that a command starts, as the kernel has them; also a program.

    with traced(["qhub", "deploy"], env=…, cwd=…) as …

The tracer is a process of its own (`python execs.py LOG COMMAND…`): it follows the command and all
processes that come of it, and at each execve, before the new program runs, it notes what
/proc/PID/cmdline says then. Linux alone; the kernel ends what is traced if the tracer ends.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Traced", "traced"]

DEADLINE_SECONDS = 420
_CONT, _SEIZE, _LISTEN = 7, 0x4206, 0x4208
_FORK, _VFORK, _CLONE, _EXEC, _STOP = 1, 2, 3, 4, 128  # events
# Processes and threads of what is traced are traced; all end with the tracer.
_OPTIONS = sum(1 << event for event in (_FORK, _VFORK, _CLONE, _EXEC)) | 1 << 20
_GROUP_STOPS = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_ALL = 0x40000000  # __WALL: threads, too


@dataclass(frozen=True, slots=True)
class Traced:
    """How a command ended, what it printed, and the arguments of each program, by execve."""

    status: int
    stdout: str
    stderr: str
    arguments: tuple[tuple[str, ...], ...]


def traced(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Traced:
    """Run a command, whatever it ends with."""
    with tempfile.NamedTemporaryFile() as log:
        done = subprocess.run(
            [sys.executable, __file__, log.name, *command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        lines = Path(log.name).read_text(encoding="utf-8").splitlines()
    arguments = tuple(tuple(json.loads(line)) for line in lines)
    return Traced(done.returncode, done.stdout, done.stderr, arguments)


def main(log: str, command: Sequence[str]) -> int:
    """Run a command and note the arguments of all that it starts; return its status."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.read(told, 1)  # until it is traced
        os.execvp(command[0], list(command))  # noqa: S606  there is no shell
    _ptrace(_SEIZE, child, _OPTIONS)
    os.write(tell, b"!")
    status = 1
    with Path(log).open("w", encoding="utf-8") as noted:
        while True:
            try:
                process, state = os.waitpid(-1, _ALL)
            except ChildProcessError:
                return status
            if os.WIFSTOPPED(state):
                if state >> 16 == _EXEC:
                    noted.write(json.dumps(_arguments(process)) + "\n")
                _go_on(process, os.WSTOPSIG(state), event=state >> 16)
            elif process == child:
                ended = os.waitstatus_to_exitcode(state)
                status = ended if ended >= 0 else 128 - ended


def _arguments(process: int) -> list[str]:
    content = Path(f"/proc/{process}/cmdline").read_bytes()
    return os.fsdecode(content).split("\0")[:-1]


def _go_on(process: int, number: int, *, event: int) -> None:
    """Let a process go on that stopped at an event, or at a signal, which it then gets."""
    request, given = _CONT, 0 if event else number
    if event == _STOP and number in _GROUP_STOPS:
        request = _LISTEN  # it was stopped by somebody: it stays so
    try:
        _ptrace(request, process, given)
    except ProcessLookupError:
        return  # it was killed meanwhile


def _ptrace(request: int, process: int, data: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, process, None, ctypes.c_void_p(data)) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
