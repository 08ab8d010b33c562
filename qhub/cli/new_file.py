"""Writes one new file: whole or not at all, and over another only when told so."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from qhub.errors import ExistingFileError, WriteError

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: bytes, *, force: bool) -> None:
    """Write the file; raises `ExistingFileError` where one is there, unless `force`."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        with beside.open("xb") as file:
            file.write(content)
        _name(beside, path, force=force)
    except OSError as error:
        raise WriteError(path, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _name(beside: Path, path: Path, *, force: bool) -> None:
    """Give the finished file its name, where `force` is unset only if that is free."""
    if not force:
        try:
            os.link(beside, path)
        except FileExistsError as error:
            raise ExistingFileError(path) from error
        except OSError:  # a file system without hard links
            if path.exists():
                raise ExistingFileError(path) from None
        else:
            return
    beside.replace(path)
