"""Values to bytes: JSON and YAML with one form for each value, on every machine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["as_json", "as_yaml"]

# What Helm's YAML reader takes for text, too, when it stands there without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9_/]")
_NOT_PLAIN = frozenset(["null", "true", "false", "yes", "no", "on", "off"])
_ENDLESS = 2**31 - 1


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return a mapping as JSON with sorted keys."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def as_yaml(value: Mapping[str, Any]) -> bytes:
    """Return a mapping as YAML with sorted keys, without aliases and without folded lines.

    Texts are quoted unless every YAML reader takes them for text: PyYAML's own rules would leave
    1e3 and 0o7 bare, which Helm reads as numbers.
    """
    text = yaml.dump(
        value, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=_ENDLESS, indent=2
    )
    return str(text).encode()


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # C where built
    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN
        style = None if plain else '"'
        node: yaml.ScalarNode = self.represent_scalar("tag:yaml.org,2002:str", text, style=style)
        return node


_Dumper.add_representer(str, _Dumper.represent_text)
