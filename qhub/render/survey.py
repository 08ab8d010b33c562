"""Look before writing: how the files on the disk differ from what is to be there."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from qhub.render import manifest
from qhub.render.manifest import MANIFEST, TREE
from qhub.render.refusal import in_the_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Kind", "Survey", "fingerprint", "parents", "survey", "walk"]

Kind = Literal["file", "link", "folder", "special"]


@dataclass(frozen=True, slots=True)
class Survey:
    """What writing `files` would do; paths are sorted and relative to the folder.

    `entries` is everything in the tree and, outside of it, what lies at paths of ours.
    `found` is the fingerprint of each entry that is, or stands where, a file of QHub's is.
    """

    files: Mapping[str, bytes]
    entries: Mapping[str, Kind]
    found: Mapping[str, str]
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]
    carried: tuple[str, ...]
    own_folders: frozenset[str]
    blocked: str | None

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.created or self.changed or self.removed or self.edited)


def survey(
    bundle: Mapping[str, bytes], folder: Path, *, own: Mapping[str, Iterable[str]]
) -> Survey:
    """Compare the disk with `bundle` and the manifest in `folder`; writes nothing.

    `own` are digests of files outside the tree that a killed run of QHub wrote.
    """
    recorded = _recorded(folder, own)
    files = {**bundle, MANIFEST: manifest.dump(bundle)}
    entries = dict(_entries(folder, files.keys() | recorded.keys()))
    ours = sorted(files.keys() | recorded.keys())
    found = {p: fingerprint(folder / p) for p in ours if entries.get(p, "folder") != "folder"}
    state = {path: _state(path, files, recorded, entries, found) for path in ours}
    own_folders = frozenset(parent for path in recorded for parent in parents(path))
    going = {path for path in found if path not in files}

    def having(wanted: str) -> tuple[str, ...]:
        return tuple(path for path in ours if state[path] == wanted)

    return Survey(
        files=files,
        entries=entries,
        found=found,
        created=having("created"),
        changed=having("changed"),
        unchanged=having("unchanged"),
        removed=having("removed"),
        edited=having("edited"),
        carried=tuple(sorted(_carried(entries, found))),
        own_folders=own_folders,
        blocked=_blocked(files, entries, going=going, own_folders=own_folders),
    )


def fingerprint(path: Path) -> str:
    """Return the digest of a file; of what is no regular file, a text that no digest equals."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return manifest.digest(path.read_bytes())
    return f"link to {path.readlink()}" if stat.S_ISLNK(mode) else "no file"


def parents(path: str) -> Iterator[str]:
    """Yield the folders above a relative path, nearest first: "a/b", "a" for "a/b/c"."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def walk(folder: Path, at: str) -> Iterator[tuple[str, Kind]]:
    """Yield everything in `folder/at`, folders before their content; follows no link."""
    with os.scandir(folder / at) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path, kind = f"{at}/{entry.name}", _kind(entry.stat(follow_symlinks=False).st_mode)
        yield path, kind
        if kind == "folder":
            yield from walk(folder, path)


def _recorded(folder: Path, own: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return path → every content that QHub gave it."""
    recorded: defaultdict[str, set[str]] = defaultdict(set)
    listed = manifest.read(folder)
    if listed is not None:
        recorded[MANIFEST].add(fingerprint(folder / MANIFEST))
        for path, text in listed.items():
            recorded[path].add(text)
    for path, texts in own.items():
        recorded[path].update(texts)
    return dict(recorded)


def _entries(folder: Path, ours: Iterable[str]) -> Iterator[tuple[str, Kind]]:
    """Yield what is there: the whole tree, and outside of it what touches the paths of ours."""
    try:
        root = _kind((folder / TREE).lstat().st_mode)
    except FileNotFoundError:
        root = None
    if root == "folder":
        yield TREE, root
        yield from walk(folder, TREE)
    elif root:
        what = "a symbolic link" if root == "link" else "no folder"
        raise in_the_way(
            folder / TREE,
            f"it is {what}, and QHub makes a folder of that name",
            hint="move it away, or render into another folder with --dir",
        )
    for path in ours:
        if PurePosixPath(path).parts[0] != TREE:
            yield from _outside(folder, path)


def _outside(folder: Path, path: str) -> Iterator[tuple[str, Kind]]:
    for part in (*reversed(list(parents(path))), path):
        try:
            kind = _kind((folder / part).lstat().st_mode)
        except FileNotFoundError:
            return
        yield part, kind
        if kind != "folder":
            return
    yield from walk(folder, path)


def _kind(mode: int) -> Kind:
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    return "link" if stat.S_ISLNK(mode) else "special"


def _state(
    path: str,
    files: Mapping[str, bytes],
    recorded: Mapping[str, set[str]],
    entries: Mapping[str, Kind],
    found: Mapping[str, str],
) -> str:
    if entries.get(path, "folder") == "folder":
        return "created" if path in files else "gone"
    if path in files and found[path] == manifest.digest(files[path]):
        return "unchanged"
    if found[path] not in recorded.get(path, ()):
        return "edited"
    return "changed" if path in files else "removed"


def _carried(entries: Mapping[str, Kind], found: Mapping[str, str]) -> Iterator[str]:
    for path, kind in entries.items():
        if kind != "folder" and path not in found and path.startswith(f"{TREE}/"):
            yield path


def _blocked(
    files: Mapping[str, bytes],
    entries: Mapping[str, Kind],
    *,
    going: set[str],
    own_folders: frozenset[str],
) -> str | None:
    """Return the first thing of the user's that stands where a folder or file must be."""
    wanted_folders = {parent for path in files for parent in parents(path)}
    for path in sorted(wanted_folders):
        if entries.get(path, "folder") != "folder" and path not in going:
            return path
    for path, kind in sorted(entries.items()):
        inside = next((above for above in parents(path) if above in files), None)
        goes = path in own_folders if kind == "folder" else path in going
        if inside and not goes:
            return inside
        if path in files and kind == "folder" and path not in own_folders:
            return path
    return None
