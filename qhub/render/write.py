"""Bundle → disk: all of it or nothing, and never at the cost of a file that is not ours."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.errors import EditedFilesError
from qhub.render import swap
from qhub.render.lock import lock
from qhub.render.manifest import MANIFEST, TREE, digest, is_relative
from qhub.render.refusal import in_the_way, refusals
from qhub.render.survey import parents, survey
from qhub.render.tree import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from qhub.render.lock import FolderLock
    from qhub.render.survey import Survey

__all__ = ["Difference", "Written", "compare", "write"]


@dataclass(frozen=True, slots=True)
class Written:
    """What a render did; paths are sorted and relative to the folder.

    `carried` are the user's files in the tree, untouched. `kept` are files that somebody saved
    in the very moment of writing, put aside under `.qhub/render/`: usually none.
    """

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    carried: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether everything was there already, and nothing was written."""
        return not (self.created or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Difference:
    """How the disk differs from what a render would write; empty when it does not."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    edited: tuple[str, ...]
    left_over: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every differing path, sorted."""
        return tuple(sorted({*self.missing, *self.different, *self.edited, *self.left_over}))


def write(
    bundle: Mapping[str, bytes],
    folder: Path,
    *,
    force: bool = False,
    held: FolderLock | None = None,
) -> Written:
    """Make the files below `folder` what `bundle` (relative path → content) says.

    Those under `stages/` change in one step, the others one by one; an unchanged bundle writes
    nothing. `held` is the lock on the folder, from a caller that has it already.

    Raises `EditedFilesError` when a generated file was edited, or a user's own is in the way,
    unless `force`; `LockedError`; `WriteError`. In each case nothing of the user's is lost.
    """
    _require_sound(bundle)
    if held is None:
        with lock(folder, "render") as held:
            return _write(bundle, held, force=force)
    if held.folder != folder:
        raise ValueError(f"the lock is on {held.folder}, not on {folder}")
    return _write(bundle, held, force=force)


def compare(bundle: Mapping[str, bytes], folder: Path) -> Difference:
    """Say how the disk differs from `bundle`; writes nothing but to heal a killed render.

    Raises `LockedError` and `WriteError`.
    """
    _require_sound(bundle)
    with refusals(folder):
        seen = survey(bundle, folder, own=_healed(folder))
    return Difference(
        missing=seen.created,
        different=seen.changed,
        edited=seen.edited,
        left_over=seen.removed,
    )


def _healed(folder: Path) -> dict[str, list[str]]:
    """Return what a killed render gave the files outside of the tree, after healing it.

    Where another user keeps `.qhub` to himself, nothing: the files themselves can be compared
    all the same, and who heals is the one who renders.
    """
    try:
        if swap.is_interrupted(folder):
            with lock(folder, "render --check"):
                pass  # taking the lock heals
        return swap.journal(folder, "own")
    except PermissionError:
        return {}


def _require_sound(bundle: Mapping[str, bytes]) -> None:
    """Raise `ValueError` for a bundle that cannot be files; only a bug makes one."""
    for path in bundle:
        below = next((above for above in parents(path) if above in bundle), None)
        if not is_relative(path) or below or path in {TREE, MANIFEST}:
            raise ValueError(f"not a path of a bundle: {path!r}")
        if path.split("/")[0] == ".qhub":
            raise ValueError(f"a bundle cannot write into .qhub: {path!r}")


def _write(bundle: Mapping[str, bytes], held: FolderLock, *, force: bool) -> Written:
    folder, kept = held.folder, held.kept
    with refusals(folder):
        seen = survey(bundle, folder, own=swap.journal(folder, "own"))
        if seen.edited and not force:
            raise EditedFilesError(seen.edited)
        if seen.blocked:
            raise in_the_way(
                folder / seen.blocked,
                "something that QHub did not make is in the way",
                hint="move it away and render again",
            )
        if not seen.is_current:
            kept += _replace(seen, folder)
        swap.clear(folder)
    overwritten = {path for path in seen.edited if path in seen.files}
    return Written(
        created=seen.created,
        changed=tuple(sorted({*seen.changed, *overwritten})),
        removed=tuple(sorted({*seen.removed, *seen.edited} - overwritten)),
        unchanged=seen.unchanged,
        carried=seen.carried,
        kept=kept,
    )


def _replace(seen: Survey, folder: Path) -> tuple[str, ...]:
    """Prepare everything, then make it visible: first the single files, then the tree."""
    new = swap.room(folder) / "build"
    try:
        new.parent.mkdir(exist_ok=True)
        copied = build(seen, folder, new)
        swap.write_journal(folder, _journal(seen, folder, copied))
        outside = [path for path in seen.files if not _is_in_tree(path)]
        _remove(folder, [p for p in seen.found if p not in seen.files and not _is_in_tree(p)])
        for path in sorted(outside):
            if (new / path).exists():
                _move(new / path, folder, path)
        return swap.swap(folder)
    except BaseException:
        with suppress(OSError):  # the next qhub heals what this one cannot
            swap.heal(folder)
        raise


def _journal(
    seen: Survey, folder: Path, copied: Mapping[str, str]
) -> dict[str, dict[str, list[str]]]:
    """Return what a retired tree may lose, and what is ours outside of the tree, from now on."""
    new = {path: [digest(content)] for path, content in seen.files.items()}
    tree = {p: [text, *new.get(p, ())] for p, text in {**seen.found, **copied}.items()}
    own = swap.journal(folder, "own")
    for path, texts in new.items():
        own[path] = sorted({*own.get(path, ()), *texts})
    return {
        "tree": {p: texts for p, texts in (new | tree).items() if _is_in_tree(p)},
        "own": {p: texts for p, texts in own.items() if not _is_in_tree(p)},
    }


def _remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files and the folders that are empty then."""
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        for above in parents(path):
            try:
                (folder / above).rmdir()
            except OSError:
                break


def _move(new: Path, folder: Path, path: str) -> None:
    for above in reversed(list(parents(path))):
        (folder / above).mkdir(0o755, exist_ok=True)
    new.replace(folder / path)


def _is_in_tree(path: str) -> bool:
    return path.startswith(f"{TREE}/")
