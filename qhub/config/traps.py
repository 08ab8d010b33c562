"""Values of the wrong type, with YAML's traps named: 1.30 is the number 1.3, `no` is false."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.private import has_password, without_query

if TYPE_CHECKING:
    from qhub.config.document import Document
    from qhub.config.problem import Path

__all__ = ["wrong_type"]

_WANTED = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "keys and values",
    "string": "text",
}
_SWITCHES = ("true", "false", "yes", "no", "on", "off")
_MOST_LISTED = 12
_LONGEST = 60


def wrong_type(error: Any, path: Path, document: Document, *, private: bool) -> tuple[str, str]:
    """Return message and hint; of a private value neither holds a part."""
    value = error.instance
    wanted = error.validator_value
    types = [wanted] if isinstance(wanted, str) else [name for name in wanted if name != "null"]
    must = "must be " + " or ".join(_WANTED[name] for name in types)
    raw = document.raw(path) or ""
    if value is None:
        needed = error.schema.get("errorMessage") or f"it {must}"
        return f"has no value; {needed}", "write it behind the ':', or remove the key"
    if "string" in types and isinstance(value, bool | int | float):
        return _unquoted("must be text", value, raw, path, private=private)
    if isinstance(value, str):
        return _text(must, value, raw, path, types=types, private=private, error=error)
    if isinstance(value, dict | list):
        return f"{must}, but {_kind(value)}", _shape(types, error)
    return f"{must}, but is {'this' if private else raw}", _switch(types)


def _unquoted(must: str, value: Any, raw: str, path: Path, *, private: bool) -> tuple[str, str]:
    """Text is wanted, and YAML made a number or a switch of what is written."""
    is_switch = isinstance(value, bool)
    if private:
        read = "true or false" if is_switch else "a number"
        return f"{must}, but is read as {read}", "put the value into quotes"
    if is_switch:
        told = f"{raw} without quotes is read as {'true' if value else 'false'}"
    elif raw == str(value):
        told = f"{raw} without quotes is a number"
    else:
        told = f"{raw} without quotes is the number {value}"
    return f"{must}, but {told}", f'put it into quotes: {_key(path)}"{raw}"'


def _text(
    must: str,
    value: str,
    raw: str,
    path: Path,
    *,
    types: list[str],
    private: bool,
    error: Any,
) -> tuple[str, str]:
    """Something else than text is wanted."""
    from qhub.config.scalars import BadScalarError, resolve

    if private or "object" in types or has_password(value):  # a text there is often NAME=value
        slip = "object" in types and re.match(r"[A-Za-z0-9_]+:(?!//)\S", value)
        return f"{must}, but is text", "put a space behind the ':'" if slip else _shape(
            types, error
        )
    try:
        meant = resolve(value.strip())
    except BadScalarError:
        meant = value
    numeric = isinstance(meant, int | float) and not isinstance(meant, bool)
    if "boolean" in types and value.strip().lower() in _SWITCHES:
        return f"{must}, but is in quotes", f"remove the quotes: {_key(path)}{raw.strip()}"
    if numeric and ("number" in types or ("integer" in types and isinstance(meant, int))):
        return f"{must}, but is in quotes", f"remove the quotes: {_key(path)}{raw.strip()}"
    if "array" in types:
        return f"{must}, but is text", f"write a list: {_key(path)}[{_cut(value)}]"
    return f"{must}, but is the text {_cut(value)!r}", _shape(types, error) or _switch(types)


def _shape(types: list[str], error: Any) -> str:
    """Say how to write keys and values, or a list."""
    if "array" in types:
        return "begin each entry with '- '"
    known = error.schema.get("properties") if "object" in types else None
    if not known:
        return ""
    names = [name for name, node in known.items() if not node.get("deprecated")]
    return f"known here: {', '.join(sorted(names))}" if len(names) <= _MOST_LISTED else ""


def _switch(types: list[str]) -> str:
    return "write true or false" if types == ["boolean"] else ""


def _kind(value: Any) -> str:
    return "is a list" if isinstance(value, list) else "holds keys and values"


def _key(path: Path) -> str:
    return f"{path[-1]}: " if path and isinstance(path[-1], str) else ""


def _cut(text: str) -> str:
    bare = without_query(text)
    return bare if len(bare) <= _LONGEST else bare[:_LONGEST] + "…"
