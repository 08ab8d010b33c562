"""What steps of recipes have changed, kept so that a step is not carried out twice on the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from images.builder.layer import Layer
from images.builder.packing import pack
from images.builder.steps import PROXIES, Copy, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from images.builder.request import Request
    from images.builder.steps import Step

__all__ = ["Made", "MadeSteps", "key"]

_UNUSED_SECONDS = 30 * 24 * 3600
_PROXIES = {*PROXIES, *(name.lower() for name in PROXIES)}


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was carried out: the folder of its changes, and their layer if there are any."""

    changes: Path
    layer: Layer | None


class MadeSteps:
    """A folder of such steps by key; what was not used for a month goes."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "steps"
        self._folder.mkdir(parents=True, exist_ok=True)
        oldest = time.time() - _UNUSED_SECONDS
        for entry in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < oldest:
                    shutil.rmtree(entry, ignore_errors=True)

    def find(self, key: str) -> Made | None:
        """Return the step of a key if it was carried out."""
        folder = self._folder / key
        try:
            said = json.loads((folder / "layer.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        (folder / ".used").touch()
        (folder / ".used").unlink()  # which says by the folder's time that it was used
        layer = Layer(file=folder / "layer", **said) if said else None
        return Made(folder / "changes", layer)

    def add(self, key: str, changes: Path, request: Request) -> Made:
        """Keep the changes of a step, packed as a layer."""
        folder = request.work / f"made-{key}"
        folder.mkdir()
        changes.rename(folder / "changes")
        said = {}
        if any((folder / "changes").iterdir()):
            layer = pack(
                folder / "changes",
                folder / "layer",
                epoch=request.epoch,
                compressed=request.compressed,
            )
            said = {name: value for name, value in asdict(layer).items() if name != "file"}
        (folder / "layer.json").write_text(json.dumps(said), encoding="utf-8")
        place = self._folder / key
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # another build has just made the same
            folder.rename(place)
        found = self.find(key)
        assert found  # noqa: S101 one of the two has put it there
        return found


def key(below: str, step: Step, context: Path, request: Request) -> str:
    """Return the key of a step: all that its outcome depends on, except secrets and proxies."""
    said = {**asdict(step), "kind": type(step).__name__, "title": ""}
    inputs: list[str] = []
    if isinstance(step, Run):
        said["environment"] = [item for item in step.environment if item[0] not in _PROXIES]
        binds = (mount.source for mount in step.mounts if mount.kind == "bind")
        inputs = [_digest(context / source.lstrip("/")) for source in binds]
    elif isinstance(step, Copy):
        tops = {source.strip("/").partition("/")[0] for source in step.sources}
        simple = not any(set(top) & set("*?[") for top in tops)
        inputs = [_digest(context / top) for top in sorted(tops)] if simple else [_digest(context)]
    parts = [below, request.epoch, request.compressed, said, inputs]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    """Return a digest of a file, or of a folder with all that it holds."""
    found = hashlib.sha256()
    for item in _walk(path):
        status = item.lstat()
        found.update(f"{item.relative_to(path)}\0{status.st_mode}\0".encode())
        if item.is_symlink():
            found.update(str(item.readlink()).encode())
        elif item.is_file():
            found.update(hashlib.sha256(item.read_bytes()).digest())
    return found.hexdigest()


def _walk(path: Path) -> Iterator[Path]:
    if path.exists():
        yield path
        if path.is_dir():
            yield from sorted(path.rglob("*"))
