"""Looks for a planted mark in whatever a program stored: unpacked, decoded, however it was put.

A mark is letters and digits, so that no quoting, escaping or breaking of lines changes it. What
is left to look for is Base64 at each of its three offsets, that of Base64, and hexadecimal; what
was packed is unpacked first: gzip, tar, zip, SQLite, and Base64 of any of them, in JSON, too.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import io
import json
import re
import secrets
import sqlite3
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Heap", "digests", "files", "forms", "mark", "unpacked"]

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}", re.DOTALL)
_DEEPEST = 8


def mark() -> str:
    """Return a word that occurs nowhere else, and that may be part of names of Kubernetes."""
    return f"planted{secrets.token_hex(9)}"


def forms(word: str) -> tuple[bytes, ...]:
    """Return what a mark looks like, wherever in a longer text it was when that was encoded."""
    plain = word.encode()
    once = tuple(_in_base64(plain))
    twice = (form for first in once for form in _in_base64(first))
    texts = {plain, *once, *twice, plain.hex().encode(), plain.hex().upper().encode()}
    urls = {text.translate(bytes.maketrans(b"+/", b"-_")) for text in texts}
    return tuple(sorted(texts | urls, key=len))


def digests(value: bytes) -> tuple[bytes, ...]:
    """Return the plain hashes by which somebody might store that a value has changed."""
    found = [hashlib.new(name, value).digest() for name in ("md5", "sha1", "sha256", "sha512")]
    return tuple(form for one in found for form in (one.hex().encode(), base64.b64encode(one)))


@dataclass(slots=True)
class Heap:
    """What is searched, by where it was found; `parts` are what it was unpacked to."""

    parts: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, content: bytes | str) -> None:
        """Add what was found at a place, and all that is in it; twice the same is once."""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        if self.parts.get(name) == raw:
            return
        free = _free(name, self.parts)
        for inner, part in unpacked(free, raw):
            self.parts[_free(inner, self.parts)] = part

    def places(self, needles: Iterable[bytes], within: str = "") -> list[str]:
        """Return where one of the needles is, among the places whose names begin so ("a/*/b")."""
        wanted = tuple(needles)
        return [
            name
            for name, part in self.parts.items()
            if fnmatchcase(name, f"{within}*") and any(needle in part for needle in wanted)
        ]


def unpacked(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield a content, and what it was made from: archives, compressed and encoded parts."""
    yield name, content
    if depth < _DEEPEST:
        for inner, part in _inside(content):
            yield from unpacked(f"{name}!{inner}", part, depth + 1)


def files(folder: Path, *, without: Iterable[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the regular files below a folder by their paths in it, hidden ones, too."""
    left_out = set(without)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and left_out.isdisjoint([path, *path.parents]):
            yield str(path.relative_to(folder)), path.read_bytes()


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """Yield what of a text's Base64 does not depend on what stands before and behind it."""
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        first = (offset * 8 + 5) // 6
        yield coded[first : (offset + len(plain)) * 8 // 6]


def _inside(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"\x1f\x8b"):
        yield "gzip", _gunzipped(content)
    elif content.startswith(b"SQLite format 3\0"):
        yield from _tables(content)
    elif content[257:262] == b"ustar":  # before zip, whose end may be in it
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                file = archive.extractfile(entry)
                if file is not None:
                    yield entry.name, file.read()
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from ((inner, packed.read(inner)) for inner in packed.namelist())
    elif content[:1] in {b"{", b"["}:
        yield from _strings(content)
    elif decoded := _from_base64(content):
        yield "base64", decoded


def _gunzipped(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return b""


def _tables(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each table of a database, a line for a cell: on its pages a long one is in pieces."""
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(content)
        file.flush()
        database = sqlite3.connect(file.name)
        try:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in names.fetchall():
                quoted = table.replace('"', '""')
                rows = database.execute(f'SELECT * FROM "{quoted}"').fetchall()  # noqa: S608
                cells = [cell for row in rows for cell in row if isinstance(cell, (bytes, str))]
                encoded = [cell.encode() if isinstance(cell, str) else cell for cell in cells]
                yield table, b"\n".join(encoded)
                yield from ((f"{table} {at}", cell) for at, cell in enumerate(encoded) if cell)
        finally:
            database.close()


def _strings(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what the texts of a JSON document say that is encoded once more."""
    try:
        document = json.loads(content)
    except ValueError:
        return
    for path, text in _leaves(document):
        encoded = text.encode("utf-8", "surrogatepass")
        if _from_base64(encoded) or encoded[:1] in {b"{", b"["}:
            yield path, encoded


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = _items(value)
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _leaves(inner, f"{path}.{key}")


def _items(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from value.items()


def _from_base64(content: bytes) -> bytes:
    """Return what a content decodes to that is Base64 throughout, else nothing."""
    text = b"".join(content.split())
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return b""
    try:
        return base64.b64decode(text.translate(bytes.maketrans(b"-_", b"+/")), validate=True)
    except binascii.Error:
        return b""


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    number = 2
    found = name
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found
