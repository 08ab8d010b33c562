"""Settings over settings: how an agent's overrides lie over those of all agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["merged"]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two trees as one: mappings merge key by key, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        held = result.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            result[key] = merged(held, value)
        else:
            result[key] = value
    return result
