"""Private files of the state: all of a change is on the disk before any of it is seen."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.errors import WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["differing", "read_or_none", "refusals", "replace"]

_SUFFIX = ".qhub-new"


def replace(files: Mapping[Path, bytes], *, gone: Iterable[Path] = ()) -> None:
    """Write files for their owner alone, each in one step, and remove those that are `gone`.

    Everything is written beside its place first: a full disk leaves all as it was. Raises
    `WriteError`.
    """
    new = {path: path.with_name(path.name + _SUFFIX) for path in files}
    try:
        for path, content in files.items():
            with refusals(path):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _put(new[path], content)
        for path, temporary in new.items():
            with refusals(path):
                temporary.replace(path)
    finally:
        for temporary in new.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    for path in gone:
        with refusals(path):
            path.unlink(missing_ok=True)


def differing(files: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Return those of the files that are not on the disk with that content."""
    return {path: content for path, content in files.items() if read_or_none(path) != content}


def read_or_none(path: Path) -> bytes | None:
    """Return the content of a file, or None where there is none. Raises `WriteError`."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WriteError(path, error) from error


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a `WriteError` that names where."""
    try:
        yield
    except OSError as error:
        raise WriteError(Path(error.filename or path), error) from error


def _put(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
