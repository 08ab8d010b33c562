"""When the disk, or what lies on it, does not let QHub write: errors that name the place."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.errors import WriteError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["in_the_way", "refusals"]


def in_the_way(path: Path, why: str, *, hint: str) -> WriteError:
    """Return the error for something at `path` that must not be written over."""
    error = WriteError(path, OSError(errno.EEXIST, why))
    error.hint = hint
    return error


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Turn each `OSError` into a `WriteError` that names its path, else `folder`."""
    try:
        yield
    except OSError as error:
        path = Path(error.filename) if isinstance(error.filename, str) else folder
        told = WriteError(path, error)
        if isinstance(error, PermissionError):
            told.hint = "run qhub as the user who owns it, or render elsewhere with --dir"
        elif error.errno == errno.EROFS:
            told.hint = "nothing can be written on that disk: render elsewhere with --dir"
        elif error.errno in {errno.ENOSPC, errno.EDQUOT}:
            told.hint = "make room on that disk, or render elsewhere with --dir"
        raise told from error
