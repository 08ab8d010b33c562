"""One qhub at a time: the lock that rendering and deploying a folder take, and its `.qhub`."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.errors import LockedError
from qhub.render.refusal import refusals
from qhub.render.swap import heal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FolderLock", "lock", "private_folder", "take"]


@dataclass(frozen=True, slots=True)
class FolderLock:
    """Proof that this process alone works on `folder`.

    `kept` are files that a killed run left in doubt and that were put aside.
    """

    folder: Path
    kept: tuple[str, ...]


@contextmanager
def lock(folder: Path, command: str) -> Iterator[FolderLock]:
    """Keep every other qhub out of `folder` (made if need be), and heal what a killed one left.

    `command` ("render", "deploy") tells the others who holds it. The kernel lets go of it when
    the process ends, however it ends. Raises `LockedError` at once where another holds it, and
    `WriteError`.
    """
    with refusals(folder):
        handle = os.open(private_folder(folder) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with refusals(folder):
            take(handle, command)
            kept = heal(folder)
        yield FolderLock(folder, kept)
    finally:
        os.close(handle)


def private_folder(folder: Path) -> Path:
    """Return `folder/.qhub`, made if need be: for its owner alone, and unseen by git.

    It holds the lock, unfinished renders, and the working files of deployments.
    """
    private = folder / ".qhub"
    folder.mkdir(parents=True, exist_ok=True)
    private.mkdir(mode=0o700, exist_ok=True)
    ignore = private / ".gitignore"
    if not ignore.exists() or not ignore.stat().st_size:
        ignore.write_text("*\n")
    return private


def take(handle: int, command: str, *, what: str = "folder") -> None:
    """Take the lock on an open file, and write into it who holds it; raises `LockedError`."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockedError(
            f"another qhub{_holder(handle)} is working on this {what}",
            hint="wait until it is done, or end it: the lock goes with its process",
        ) from None
    since = time.strftime("%H:%M:%S")
    text = json.dumps({"command": command, "pid": os.getpid(), "since": since})
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _holder(handle: int) -> str:
    """Return who wrote the lock file, or nothing: it is empty for a moment after it is taken."""
    try:
        holder = json.loads(os.pread(handle, 1000, 0))
        return f" ({holder['command']}, pid {holder['pid']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        return ""
