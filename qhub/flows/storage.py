"""Where archives of code are kept: a folder of this machine, or any URL that fsspec knows."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from qhub.flows.archive import digest_of
from qhub.flows.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.flows.archive import Archive

__all__ = ["fetch", "put"]


def put(storage: str, archive: Archive, *, make: bool = False) -> str:
    """Store an archive under its digest, if it is not there whole yet, and return its URL.

    `make` allows to make the folder.
    """
    _check(storage)
    url = f"{storage.rstrip('/')}/{archive.digest}.tar.gz"
    if (path := _local(url)) is not None:
        _put_file(path, archive, make=make)
        return path.as_uri()
    with _told(url):
        files, name = _remote(url)
        # its size alone: to read it back is to fetch it all
        if not files.exists(name) or files.size(name) not in (None, len(archive.content)):
            files.pipe_file(name, archive.content)
    return url


def fetch(url: str) -> bytes:
    """Return the content of an archive."""
    if (path := _local(url)) is not None:
        try:
            return path.read_bytes()
        except OSError as error:
            raise ArchiveError(f"the code {url} cannot be read: {error.strerror}") from error
    with _told(url):
        files, name = _remote(url)
        content: bytes = files.cat_file(name)
        return content


def _local(url: str) -> Path | None:
    """Return the path that a URL names: file:///…, or no URL at all."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return None if "://" in url else Path(url).absolute()


def _put_file(path: Path, archive: Archive, *, make: bool) -> None:
    """Write a file at once and for its owner alone: who reads it sees all or nothing.

    One that is damaged is replaced; a whole one stays, even if another zlib made other bytes.
    """
    try:
        if make:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and digest_of(path.read_bytes()) == archive.digest:
            return
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(archive.content)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except FileNotFoundError as error:
        raise ArchiveError(
            f"the platform keeps code in {path.parent}, which this machine does not have",
            hint="deploy on the platform's machine, or give storage='git' or a URL",
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArchiveError(f"the code cannot be stored in {path.parent}: {reason}") from error


def _remote(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs  # type: ignore[import-untyped] # it has no types

    files, name = url_to_fs(url)
    return files, str(name)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what the many kinds of storage raise into one error."""
    scheme = urlsplit(url).scheme
    try:
        yield
    except ImportError as error:
        raise ArchiveError(
            f"{scheme}:// needs a package that is not installed: {error}",
            hint="for s3:// it is s3fs, for gs:// gcsfs, for abfs:// adlfs",
        ) from error
    except ArchiveError:
        raise
    except Exception as error:  # every fsspec backend has errors of its own
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ArchiveError(f"{url} cannot be reached: {reason}") from error


def _check(storage: str) -> None:
    parts = urlsplit(storage)
    if parts.username or parts.password:
        raise ArchiveError(
            f"the storage URL of {parts.scheme}://{parts.hostname} holds credentials, "
            "and Prefect would show them",
            hint="leave them out; the storage's own variables or roles give access",
        )
