"""Which values of a config file may be secrets, and how messages show the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.names import project_label
from qhub.config.secret_sources import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = ["Curtain", "has_password", "is_private", "shown", "without_query"]

_SUSPECTS = ("password", "passwd", "token", "secret", "credential", "private", "apikey", "api_key")
_PUBLIC = ("secret_name", "existing_secret", "imagePullSecrets", "IMAGE_PULL_SECRETS")
_SOURCES = ("from_env", "from_file", "existing_secret", "key")
_LONGEST = 60
_SHORTEST_SECRET = 6
# Messages cut long values: this much of one is enough to know it again.
_TELLING = 40


def is_private(path: Path) -> bool:
    """Return whether the value at `path` may be a secret; then no message shows it."""
    if path[:1] == ("secrets",) or path[:2] == ("terraform_state", "config"):
        return True
    return _is_suspect(path)


def shown(value: Any, path: Path) -> str:
    """Return a scalar for a message, in quotes when it is text; "this" where it may be secret."""
    if is_private(path) or has_password(value):
        return "this"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(without_query(value) if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…{text[0]}"


def has_password(value: Any) -> bool:
    """Return whether a value looks like user:password@host, well written or not."""
    before, at, _ = value.rpartition("@") if isinstance(value, str) else ("", "", "")
    return bool(at) and ":" in before


def without_query(text: str) -> str:
    """Return a text without what follows '?' or '#', if it is a URL or looks like one."""
    match = re.search(r"[?#]" if "://" in text else r"\?(?=.*=)", text, re.DOTALL)
    return f"{text[: match.end()]}…" if match else text


class Curtain:
    """Takes out of messages what stands as a literal secret elsewhere in the file.

    An alias can put a secret where messages show values, and names are made of names: what
    differs in case, or in signs that are no letters and digits, counts as the same.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._by_start: dict[str, set[str]] = {}
        for secret in set(_literal_secrets(data)):
            for written in {secret, repr(secret)[1:-1], project_label(secret)}:
                plain = _plain(written)
                inner = plain.strip("-")
                plain = inner if len(inner) >= _SHORTEST_SECRET else plain
                self._by_start.setdefault(plain[:_SHORTEST_SECRET], set()).add(plain)

    def hide(self, text: str) -> str:
        """Return a text with "..." in the place of each secret."""
        if not self._by_start:
            return text
        plain, done, kept, index = _plain(text), 0, [], 0
        while index <= len(plain) - _SHORTEST_SECRET:
            length = self._length(plain, index)
            if not length:
                index += 1
                continue
            kept += [text[done:index], "..."]
            done = index = index + length
        return "".join([*kept, text[done:]])

    def _length(self, plain: str, index: int) -> int:
        """Return how many characters from `index` on are a secret, or the start of a long one."""
        known = self._by_start.get(plain[index : index + _SHORTEST_SECRET], ())
        return max((_common(secret, plain, index) for secret in known), default=0)


def _common(secret: str, plain: str, index: int) -> int:
    length = 0
    for ours, theirs in zip(secret, plain[index : index + len(secret)], strict=False):
        if ours != theirs:
            break
        length += 1
    return length if length >= min(len(secret), _TELLING) else 0


def _plain(text: str) -> str:
    """Return a text of the same length in which only letters and digits count, without case."""
    return "".join(sign.lower()[:1] if sign.isalnum() else "-" for sign in text)


def _literal_secrets(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values of the file that may be secrets themselves, and no secret's name."""
    names = data.get("secrets")
    known = {str(name) for name in names} if isinstance(names, dict) else set()
    rest: list[tuple[Path, Any]] = [((), data)]
    while rest:
        path, value = rest.pop()
        if isinstance(value, dict):
            rest += (((*path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            rest += (((*path, index), inner) for index, inner in enumerate(value))
        elif isinstance(value, str | int | float) and _is_secret_itself(path):
            text = str(value)
            is_long = len(text) >= _SHORTEST_SECRET and not is_placeholder(text)
            if is_long and not _is_name(text, path, known):
                yield text


def _is_secret_itself(path: Path) -> bool:
    if path[-3:-2] in (("secrets",), ("secretEnvVars",)) and path[-1] in _SOURCES:
        return False
    return path[:1] == ("secrets",) or _is_suspect(path)


def _is_name(text: str, path: Path, known: set[str]) -> bool:
    """Return whether a text is the name of a secret, or a slip of one where a name is wanted."""
    from difflib import get_close_matches

    if text in known:
        return True
    names_one = path[-1] == "token" or path[-2:-1] == ("secrets",)
    return path[0] == "prefect" and names_one and bool(get_close_matches(text, known, n=1))


def _is_suspect(path: Path) -> bool:
    return any(
        suspect in part.lower()
        for part in path
        if isinstance(part, str) and part not in _PUBLIC
        for suspect in _SUSPECTS
    )
