"""Applies the layers of an image onto a folder; needs root."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from images.builder import confined
from images.builder.errors import BuildError
from images.builder.layer import GZIP, OPAQUE, WHITEOUT, ZSTD

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["opened", "unpack"]


def unpack(file: Path, media_type: str, root: Path) -> None:
    """Apply a layer onto a folder, which nothing that the layer holds can leave."""
    with opened(file, media_type) as stream:
        child = confined.start(root, lambda: _apply(stream))
        confined.wait(child, f"unpack {file.name} into {root}")


@contextmanager
def opened(file: Path, media_type: str) -> Iterator[IO[bytes]]:
    """Open a layer's archive for reading, uncompressed."""
    if media_type == ZSTD:
        if not shutil.which("zstd"):
            raise BuildError("the base image is compressed with zstd", hint="install zstd")
        with subprocess.Popen(["zstd", "-dcq", str(file)], stdout=subprocess.PIPE) as process:
            assert process.stdout  # noqa: S101 asked for
            yield process.stdout
        if process.returncode:
            raise BuildError(f"zstd could not read {file}")
    elif media_type == GZIP:
        with gzip.GzipFile(file, "rb") as stream:
            yield cast("IO[bytes]", stream)
    else:
        with file.open("rb") as plain:
            yield plain


def _apply(stream: IO[bytes]) -> None:
    ours: set[Path] = set()
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            path = Path(os.path.normpath(f"/{member.name.lstrip('/')}"))
            if path.name == OPAQUE:
                _empty(path.parent, ours)
            elif path.name.startswith(WHITEOUT):
                confined.remove(path.with_name(path.name.removeprefix(WHITEOUT)))
            else:
                if member.islnk():
                    member.linkname = member.linkname.lstrip("/")
                confined.extract(archive, member, path)
                ours.update((path, *path.parents))


def _empty(folder: Path, ours: set[Path]) -> None:
    """Remove what lower layers put into a folder, and leave what this layer has put there."""
    if not folder.is_dir():
        return
    for path in list(folder.iterdir()):
        if path not in ours:
            confined.remove(path)
        elif not path.is_symlink():
            _empty(path, ours)
