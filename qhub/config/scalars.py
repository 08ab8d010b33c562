"""Plain YAML scalars ↔ values, as YAML 1.1 reads them; dates, times and 010 stay text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAKERS", "BadScalarError", "inline", "resolve"]

_RESOLVERS: dict[str | None, list[tuple[str, Any]]] = yaml.SafeLoader.yaml_implicit_resolvers
_CORE = "tag:yaml.org,2002:"
_TRUE = ("yes", "true", "on")


class BadScalarError(ValueError):
    """A scalar that is not what its tag or its looks say; the message never repeats it."""


def resolve(text: str) -> Any:
    """Return the value of an unquoted scalar."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return MAKERS.get(tag, str)(text)
    return text


def inline(value: Any) -> str:
    """Return a value as YAML on one line, for messages and the reference page."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (not value or not isinstance(resolve(value), str)):
        return f'"{value}"'
    return str(value)


def _boolean(text: str) -> bool:
    return text.lower() in _TRUE


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    bare = digits.lstrip("+-")
    if ":" in bare or (len(bare) > 1 and bare[0] == "0" and bare[1].isdigit()):
        return text  # a time such as 12:30, or 010: nobody means 750 and 8
    try:
        return int(digits, 0)
    except ValueError:
        raise BadScalarError("a number that is too long, or no number") from None


def _float(text: str) -> float | str:
    if ":" in text:
        return text
    digits = text.replace("_", "").lower()
    try:
        number = float(digits.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadScalarError("a number without a finite value, or no number")
    return number


def _null(_text: str) -> None:
    return None


MAKERS: dict[str, Callable[[str], Any]] = {
    "!": str,
    _CORE + "bool": _boolean,
    _CORE + "int": _integer,
    _CORE + "float": _float,
    _CORE + "null": _null,
    _CORE + "str": str,
    _CORE + "timestamp": str,
}
"""What makes a value of a scalar, by tag; a tag that is not here is a custom one."""
