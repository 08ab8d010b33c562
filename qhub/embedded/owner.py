"""Which config file a platform belongs to: another one of the same names does not take it over.

The state is found by project and namespace alone, which a second folder may have by chance.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.errors import ForeignPlatformError
from qhub.embedded.files import read_or_none, replace

if TYPE_CHECKING:
    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["foreign", "recorded", "require", "settle", "source"]

_STDIN = "<stdin>"


def source(file: str) -> Path:
    """Return what stands for a config file: its absolute path; of standard input, the folder."""
    return Path.cwd() if file == _STDIN else Path(file).expanduser().absolute().resolve()


def recorded(layout: Layout) -> Path | None:
    """Return the config file that deployed a platform, None where nobody wrote it down."""
    content = read_or_none(_note(layout))
    return Path(os.fsdecode(content)) if content else None


def foreign(layout: Layout, file: str) -> Path | None:
    """Return the config file that deployed a platform where it is not this one, else None."""
    owner = recorded(layout)
    return None if owner is None or _are_the_same(owner, source(file)) else owner


def require(layout: Layout, file: str, platform: Platform, *, adopt: bool) -> str:
    """Return what is to be told of a platform that this file did not deploy; often nothing.

    Raises `ForeignPlatformError` where the file that did is still there, unless `adopt`.
    """
    owner = foreign(layout, file)
    if owner is None:
        return ""
    if not os.path.lexists(owner):
        return f"{owner}, from which this platform was deployed, is gone; from now on it is {file}"
    if adopt:
        return f"taken over from {owner}"
    raise ForeignPlatformError(
        f"{platform.project} ({platform.namespace}) was deployed from {owner}",
        hint="choose another project_name or namespace, or take it over with --adopt",
    )


def settle(layout: Layout, file: str) -> None:
    """Write down that this file deployed the platform."""
    content = os.fsencode(source(file))
    if read_or_none(_note(layout)) != content:
        replace({_note(layout): content})


def _are_the_same(one: Path, other: Path) -> bool:
    """Tell whether two files are one; standard input, a folder, goes with the files in it."""
    if one == other:
        return True
    if one.is_dir() != other.is_dir():
        folder, file = (one, other) if one.is_dir() else (other, one)
        return file.parent == folder
    try:
        return one.samefile(other)
    except OSError:
        return False


def _note(layout: Layout) -> Path:
    return layout.root / "deployed-from"
