"""Copies files of a recipe's folder into a root file system, as `COPY` does; needs root."""

from __future__ import annotations

import fnmatch
import os
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from images.builder import confined
from images.builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["copy_in"]

_FILE, _CONTENT = "file", "content"


def copy_in(
    context: Path, sources: Iterable[str], root: Path, target: str, owner: tuple[int, int]
) -> None:
    """Copy files, and what folders hold; they go through a pipe to a child inside the root."""
    found = [path for source in sources for path in _matching(context, source)]
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb") as sink:

        def receive() -> None:
            sink.close()
            _receive(stream, target, owner)

        child = confined.start(root, receive)
        stream.close()
        with suppress(BrokenPipeError):  # the child says why
            _send(found, sink, owner)
        with suppress(BrokenPipeError):
            sink.close()
    confined.wait(child, f"copy into {target}")


def _matching(context: Path, source: str) -> Sequence[Path]:
    """Return what a source means; `*` and `?` do not cross folders."""
    found = [context]
    for part in source.split("/"):
        if part in {"", "."}:
            continue
        inside = [item for folder in found if folder.is_dir() for item in sorted(folder.iterdir())]
        found = [item for item in inside if fnmatch.fnmatchcase(item.name, part)]
    if not found:
        raise BuildError(f"COPY: the recipe's folder holds no '{source}'")
    return found


def _send(found: Iterable[Path], sink: IO[bytes], owner: tuple[int, int]) -> None:
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path in found:
            if path.is_symlink() or not path.is_dir():
                _send_one(archive, path, f"{_FILE}/{path.name}", owner)
                continue
            _send_one(archive, path, _CONTENT, owner)
            for item in sorted(path.rglob("*")):
                name = f"{_CONTENT}/{item.relative_to(path).as_posix()}"
                _send_one(archive, item, name, owner)


def _send_one(archive: tarfile.TarFile, path: Path, name: str, owner: tuple[int, int]) -> None:
    info = archive.gettarinfo(str(path), arcname=name)
    if info.islnk():  # tarfile has met the file under another name
        info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
    info.uid, info.gid = owner
    if info.isreg():
        with path.open("rb") as content:
            archive.addfile(info, content)
    else:
        archive.addfile(info)


def _receive(stream: IO[bytes], target: str, owner: tuple[int, int]) -> None:
    """Put files where they belong: into the target if that is a folder, else in its place."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            kind, _, name = member.name.partition("/")
            into = kind == _CONTENT or target.endswith("/") or Path(target).is_dir()
            place = Path(target, name) if into else Path(target)
            _make_folder(place.parent, owner)
            if not (member.isdir() and place.is_dir()):
                confined.extract(archive, member, place)


def _make_folder(path: Path, owner: tuple[int, int]) -> None:
    if not path.is_dir():
        _make_folder(path.parent, owner)
        path.mkdir()
        os.chown(path, *owner)
