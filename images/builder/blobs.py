"""The cache of base images: layers by their digest, and bases unpacked."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from images.builder.unpacking import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from images.builder.layer import Layer

__all__ = ["Blobs", "unpacked"]

_CHUNK = 1 << 20
_UNUSED_SECONDS = 30 * 24 * 3600


class Blobs:
    """A folder of files named by their digest; what was not used for a month goes."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "blobs"
        self._folder.mkdir(parents=True, exist_ok=True)
        oldest = time.time() - _UNUSED_SECONDS
        for file in self._folder.iterdir():
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)

    def get(self, digest: str, fetch: Callable[[str, Path], None]) -> Path:
        """Return the file of a digest, fetched if it is not there."""
        file = self.path(digest)
        if not file.exists():
            fetch(digest, file)
        os.utime(file)
        return file

    def path(self, digest: str) -> Path:
        """Return where a blob lies or would lie."""
        return self._folder / digest.partition(":")[2]

    def keep(self, content: IO[bytes]) -> Path:
        """Store what a file holds."""
        found = hashlib.sha256()
        with self.new() as partial:
            with partial.open("wb") as target:
                while data := content.read(_CHUNK):
                    found.update(data)
                    target.write(data)
            return partial.rename(self._folder / found.hexdigest())

    @contextmanager
    def new(self) -> Iterator[Path]:
        """Give a file to fill; it is removed unless it was renamed."""
        handle, name = tempfile.mkstemp(suffix=".partial", dir=self._folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def unpacked(layers: Sequence[Layer], cache: Path) -> Path:
    """Return a folder with what the layers make together, unpacked once; needs root."""
    chain = hashlib.sha256("\n".join(item.digest for item in layers).encode()).hexdigest()
    bases = cache / "bases"
    bases.mkdir(parents=True, exist_ok=True)
    folder = bases / chain
    with _locked(bases / ".lock"):
        _forget(bases, keep=chain)
        if not folder.exists():
            partial = bases / f"{chain}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(mode=0o755)
            for item in layers:
                unpack(item.file, item.media_type, partial)
            partial.rename(folder)
        (bases / f"{chain}.used").touch()
    return folder


def _forget(bases: Path, *, keep: str) -> None:
    oldest = time.time() - _UNUSED_SECONDS
    for mark in bases.glob("*.used"):
        if mark.stem != keep and mark.stat().st_mtime < oldest:
            shutil.rmtree(bases / mark.stem, ignore_errors=True)
            mark.unlink()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
