"""What QHub wrote: the list in `stages/manifest.json`, by which edits and stale files are known."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["MANIFEST", "TREE", "digest", "dump", "is_relative", "parse", "read"]

TREE = "stages"
"""The folder that is replaced as one; everything else is replaced file by file."""
MANIFEST = f"{TREE}/manifest.json"

_ABOUT = "Written by `qhub render`: the files it made and their SHA-256. Edits here get lost."
_FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


def digest(content: bytes) -> str:
    """Return what a manifest says of a file's content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def dump(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of `files`: the same bytes for the same files, sorted by path."""
    digests = {path: digest(files[path]) for path in sorted(files)}
    document = {"about": _ABOUT, "format": _FORMAT, "files": digests}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def read(folder: Path) -> dict[str, str] | None:
    """Return path → digest as the manifest in `folder` says; None where there is none of ours.

    Raises `QhubError` for a manifest of a later QHub, and `OSError`.
    """
    path = folder / MANIFEST
    try:
        content = None if path.is_symlink() else path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    return None if content is None else parse(content)


def parse(content: bytes) -> dict[str, str] | None:
    """Return path → digest, or None where `content` is no manifest (a merge conflict, say).

    Paths that lead out of the folder make it none: QHub deletes what a manifest lists.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("format"), int):
        return None
    if document["format"] > _FORMAT:
        raise QhubError(
            f"{MANIFEST} has format {document['format']}; this QHub knows {_FORMAT} at most",
            hint="these files were rendered by a later QHub: upgrade this one",
        )
    files = document.get("files")
    return files if isinstance(files, dict) and all(map(_is_entry, files.items())) else None


def is_relative(path: str) -> bool:
    """Return whether `path` names a file below a folder: "a/b.tf", not "/a", "../a" or "a//b"."""
    return not any(part in {"", ".", ".."} or "\0" in part for part in path.split("/"))


def _is_entry(entry: tuple[str, Any]) -> bool:
    path, text = entry
    return is_relative(path) and isinstance(text, str) and bool(_SHA256.fullmatch(text))
