"""Which files are archives of plans that `qhub plan --out` wrote, whatever they are called.

They are no code of a flow, and say much of a platform.
"""

from __future__ import annotations

import re
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_plan_archive"]

_ABOUT = "about.json"
_MEMBER = re.compile(rf"[0-9]{{2}}-[a-z0-9-]+/(?:plan|lock)|{re.escape(_ABOUT)}")
_BLOCK, _NAME_BYTES = 512, 100


def is_plan_archive(path: Path) -> bool:
    """Tell it by the names of the members; of another file no more than its first block is read."""
    try:
        with path.open("rb") as file:
            first = file.read(_BLOCK)
        name = first[:_NAME_BYTES].partition(b"\0")[0].decode("ascii", "replace")
        if len(first) < _BLOCK or not _MEMBER.fullmatch(name):
            return False
        with tarfile.open(path, mode="r:") as archive:
            names = archive.getnames()
    except (OSError, tarfile.TarError):
        return False
    return _ABOUT in names and all(map(_MEMBER.fullmatch, names))
