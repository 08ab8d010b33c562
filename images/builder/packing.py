"""Packs what an overlay changed as a layer, so that equal trees give equal bytes."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import tarfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from images.builder.layer import GZIP, OPAQUE, TAR, WHITEOUT, XATTR, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compress", "pack"]

_LEVEL = 6
_CHUNK = 1 << 20


class _Writer(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Hashed:
    """A file for writing that knows the digest of what went through it."""

    def __init__(self, file: _Writer) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here."""

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def pack(upper: Path, target: Path, *, epoch: int, compressed: bool) -> Layer:
    """Write a layer: sorted by name, all times `epoch`, owners as numbers."""
    with target.open("wb") as file:
        outer = _Hashed(file)
        inner = _Hashed(_zipped(outer) if compressed else outer)
        output = cast("IO[bytes]", inner)  # tarfile writes to it and no more
        with tarfile.open(fileobj=output, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, upper, epoch)
        if compressed:
            cast("gzip.GzipFile", inner._file).close()
    return Layer(target, GZIP if compressed else TAR, outer.digest, outer.size, inner.digest)


def compress(archive: IO[bytes], target: Path) -> Layer:
    """Write an archive that is there already as a layer, compressed."""
    with target.open("wb") as file:
        outer = _Hashed(file)
        zipped = _zipped(outer)
        inner = _Hashed(zipped)
        while data := archive.read(_CHUNK):
            inner.write(data)
        zipped.close()
    return Layer(target, GZIP, outer.digest, outer.size, inner.digest)


def _zipped(file: _Hashed) -> gzip.GzipFile:
    return gzip.GzipFile("", "wb", _LEVEL, cast("IO[bytes]", file), mtime=0)


def _add(archive: tarfile.TarFile, upper: Path, epoch: int) -> None:
    links: dict[int, str] = {}
    for path in _walk(upper):
        name = path.relative_to(upper).as_posix()
        found = path.lstat()
        if stat.S_ISSOCK(found.st_mode):
            continue
        if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0:  # overlayfs says: removed
            gone = Path(name).with_name(f"{WHITEOUT}{path.name}")
            archive.addfile(_empty_file(gone.as_posix(), epoch))
            continue
        info = _described(archive, path, name, found, links)
        info.mtime = epoch
        if info.isreg():
            with path.open("rb") as content:
                archive.addfile(info, content)
        else:
            archive.addfile(info)
        if info.isdir() and _is_opaque(path):
            archive.addfile(_empty_file(f"{name}/{OPAQUE}", epoch))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield all below a folder, each folder before what it holds, by name."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _described(
    archive: tarfile.TarFile, path: Path, name: str, found: os.stat_result, links: dict[int, str]
) -> tarfile.TarInfo:
    """Return a file's header; of several names of one file all but the first are links to it."""
    info = archive.gettarinfo(str(path), arcname=name)
    info.uname = info.gname = ""
    info.pax_headers = _xattrs(path)
    if stat.S_ISREG(found.st_mode):
        first = links.setdefault(found.st_ino, name)
        linked = first != name
        info.type = tarfile.LNKTYPE if linked else tarfile.REGTYPE
        info.size = 0 if linked else found.st_size
        info.linkname = first if linked else ""
    return info


def _empty_file(name: str, epoch: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mtime = epoch
    return info


def _xattrs(path: Path) -> dict[str, str]:
    """Return a file's capabilities and user attributes, as the headers of an archive hold them."""
    found = {}
    for name in sorted(os.listxattr(path, follow_symlinks=False)):
        if name.startswith("user.") or name == "security.capability":
            value = os.getxattr(path, name, follow_symlinks=False)
            found[XATTR + name] = value.decode("utf-8", "surrogateescape")
    return found


def _is_opaque(path: Path) -> bool:
    try:
        return os.getxattr(path, "trusted.overlay.opaque") == b"y"
    except OSError:
        return False
