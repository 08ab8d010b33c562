"""How an unknown key is told: with the keys known in its place, and the nearest of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from qhub.config import schema
from qhub.config.private import is_private, shown
from qhub.config.problem import Finding, Path, dotted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qhub.config.problem import Severity
    from qhub.config.split import Unknown

__all__ = ["nearest", "unknown_key"]

_MOST_LISTED = 12


def unknown_key(key: Unknown, *, also: Iterable[str] = (), severity: Severity = "error") -> Finding:
    """Return the finding; `also` are names of older tools, suggested when none of ours is near."""
    name = str(key.path[-1])
    near = nearest(name, key.known) or nearest(name, also)
    hint = f"did you mean '{near}'?" if near else _hint(key.path)
    if not near and is_private(key.path[:-1]):  # `S3_KEY: {the secret itself}` has it as a key
        return Finding(key.path[:-1], f"unknown key{_known(key.known)}", hint, severity, "key")
    message = f"unknown key {shown(name, ())}{_known(key.known)}"
    if name in schema.OWNED and "overrides" in key.path:
        message = f"QHub sets '{name}' of the chart itself"
        hint = schema.OWNED[name]
    return Finding(key.path, message, hint, severity, "key")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` is most likely a slip of."""
    import difflib  # only a wrong file pays for it

    names = {_plain(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_plain(name), names, n=1)
    return names[close[0]] if close else None


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _known(known: schema.Node) -> str:
    names = sorted(name for name, node in known.items() if _is_current(node))
    if not names or len(names) > _MOST_LISTED:
        return ""
    return f"; known here: {', '.join(names)}"


def _is_current(node: object) -> bool:
    return not (isinstance(node, dict) and node.get("deprecated"))


def _hint(path: Path) -> str:
    """Say where the key belongs, if it is a key of another place, else where all are listed."""
    place = _places().get(str(path[-1]))
    if place is not None and place != path[:-1]:
        return f"it belongs under '{dotted(place)}'" if place else "it belongs to the file's top"
    return "`qhub schema` prints every key"


@cache
def _places() -> dict[str, Path]:
    """Return the place of each key that only one place knows: the top, or a block of it."""
    whole = schema.published()
    places: dict[str, list[Path]] = {}
    for name, node in whole["properties"].items():
        places.setdefault(name, []).append(())
        for inner in schema.resolve(whole, node).get("properties", ()):
            places.setdefault(inner, []).append((name,))
    return {name: found[0] for name, found in places.items() if len(found) == 1}
