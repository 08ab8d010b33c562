"""Values typed on a command line, read as the place that they are for wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Text", "read"]


class Text(str):
    """A value as it was typed: a text where a text is wanted, else JSON if it is that."""

    __slots__ = ()


def read(given: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with each `Text` read by the JSON Schema of all of them."""
    known = schema.get("properties", {})
    return {
        name: _read(value, known.get(name, {})) if isinstance(value, Text) else value
        for name, value in given.items()
    }


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    import json

    branches = [schema, *schema.get("anyOf", ())]
    types = {branch.get("type") for branch in branches} - {None, "null"}
    if types == {"string"}:
        return str(text)
    try:
        return json.loads(text)
    except ValueError:
        return str(text)
