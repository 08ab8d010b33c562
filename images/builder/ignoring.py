"""What a `.dockerignore` leaves out of a recipe's folder, by Docker's rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE", "Ignored", "read"]

FILE = ".dockerignore"
_ALWAYS = ("**/__pycache__", "**/*.pyc", "**/.git", "**/.venv", "**/.cache", FILE)


@dataclass(frozen=True, slots=True)
class Ignored:
    """The patterns in order, and whether each takes paths out or back in; the last one counts."""

    rules: tuple[tuple[re.Pattern[str], bool], ...]

    def __contains__(self, path: str) -> bool:
        """Tell whether a path is left out, by itself or by a folder above it."""
        out = False
        for pattern, takes_out in self.rules:
            if pattern.fullmatch(path):
                out = takes_out
        return out

    @property
    def prunes(self) -> bool:
        """Whether all in a folder is left out that is left out itself."""
        return all(takes_out for _, takes_out in self.rules)


def read(folder: Path) -> Ignored:
    """Return what is left out of a folder: what never belongs into an image, then its own rules."""
    file = folder / FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    rules = [(_pattern(text), True) for text in _ALWAYS]
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        takes_out = not text.startswith("!")
        cleaned = text.removeprefix("!").strip().strip("/").removeprefix("./")
        if cleaned and cleaned != ".":
            rules.append((_pattern(cleaned), takes_out))
    return Ignored(tuple(rules))


def _pattern(text: str) -> re.Pattern[str]:
    """Translate: `*` and `?` stay inside a folder's name, `**/` means any folders or none."""
    made, at = "", 0
    while at < len(text):
        rest = text[at:]
        if rest.startswith("**/"):
            made, at = made + "(?:.*/)?", at + 3
        elif rest.startswith("**"):
            made, at = made + ".*", at + 2
        elif rest[0] == "*":
            made, at = made + "[^/]*", at + 1
        elif rest[0] == "?":
            made, at = made + "[^/]", at + 1
        elif rest[0] == "[" and "]" in rest[1:]:
            end = rest.index("]", 1)
            made, at = made + rest[: end + 1], at + end + 1
        elif rest[0] == "\\" and len(rest) > 1:
            made, at = made + re.escape(rest[1]), at + 2
        else:
            made, at = made + re.escape(rest[0]), at + 1
    return re.compile(f"{made}(?:/.*)?")
