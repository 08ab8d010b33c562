"""Make the new tree beside the old one, and take away an old one without losing a file."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from qhub.render.manifest import TREE
from qhub.render.survey import fingerprint, parents

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from qhub.render.survey import Survey

__all__ = ["build", "discard", "retire"]

_NO_HARD_LINKS = {errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_STAYS = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}


def build(survey: Survey, folder: Path, new: Path) -> dict[str, str]:
    """Make in `new` the files to write and, of the tree, all that stays as it is.

    What stays is the same file under a second name, so that open files, modes, times and links
    survive. Returns path → fingerprint of what had to be copied instead: the file system refused
    a second name.
    """
    new.mkdir()
    stays = [p for p in survey.unchanged if p.startswith(f"{TREE}/")] + list(survey.carried)
    writes = sorted({*survey.created, *survey.changed, *survey.edited} & survey.files.keys())
    for path in _folders(survey, [*stays, *writes]):
        (new / path).mkdir(0o755)
    copied = [path for path in stays if not _carry(folder / path, new / path)]
    for path in writes:
        _put(new / path, survey.files[path])
    _dress(survey, folder, new)
    return {path: fingerprint(new / path) for path in copied}


def discard(tree: Path) -> None:
    """Remove a tree that only QHub has seen; all of it."""
    if tree.exists():
        _empty(tree, "", lambda _path, _file: True)


def retire(old: Path, tree: Path, ours: Mapping[str, Collection[str]]) -> bool:
    """Remove a tree that `tree` replaced; return whether anything had to be left in it.

    What goes is what `tree` has, too, and what has a fingerprint that `ours` says of its path.
    A file that somebody made or saved there meanwhile moves into `tree`, if its name is free.
    """

    def goes(path: str, file: Path) -> bool:
        if _is_same(file, tree / path) or fingerprint(file) in ours.get(f"{TREE}/{path}", ()):
            return True
        return _rescue(file, tree / path)

    _empty(old, "", goes)
    return old.exists()


def _folders(survey: Survey, wanted: list[str]) -> list[str]:
    """Return the folders to make, each before its content: those in use, and the user's own."""
    users = (
        path
        for path, kind in survey.entries.items()
        if kind == "folder" and path.startswith(f"{TREE}/") and path not in survey.own_folders
    )
    return sorted({*users, *(parent for path in wanted for parent in parents(path))})


def _carry(old: Path, new: Path) -> bool:
    """Give `old` a second name; return False where it had to be a copy."""
    try:
        os.link(old, new, follow_symlinks=False)
    except FileNotFoundError:
        return True  # gone since the survey: a temporary file of somebody's editor
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        import shutil  # 6 ms that few file systems need

        shutil.copy2(old, new, follow_symlinks=False)
        return False
    return True


def _put(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(content)
    except OSError as error:
        error.filename = str(path)  # a full disk is noticed by write(), which has no name
        raise


def _dress(survey: Survey, folder: Path, new: Path) -> None:
    """Give the tree's folders the mode they had and, where nothing of ours is in, the times."""
    for path, kind in reversed(tuple(survey.entries.items())):
        if kind != "folder" or not (new / path).is_dir():
            continue
        was = (folder / path).stat()
        (new / path).chmod(was.st_mode & 0o7777)
        if path not in survey.own_folders and path != TREE:
            os.utime(new / path, ns=(was.st_atime_ns, was.st_mtime_ns))


def _empty(tree: Path, at: str, goes: Callable[[str, Path], bool]) -> None:
    """Remove what `goes` in `tree/at`, and the folders that are empty then."""
    here = tree / at
    if not os.access(here, os.R_OK | os.W_OK | os.X_OK):
        here.chmod(0o700)
    for file in sorted(here.iterdir()):
        path = f"{at}/{file.name}".lstrip("/")
        if file.is_dir() and not file.is_symlink():
            _empty(tree, path, goes)
        elif goes(path, file):
            file.unlink(missing_ok=True)
    try:
        here.rmdir()
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return False


def _rescue(file: Path, place: Path) -> bool:
    """Give a file its name in the new tree, too; return False where that name is taken."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, place, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _STAYS | _NO_HARD_LINKS:
            raise
        return False
    return True
