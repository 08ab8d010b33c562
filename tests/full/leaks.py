"""Looks for texts everywhere a platform could have left them, also packed and encoded.

Each function adds to `found` where a text is, and to `looked` how much was looked at, so that
a test can say both: nothing was found, and there was something to search.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import tarfile
import threading
import urllib.error
import urllib.request
import zlib
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["Place", "Sampler", "Search"]

DEPTH = 4
SEARCHES = ("/filter", "/count", "/paginate", "/history")
SQLITE = b"SQLite format 3\0"
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
UNPACK: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", gzip.decompress),
    (b"\x78", zlib.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text was found: kind (file, table, api, argv, environ, text) and which one."""

    text: str
    kind: str
    where: str


@dataclass
class Search:
    """A search for some texts, by the names that the report gives them."""

    texts: Mapping[str, str]
    found: set[Place] = field(default_factory=set)
    looked: Counter[str] = field(default_factory=Counter)

    def bytes(self, kind: str, where: str, content: bytes) -> None:
        """Search one thing, and all that is packed in it."""
        self.looked[kind] += 1
        seen: set[bytes] = set()
        for view in _views(content, DEPTH, seen):
            for name, text in self.texts.items():
                if text.encode() in view or text.encode("utf-16-le") in view:
                    self.found.add(Place(name, kind, where))

    def files(self, root: Path) -> None:
        """Search every file below a folder; databases are searched as tables, too."""
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = str(path.relative_to(root))
            with suppress(FileNotFoundError):  # it was removed meanwhile
                content = path.read_bytes()
                self.bytes("file", name, content)
                self.bytes("name", name, name.encode())
                if content.startswith(SQLITE):
                    self.tables(path)

    def tables(self, path: Path) -> None:
        """Search every value of every table of an SQLite database."""
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                self.looked["table"] += 1
                for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608
                    for value in row:
                        if value is not None:
                            packed = value if isinstance(value, bytes) else str(value).encode()
                            self.bytes("value", f"{path.name} {name}", packed)

    def answers(self, page: str, auth: str) -> None:
        """Search what every reading request of Prefect's API answers, secrets asked for."""
        api = _Reader(f"{page}/api", auth)
        paths = [path.removeprefix("/api") for path in api.json("/openapi.json")["paths"]]
        searches = [path for path in paths if path.endswith(SEARCHES)]
        ids = _ids(api, searches)
        for path in sorted(paths):
            for full in _filled(path, ids):
                for body in ({}, {"include_secrets": True}) if path in searches else (None,):
                    answer = api.read(full, body)
                    if answer is not None:
                        self.looked["api path"] += 1
                        self.bytes("api", full, answer)


class Sampler:
    """Searches arguments and environment of every process, again and again, until it is stopped."""

    def __init__(self, search: Search, *, without: Callable[[int], bool]) -> None:
        self._search, self._without = search, without
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.commands: set[str] = set()

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        known: set[tuple[str, bytes, bytes]] = set()
        while not self._stop.wait(0.1):
            for path in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    told = (path / "cmdline").read_bytes(), (path / "environ").read_bytes()
                    if (path.name, *told) in known or self._without(int(path.name)):
                        continue
                    known.add((path.name, *told))
                    command = told[0].replace(b"\0", b" ").decode(errors="replace")
                    self.commands.add(command)
                    self._search.bytes("argv", command, told[0])
                    self._search.bytes("environ", command, told[1])


def _views(content: bytes, depth: int, seen: set[bytes]) -> Iterator[bytes]:
    """Yield a content and everything that is packed or encoded in it."""
    if content in seen:
        return
    seen.add(content)
    yield content
    if depth == 0:
        return
    for inner in _unpacked(content):
        yield from _views(inner, depth - 1, seen)
    for decoded in _decoded(content):
        yield from _views(decoded, depth - 1, seen)


def _unpacked(content: bytes) -> Iterator[bytes]:
    for magic, unpack in UNPACK:
        if content.startswith(magic):
            with suppress(OSError, EOFError, zlib.error, lzma.LZMAError):
                yield unpack(content)
    with suppress(tarfile.TarError, OSError, EOFError):
        if content[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                for member in archive:
                    if file := archive.extractfile(member):
                        yield file.read()


def _decoded(content: bytes) -> Iterator[bytes]:
    for match in BASE64.finditer(content):
        plain = match[0].translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        for shift in range(4):  # what stands before it may be of the alphabet, too
            cut = plain[shift:]
            with suppress(binascii.Error):  # one letter too many
                yield base64.b64decode(cut + b"=" * (-len(cut) % 4))
    for match in HEXADECIMAL.finditer(content):
        yield bytes.fromhex(match[0].decode())


class _Reader:
    """Reads Prefect's API: what it answers, whatever that is; None where it refuses."""

    def __init__(self, url: str, auth: str) -> None:
        self._url = url
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(auth.encode()).decode(),
            "Content-Type": "application/json",
        }

    def read(self, path: str, body: object = None) -> bytes | None:
        url = f"{self._url}{path}{'' if body is not None else '?include_secrets=true'}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, self._headers)  # noqa: S310 of a test
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError:
            return None

    def json(self, path: str, body: object = None) -> Any:
        return json.loads(self.read(path, body) or b"[]")


def _ids(api: _Reader, searches: Iterable[str]) -> dict[str, list[str]]:
    """Return ids and names of every kind of thing, by the path that they belong below."""
    found = {}
    for path in searches:
        if path.endswith("/filter") and "{" not in path:
            answer = api.json(path, {})
            things = answer if isinstance(answer, list) else answer.get("events", [])
            known = [thing.get(key) for thing in things for key in ("id", "name")]
            found[path.removesuffix("filter")] = [quote(str(one)) for one in known if one]
    return found


def _filled(path: str, ids: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a path with each thing that it can be asked for; the first twenty of them."""
    before, brace, rest = path.partition("{")
    if not brace:
        yield path
        return
    after = rest.partition("}")[2]
    if "{" not in after:
        kind = next((kind for kind in ids if before.startswith(kind)), "")
        for one in ids.get(kind, ())[:20]:
            yield f"{before}{one}{after}"
