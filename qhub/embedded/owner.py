"""Which config file a platform belongs to: another one of the same names does not take it over.

The state is found by project and namespace alone, which a second folder may have by chance.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.errors import ForeignPlatformError
from qhub.embedded.files import read_or_none, replace

if TYPE_CHECKING:
    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["DEPLOY", "DESTROY", "foreign", "recorded", "require", "settle", "source"]

DEPLOY = "choose another project_name or namespace"
DESTROY = "destroy it with that file"
"""What to do about a platform of another file, besides --adopt."""
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


def require(
    layout: Layout,
    file: str,
    platform: Platform,
    *,
    adopt: bool,
    instead: str = DEPLOY,
) -> str:
    """Return what is to be told of a platform that this file did not deploy; often nothing.

    Raises `ForeignPlatformError` where the file that did is still there, unless `adopt`; and for
    a platform of other names, whose folder has the same name by chance. `instead` is the hint.
    """
    _require_names(layout, platform)
    owner = foreign(layout, file)
    if owner is None:
        return ""
    if not os.path.lexists(owner):
        return f"{owner}, from which this platform was deployed, is gone; from now on it is {file}"
    if adopt:
        return f"taken over from {owner}"
    raise ForeignPlatformError(
        f"{platform.project} ({platform.namespace}) was deployed from {owner}",
        hint=f"{instead}, or take it over with --adopt",
    )


def _require_names(layout: Layout, platform: Platform) -> None:
    """Raise `ForeignPlatformError` for a-b of namespace c where this is a of namespace b-c."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads((layout.config / "platform.json").read_bytes())
        names = known["project"], known["namespace"]
        if names != (platform.project, platform.namespace):
            raise ForeignPlatformError(
                f"{layout.root} is the state of {names[0]} ({names[1]}), which is another platform",
                hint="choose another project_name or namespace, or set QHUB_HOME",
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
