"""Paths and people of a root file system that is not this process's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from images.builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["FILES", "FOLDERS", "home", "identity", "look", "owner", "resolve"]

FILES = ("/etc/resolv.conf", "/etc/hosts")
"""What commands of a build see of this machine's files."""
FOLDERS = ("/proc", "/dev")
_MOST_LINKS = 40


def resolve(layers: Sequence[Path], target: str) -> list[str]:
    """Return the parts of a path in a stack of layers, links of its folders followed inside them.

    The last part is not followed: a mount takes its place.
    """
    pending = [part for part in target.split("/") if part not in {"", "."}]
    done: list[str] = []
    followed = 0
    while pending:
        part = pending.pop(0)
        if part == "..":
            del done[-1:]
            continue
        here = look(layers, "/".join([*done, part])) if pending else None
        if here is None or not here.is_symlink():
            done.append(part)
            continue
        followed += 1
        if followed > _MOST_LINKS:
            raise BuildError(f"{target}: too many links in the base image")
        link = str(here.readlink())
        pending[:0] = [name for name in link.split("/") if name not in {"", "."}]
        if link.startswith("/"):
            done = []
    return done


def look(layers: Sequence[Path], path: str) -> Path | None:
    """Return the file or folder of a path in the topmost layer that has it; no links are followed.

    What a layer says to be gone is a device of number 0, which no image holds otherwise.
    """
    for layer in layers:
        found = layer
        for part in path.split("/"):
            if found.is_symlink():
                break
            found = found / part if part else found
        else:
            if found.is_symlink() or found.exists():
                gone = found.is_char_device() and found.stat().st_rdev == 0
                return None if gone else found
    return None


def identity(root: Path, user: str) -> tuple[int, int, list[int]]:
    """Return user, group and further groups of `NAME`, `NAME:GROUP` or numbers; empty is root."""
    name, _, group = user.partition(":")
    number, first = 0, 0
    for entry in _entries(root, "passwd"):
        if name and name in (entry[0], entry[2]):
            number, first = int(entry[2]), int(entry[3])
            name = entry[0]
            break
    else:
        if name and not name.isdigit():
            raise BuildError(f"the image has no user '{name}'")
        number = int(name or 0)
    others = [int(entry[2]) for entry in _entries(root, "group") if name in entry[3].split(",")]
    if not group:
        return number, first, others if name else [0]
    if group.isdigit():
        return number, int(group), []
    for entry in _entries(root, "group"):
        if entry[0] == group:
            return number, int(entry[2]), []
    raise BuildError(f"the image has no group '{group}'")


def owner(root: Path, text: str) -> tuple[int, int]:
    """Return user and group of `--chown`: a group that is not named is the user's number."""
    user, group, _ = identity(root, text)
    return user, group if ":" in text else user


def home(root: Path, user: int) -> str:
    """Return the home of a user, `/` without an entry."""
    found = (entry[5] for entry in _entries(root, "passwd") if entry[2] == str(user))
    return next(found, "/") or "/"


def _entries(root: Path, name: str) -> Iterator[list[str]]:
    """Yield the lines of `/etc/passwd` or `/etc/group` of a root file system."""
    file = root.joinpath(*resolve((root,), f"/etc/{name}"))
    if file.is_symlink():
        return
    fields = {"passwd": 7, "group": 4}[name]
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return
    for line in lines:
        parts = line.split(":")
        if len(parts) == fields and parts[2].isdigit():
            yield parts
