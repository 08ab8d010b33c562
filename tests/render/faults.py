"""Strike a process at any one of its system calls that change files: kill it, or fail the call.

The kernel itself reports the calls (seccomp stops them, ptrace looks), so that every change is
counted, whoever makes it: `os`, `open`, `ctypes`. Linux on x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import traceback
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Call → its number on x86-64 and on arm64 (None: not there).
_NUMBERS: dict[str, tuple[int, int | None]] = {
    "open": (2, None),
    "openat": (257, 56),
    "creat": (85, None),
    "write": (1, 64),
    "pwrite64": (18, 68),
    "writev": (20, 66),
    "pwritev": (296, 70),
    "sendfile": (40, 71),
    "copy_file_range": (326, 285),
    "fallocate": (285, 47),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
}
_MACHINE = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
_CALLS = {
    number: name
    for name, numbers in _NUMBERS.items()
    if _MACHINE is not None and (number := numbers[_MACHINE]) is not None
}
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_TRACEME, _POKEUSER, _CONT, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 6, 7, 0x4200, 0x420E
_OPTIONS = 0x80 | 0x100000  # stop where seccomp says so; kill the process with its tracer
_SECCOMP_STOP = signal.SIGTRAP | 7 << 8
_ORIG_RAX, _RAX = 8 * 15, 8 * 10
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # instructions of seccomp's filters
_ALLOW, _TRACE, _REFUSE = 0x7FFF0000, 0x7FF00000, 0x00050000

CAN_KILL = sys.platform == "linux" and _MACHINE is not None
CAN_FAIL = CAN_KILL and _MACHINE == 0


@dataclass(frozen=True, slots=True)
class Trace:
    """The changing calls that a process began; its status, negative for a signal."""

    calls: tuple[str, ...]
    status: int


def trace(work: Callable[[], object], *, strike_at: int | None = None, fail: bool = False) -> Trace:
    """Run `work` in a child; kill it as it begins its changing call number `strike_at` (from 0).

    With `fail` the call does not happen and returns ENOSPC instead.
    """

    def traced() -> None:
        _ptrace(_TRACEME, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        _report_changes()
        work()

    child = fork(traced)
    os.waitpid(child, 0)
    _ptrace(_SETOPTIONS, child, _OPTIONS)
    calls: list[str] = []
    while True:
        _ptrace(_CONT, child, 0)
        _, status = os.waitpid(child, 0)
        if os.WIFSTOPPED(status) and status >> 8 == _SECCOMP_STOP and (name := _call(child)):
            calls.append(name)
            if len(calls) - 1 == strike_at:
                _strike(child, fail=fail)
        if len(calls) - 1 == strike_at and not fail:
            _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            return Trace(tuple(calls), os.waitstatus_to_exitcode(status))


def fork(work: Callable[[], object]) -> int:
    """Run `work` in a child process and return its id; its status is 0, or 1 for an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest-xdist has a thread
        child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def refuse_exchange() -> None:
    """Make the kernel refuse RENAME_EXCHANGE to this process, as some file systems do."""
    number = _NUMBERS["renameat2"][_MACHINE or 0]
    flags = 16 + 4 * 8  # where a call's fifth argument is
    _filter(
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 3, number or 0),
        (_LOAD, 0, 0, flags),
        (_EQUAL, 0, 1, 2),
        (_RETURN, 0, 0, _REFUSE | errno.EINVAL),
        (_RETURN, 0, 0, _ALLOW),
    )


def _report_changes() -> None:
    """Make the kernel stop this process at each call of `_CALLS`, for its tracer."""
    numbers = sorted(_CALLS)
    tests = [(_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]
    _filter((_LOAD, 0, 0, 0), *tests, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _TRACE))


def _filter(*steps: tuple[int, int, int, int]) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *s) for s in steps))
    header = struct.pack("@HP", len(steps), ctypes.addressof(program))
    libc = _libc()
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, header, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _call(child: int) -> str | None:
    """Return the name of the call at which the child stopped, if it changes files."""
    info = ctypes.create_string_buffer(88)
    _ptrace(_GET_SYSCALL_INFO, child, ctypes.addressof(info), at=len(info))
    number, *arguments = struct.unpack_from("=24xQ6Q", info.raw)
    name = _CALLS[number]
    if name in {"open", "openat"} and not arguments[1 if name == "open" else 2] & _CHANGING:
        return None
    return name


def _strike(child: int, *, fail: bool) -> None:
    """Let the call, at whose entry the child stands, not happen."""
    if fail:
        _ptrace(_POKEUSER, child, -1, at=_ORIG_RAX)
        _ptrace(_POKEUSER, child, -errno.ENOSPC, at=_RAX)
    else:
        os.kill(child, signal.SIGKILL)


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    libc.ptrace.restype = ctypes.c_long
    return libc


def _ptrace(request: int, child: int, data: int, *, at: int = 0) -> None:
    if _libc().ptrace(request, child, at, ctypes.c_void_p(data)) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace request {request}")
