"""Put a finished tree in the place of the old one, so that a kill leaves one or the other.

`.qhub/render/` is where it happens, under the lock of the folder:

    build/         the new files, being made; of no worth until they are finished
    journal.json   which contents are ours to overwrite and remove; there from the first
                   visible change to the last
    next/          the finished tree on its way to `stages/`; after an exchange, the old one
    last/          the old tree, where the file system cannot exchange two folders
    kept-1/ …      files that were saved into the old tree in the moment it was replaced, where
                   the new one has another file of that name

Where the file system exchanges two folders in one step (ext4, xfs, btrfs, tmpfs, APFS), `stages/`
is complete at every moment. Elsewhere it takes two renames, and a qhub killed between them leaves
no `stages/`: the next qhub that takes the lock puts the old one back before it does anything.

This is about killed processes. Nothing is forced to the disk: after a power cut, what the disk lost
shows as edited, and `--force` writes it again.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qhub.render.manifest import TREE, is_relative
from qhub.render.refusal import in_the_way
from qhub.render.tree import discard, retire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "clear",
    "exchange",
    "heal",
    "is_interrupted",
    "journal",
    "room",
    "swap",
    "write_journal",
]

_T = TypeVar("_T")
_AT_FDCWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def room(folder: Path) -> Path:
    """Return where the renders of `folder` are prepared."""
    return folder / ".qhub" / "render"


def swap(folder: Path) -> tuple[str, ...]:
    """Make the finished tree in `build/` the one that everybody sees, and remove the old one.

    Returns the files that were put aside.
    """
    tree, work = folder / TREE, room(folder)
    following, last = work / "next", work / "last"
    (work / "build" / TREE).rename(following)
    if not tree.exists():
        following.rename(tree)
    elif not _move(following, tree, exchange):
        _move(tree, last, Path.rename)
        following.rename(tree)
    return _retire_all(folder)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the file system cannot."""
    import ctypes  # 5 ms that an unchanged render need not spend

    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = libc.renamex_np(*paths, _EXCHANGE)
    elif hasattr(libc, "renameat2"):  # glibc 2.28, musl 1.2.6
        failed = libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE)
    else:
        return False
    code = ctypes.get_errno()
    if failed and code not in _CANNOT:
        raise OSError(code, os.strerror(code), str(other))
    return not failed


def heal(folder: Path) -> tuple[str, ...]:
    """Undo what a killed render left half done, the lock held; return the files put aside.

    The journal stays for the next render, which needs to know what is ours.
    """
    tree, work = folder / TREE, room(folder)
    if (work / "last").exists() and not os.path.lexists(tree):
        (work / "last").rename(tree)
    return _retire_all(folder)


def is_interrupted(folder: Path) -> bool:
    """Return whether a render was killed (or is at work) and left something to heal."""
    return any((room(folder) / name).exists() for name in ("build", "next", "last"))


def write_journal(folder: Path, entries: Mapping[str, Mapping[str, list[str]]]) -> None:
    """Note down what is ours: "tree" and "own" map paths to fingerprints (see `journal`)."""
    draft = room(folder) / "build" / "journal.json"
    draft.write_text(json.dumps(entries))
    draft.rename(room(folder) / "journal.json")


def journal(folder: Path, part: str) -> dict[str, list[str]]:
    """Return path → fingerprints that a render noted down and has not done with.

    "tree": what may be removed of a retired tree; "own": what QHub gave the files outside of it.
    """
    try:
        noted: Any = json.loads((room(folder) / "journal.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    entries: dict[str, list[str]] = noted.get(part, {}) if isinstance(noted, dict) else {}
    return {path: texts for path, texts in entries.items() if is_relative(path)}


def clear(folder: Path) -> None:
    """Leave nothing of a render that is done with, but the files put aside."""
    work = room(folder)
    if not work.exists():
        return
    discard(work / "build")
    (work / "journal.json").unlink(missing_ok=True)
    try:
        work.rmdir()
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise


def _move(one: Path, other: Path, step: Callable[[Path, Path], _T]) -> _T:
    try:
        return step(one, other)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EBUSY}:
            raise
        raise in_the_way(
            one if one.name == TREE else other,
            "its file system cannot move it: it is a mount, or of the image of a container",
            hint="replace it by a copy of itself, or render into another folder with --dir",
        ) from error


def _retire_all(folder: Path) -> tuple[str, ...]:
    work, kept = room(folder), list[str]()
    discard(work / "build")
    ours = journal(folder, "tree")
    for old in (work / "next", work / "last"):
        if old.exists() and retire(old, folder / TREE, ours):
            aside = next(p for n in count(1) if not (p := work / f"kept-{n}").exists())
            old.rename(aside)
            kept += [str(p.relative_to(folder)) for p in sorted(aside.rglob("*")) if not p.is_dir()]
    return tuple(kept)
