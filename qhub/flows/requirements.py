"""The requirements file of a project, and those that it names, as an image's build gets them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.flows.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["copy", "find"]

_OTHER = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=)?(\S+)")
_LOCAL = re.compile(r"(?:-e|--editable)\b|\.{0,2}/|\.(?=$|[\s\[])|file:|.*@\s*file:")


def find(name: str | Path, folder: Path) -> tuple[str, ...]:
    """Return the requirements file and those that it names, relative to the project folder.

    `name` is a path, or relative to the project. A line that names a folder is refused: an
    image's build has none of the project's.
    """
    given = Path(name).expanduser()
    path = given if given.is_file() else folder / given
    found: dict[str, None] = {}
    waiting = [path.resolve()]
    for file in waiting:
        if not file.is_file():
            raise ImageError(
                f"there is no requirements file {file}",
                hint=f"a path starts where you are, or in the project folder {folder}",
            )
        if not file.is_relative_to(folder):
            raise ImageError(
                f"the requirements file {file} is not in the project folder {folder}",
                hint="put it there, or name another folder: project='…'",
            )
        inside = file.relative_to(folder).as_posix()
        if inside not in found:
            found[inside] = None
            waiting += [(file.parent / other).resolve() for other in _named(file)]
    return tuple(found)


def copy(names: tuple[str, ...], folder: Path, target: Path) -> None:
    """Copy requirements files of a project, and no more of it."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target / name)


def _named(file: Path) -> Iterator[str]:
    """Yield the other requirements files that a file names."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if _LOCAL.match(text):
            raise ImageError(
                f"{file}:{number}: '{text}' is a folder or file, which the image's build lacks",
                hint="the project's own modules are in the image anyway; name packages only",
            )
        if (other := _OTHER.match(text)) and "://" not in other[1]:
            yield other[1]
