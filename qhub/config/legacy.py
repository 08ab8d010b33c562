"""Keys of QHub 0.3, QHub 0.4 and Nebari that QHub no longer handles: one warning names them all.

What is wrong inside them is a warning, too: QHub reads none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config import schema
from qhub.config.problem import Finding, Path, dotted
from qhub.config.unknown import unknown_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qhub.config.document import Document
    from qhub.config.split import Unknown

__all__ = ["is_legacy", "legacy_findings", "legacy_names"]

_HINT = "remove them once no other tool reads this file"


def is_legacy(path: Path) -> bool:
    """Return whether one of the older tools handled the key at `path`."""
    node = _node(path[:-1])
    return node is not None and path[-1] in node.get("properties", {})


def legacy_names(path: Path) -> Iterable[str]:
    """Return the keys of the older tools in the mapping at `path`."""
    return tuple((_node(path) or {}).get("properties", ()))


def legacy_findings(document: Document, keys: list[Unknown]) -> list[Finding]:
    """Return the warning about `keys` and what is wrong inside them."""
    if not keys:
        return []
    keys = sorted(keys, key=lambda key: document.position(key.path, "key"))
    lines = [document.position(key.path, "key")[0] for key in keys]
    named = ", ".join(f"{dotted(k.path)} (line {n})" for k, n in zip(keys, lines, strict=True))
    message = f"QHub does not handle these keys of older files and ignores them: {named}"
    summary = Finding(keys[0].path, message, _HINT, "warning", "key")
    return [summary, *_inside(document, _nested(keys))]


def _inside(document: Document, data: dict[str, Any]) -> list[Finding]:
    from qhub.config.compiled import Invalid, legacy

    try:
        legacy.validate(data)
    except Invalid:
        from qhub.config.split import split
        from qhub.config.tell import tell

        parts = split(data, schema.legacy())
        unknown = [unknown_key(key, severity="warning") for key in parts.unknown]
        return [*unknown, *tell(document, parts, schema.legacy(), severity="warning")]
    return []


def _nested(keys: Iterable[Unknown]) -> dict[str, Any]:
    """Return the keys' values in the shape of the file, without what QHub handles."""
    root: dict[str, Any] = {}
    for key in keys:
        mapping = root
        for part in key.path[:-1]:
            mapping = mapping.setdefault(str(part), {})
        mapping[str(key.path[-1])] = key.value
    return root


def _node(path: Path) -> schema.Node | None:
    node: schema.Node = schema.legacy()
    for part in path:
        if not isinstance(part, str):
            return None
        inner = node.get("properties", {}).get(part, node.get("additionalProperties"))
        if not isinstance(inner, dict):
            return None
        node = inner
    return node
