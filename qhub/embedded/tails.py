"""The last lines of a program's log, and those that come: also where supervisor rotates it.

Supervisor renames NAME.log to NAME.log.1 when it is full, that to NAME.log.2 and so on.
"""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import BinaryIO

__all__ = ["following", "size", "tail"]

_BACKUPS = 9
_BLOCK = 64 * 1024
_POLL_SECONDS = 0.2
_LONGEST_LINE = 1024 * 1024
"""A line without an end is handed on in pieces."""


def tail(log: Path, lines: int, *, until: int | None = None) -> list[str]:
    """Return the last lines, of rotated files too where the newest has too few.

    `until` is where the newest ends, if not at its end.
    """
    found: deque[str] = deque()
    for path in (log, *(Path(f"{log}.{number}") for number in range(1, _BACKUPS + 1))):
        missing = lines - len(found)
        if missing <= 0 or not path.exists():
            break
        with suppress(FileNotFoundError), path.open("rb") as file:  # rotated away meanwhile
            found.extendleft(reversed(_last(file, missing, until if path == log else None)))
    return list(found)


def size(log: Path) -> tuple[int, int]:
    """Return a place in a log: its file's number, and how long it is; (0, 0) of none."""
    with suppress(FileNotFoundError):
        known = log.stat()
        return known.st_ino, known.st_size
    return 0, 0


def following(log: Path, place: tuple[int, int], ended: Callable[[], bool]) -> Iterator[str]:
    """Yield the lines that come after a place, as they come, until `ended` and no more are there.

    A file that was renamed is read to its end before its successor is.
    """
    inode, offset = place
    file: BinaryIO | None = None
    rest = b""
    try:
        while True:
            last_look = ended()
            if file is None:
                file = _open(log, inode, offset)
            if file is not None:
                moved = size(log)[0] not in (0, os.fstat(file.fileno()).st_ino)
                rest = yield from _lines(file, rest)
                if moved:  # and so all is read that was ever written to it
                    file.close()
                    file, inode, offset = None, 0, 0
                    continue
            if last_look:
                break
            time.sleep(_POLL_SECONDS)
        if rest:
            yield _text(rest)
    finally:
        if file is not None:
            file.close()


def _open(log: Path, inode: int, offset: int) -> BinaryIO | None:
    """Open the file of a place, under its newer name too, else the log from its beginning."""
    for path in (log, Path(f"{log}.1")):
        with suppress(FileNotFoundError):
            file = path.open("rb")
            if os.fstat(file.fileno()).st_ino == inode:
                file.seek(offset)
                return file
            file.close()
    with suppress(FileNotFoundError):
        return log.open("rb")
    return None


def _lines(file: BinaryIO, rest: bytes) -> Generator[str, None, bytes]:
    """Yield whole lines; the return value is what is left without an end."""
    while block := file.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        yield from map(_text, whole)
        if len(rest) > _LONGEST_LINE:
            yield _text(rest)
            rest = b""
    return rest


def _last(file: BinaryIO, lines: int, until: int | None) -> list[str]:
    """Return the last lines of a file, read from its end."""
    end = file.seek(0, os.SEEK_END) if until is None else until
    read = b""
    while end > 0 and read.count(b"\n") <= lines:
        step = min(_BLOCK, end)
        end -= step
        file.seek(end)
        read = file.read(step) + read
    return [_text(line) for line in read.removesuffix(b"\n").split(b"\n")[-lines:]] if read else []


def _text(line: bytes) -> str:
    return line.rstrip(b"\r").decode("utf-8", "replace")
