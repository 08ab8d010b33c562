"""Where the folders lie that QHub ships: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

__all__ = ["folder"]

_PACKAGE = Path(__file__).parent


def folder(name: Literal["schemas", "terraform", "helm"]) -> Path:
    """Return the folder of that name."""
    bundled = _PACKAGE / "_bundle" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
