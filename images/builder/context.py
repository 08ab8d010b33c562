"""The folder that a recipe copies from: what lies beside it, and named parts of the checkout."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from images.builder import ignoring
from images.builder.errors import RecipeError

__all__ = ["find_recipe", "prepare"]

_CHECKOUT = Path(__file__).resolve().parents[2]
"""The repository; of an installed qhub the folder that holds its parts, inside the package."""
_BUNDLE = "_bundle"
_LIST = "checkout.txt"


def find_recipe(image: str) -> Path:
    """Return the recipe of an image of ours, or of a folder (or file) that is named by its path."""
    ours = Path(__file__).resolve().parents[1] / image / "Dockerfile"
    if "/" not in image and ours.is_file():
        return ours
    path = Path(image)
    if path.is_dir():
        return path / "Dockerfile"
    if not path.is_file():
        raise RecipeError(
            f"there is no image '{image}'",
            hint="name an image of images/, or a folder that holds a Dockerfile",
        )
    return path


def prepare(recipe: Path, target: Path) -> Path:
    """Copy a recipe's folder, with the same modes on every machine; return the copy.

    What `.dockerignore` names is left out, so that every builder leaves out the same. A file
    `checkout.txt` names what the recipe wants of the repository, a path a line; that comes into
    the folder `checkout`.
    """
    target.mkdir(parents=True)
    _copy_folder(recipe.parent, target)
    shutil.copyfile(recipe, target / recipe.name)
    wanted = recipe.parent / _LIST
    if wanted.is_file():
        for line in wanted.read_text(encoding="utf-8").split():
            _copy(_part(line), target / "checkout" / line)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
    return target


def _part(name: str) -> Path:
    """Return a part of the repository; an installed package has the others inside it."""
    installed = name == "qhub" and _CHECKOUT.name == _BUNDLE
    return _CHECKOUT.parent if installed else _CHECKOUT / name


def _copy_folder(source: Path, target: Path) -> None:
    """Copy what a folder holds, except what is ignored in it; folders come with what they hold."""
    ignored = ignoring.read(source)
    for folder, folders, files in os.walk(source):
        place = Path(folder).relative_to(source)
        if Path(folder) == _CHECKOUT.parent and _BUNDLE in folders:  # holds what is copied anyway
            folders.remove(_BUNDLE)
        if ignored.prunes:
            folders[:] = [name for name in folders if (place / name).as_posix() not in ignored]
        for name in (*folders, *files):
            path = place / name
            if path.as_posix() in ignored:
                continue
            if (source / path).is_dir() and not (source / path).is_symlink():
                (target / path).mkdir(parents=True, exist_ok=True)
                continue
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / path, target / path, follow_symlinks=False)


def _copy(source: Path, target: Path) -> None:
    try:
        if source.is_dir():
            target.mkdir(parents=True)
            _copy_folder(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    except OSError as error:
        raise RecipeError(
            f"cannot copy {source}: {error.strerror}", hint="this image is built from a checkout"
        ) from error
