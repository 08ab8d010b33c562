"""The data of a file → what QHub handles, and the keys that it does not know.

A key that may be left out and has no value (`domain:`) counts as not written, as in QHub 0.3, 0.4
and Nebari; so do empty texts in `overrides`, the way to say "unset" there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qhub.config import schema

if TYPE_CHECKING:
    from qhub.config.problem import Path

__all__ = ["Split", "Unknown", "split"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that the schema does not know, with the keys that it knows in its place."""

    path: Path
    value: Any
    known: schema.Node


@dataclass(slots=True)
class Split:
    """`handled` has the shape of the file without the `unknown` keys and those without value."""

    handled: Any = None
    unknown: list[Unknown] = field(default_factory=list)


def split(data: Any, whole: schema.Node) -> Split:
    """Return `data` parted by what the schema `whole` knows; the data itself stays as it is."""
    result = Split()
    result.handled = _part(data, whole, (), whole, result.unknown)
    return result


def _part(
    value: Any, node: schema.Node, path: Path, whole: schema.Node, unknown: list[Unknown]
) -> Any:
    node = schema.resolve(whole, node)
    if isinstance(value, list) and isinstance(node.get("items"), dict):
        items = node["items"]
        return [_part(v, items, (*path, i), whole, unknown) for i, v in enumerate(value)]
    if not isinstance(value, dict):
        return value
    properties = node.get("properties", {})
    others = node.get("additionalProperties", True)
    handled = {}
    for key, inner in value.items():
        below = (*path, key)
        if key in properties:
            if key in node.get("required", ()) or not _is_unset(inner, below):
                handled[key] = _part(inner, properties[key], below, whole, unknown)
        elif others is False:
            unknown.append(Unknown(below, inner, properties))
        else:
            handled[key] = inner if others is True else _part(inner, others, below, whole, unknown)
    return handled


def _is_unset(value: Any, path: Path) -> bool:
    return value is None or (value == "" and "overrides" in path)
