"""What is wrong in a config file, where, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["At", "Finding", "Path", "Problem", "Severity", "dotted", "printable"]

Path = tuple[str | int, ...]
"""Keys and list indices from the top of the file: ("prefect", "agents", 0, "name")."""

Severity = Literal["error", "warning"]
At = Literal["key", "value"]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at one place of one file; lines and columns count from 1.

    `message` and `hint` never repeat a secret value.
    """

    file: str
    line: int
    column: int
    path: str
    severity: Severity
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before its position is known: what a rule yields.

    `at` says whether the column is that of the key or of the value at `path`.
    """

    path: Path
    message: str
    hint: str = ""
    severity: Severity = "error"
    at: At = "value"


def dotted(path: Path) -> str:
    """Return a path as text: `prefect.agents[0].name`, `profiles.dask_worker."Small Worker"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _PLAIN_KEY.fullmatch(part) else f'"{printable(part)}"'
            text += f".{name}" if text else name
    return text


def printable(text: str) -> str:
    """Return a text that stays on its line and moves no cursor, whatever a file put into it."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
