"""Archives of code: the same files make the same digest, whoever packs them, and when."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from qhub.flows.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Archive", "digest_of", "limit_bytes", "pack", "unpack", "write"]

_DEFAULT_LIMIT_MB = 50
_SHOWN = 5
_OUTSIDE = "cannot be unpacked: it leads out of the code"


@dataclass(frozen=True, slots=True)
class Archive:
    """A tar.gz; `digest` is the SHA-256 of the tar inside, as other zlibs compress otherwise."""

    content: bytes
    digest: str


def pack(folder: Path, names: Sequence[str]) -> Archive:
    """Pack files, given relative to their folder; owner, times and odd modes are left behind."""
    packed = io.BytesIO()
    write(folder, names, packed)
    content = packed.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return Archive(gzip.compress(content, compresslevel=6, mtime=0), digest)


def write(folder: Path, names: Sequence[str], out: IO[bytes]) -> None:
    """Write the tar that an archive has inside."""
    _check_size(folder, names)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(names):
            _add(tar, folder, name)


def unpack(content: bytes, folder: Path) -> None:
    """Unpack such a tar; what would lie outside of the folder is refused."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        if hasattr(tarfile, "data_filter"):
            try:
                tar.extractall(folder, filter="data")
            except tarfile.FilterError as error:
                raise ArchiveError(f"{error.tarinfo.name} {_OUTSIDE}") from error
            return
        for member in tar.getmembers():  # Python before 3.11.4, and Debian 12's
            place = os.path.normpath(member.name)
            lead = os.path.normpath(Path(place).parent / member.linkname) if member.issym() else ""
            known = member.isreg() or member.issym()
            if not known or any(Path(p).is_absolute() or p.startswith("..") for p in (place, lead)):
                raise ArchiveError(f"{member.name} {_OUTSIDE}")
        tar.extractall(folder)  # noqa: S202 looked at above


def digest_of(content: bytes) -> str | None:
    """Return the digest of an archive's content, None where that is damaged."""
    try:
        return hashlib.sha256(gzip.decompress(content)).hexdigest()
    except (OSError, EOFError, zlib.error):
        return None


def limit_bytes() -> int:
    """Return how much an archive may hold: QHUB_ARCHIVE_LIMIT_MB, else 50 MB."""
    text = os.environ.get("QHUB_ARCHIVE_LIMIT_MB") or str(_DEFAULT_LIMIT_MB)
    try:
        return int(float(text) * 10**6)
    except ValueError:
        raise ArchiveError(
            f"QHUB_ARCHIVE_LIMIT_MB is '{text}', not a number",
            hint=f"export QHUB_ARCHIVE_LIMIT_MB={_DEFAULT_LIMIT_MB}, or unset it",
        ) from None


def _check_size(folder: Path, names: Iterable[str]) -> None:
    sizes = {name: (folder / name).lstat().st_size for name in names}
    total, limit = sum(sizes.values()), limit_bytes()
    if total <= limit:
        return
    largest = sorted(sizes, key=lambda name: -sizes[name])[:_SHOWN]
    listed = ", ".join(f"{name} ({_megabytes(sizes[name])})" for name in largest)
    raise ArchiveError(
        f"the code in {folder} is {_megabytes(total)}, more than {_megabytes(limit)}; "
        f"the largest files: {listed}",
        hint="list data in .qhubignore, or raise QHUB_ARCHIVE_LIMIT_MB",
    )


def _megabytes(size: int) -> str:
    return f"{size / 10**6:.1f} MB"


def _add(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    path = folder / name
    entry = tarfile.TarInfo(name)
    if path.is_symlink():
        entry.type = tarfile.SYMTYPE
        entry.linkname = _inside(folder, path)
        tar.addfile(entry)
        return
    if not path.is_file():  # a socket or a pipe
        return
    content = path.read_bytes()
    entry.size = len(content)
    entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    tar.addfile(entry, io.BytesIO(content))


def _inside(folder: Path, link: Path) -> str:
    """Return where a link leads, relative to it; it may not leave the folder."""
    target = link.resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ArchiveError(
            f"the link {link} leads out of the project folder, to {target}",
            hint="put a copy in its place, or list it in .qhubignore",
        )
    return os.path.relpath(target, link.parent.resolve())
