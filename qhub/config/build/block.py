"""A mapping of the config file beside its defaults: what the file leaves out, the schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.compiled.defaults import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Block", "number_text"]


class Block:
    """One mapping of the file; `get` answers its value, else the schema's default, else None.

    `at` is where the mapping lies, with `*` for names that the user chose and for list items.
    """

    __slots__ = ("_at", "data")

    def __init__(self, data: Mapping[str, Any], *, at: str = "") -> None:
        self.data = data
        self._at = at

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def get(self, key: str) -> Any:
        """Return the value of `key`, else its default."""
        return self.data[key] if key in self.data else DEFAULTS.get(self._below(key))

    def block(self, key: str) -> Block:
        """Return the mapping under `key`, empty when the file has none."""
        return Block(self.data.get(key) or {}, at=self._below(key))

    def items(self, key: str) -> Iterator[Block]:
        """Yield the mappings in the list under `key`."""
        below = f"{self._below(key)}.*"
        return (Block(item, at=below) for item in self.get(key) or ())

    def entries(self, key: str) -> Iterator[tuple[str, Block]]:
        """Yield the mappings under `key` whose names the user chose, with those names."""
        below = f"{self._below(key)}.*"
        return ((name, Block(data, at=below)) for name, data in (self.get(key) or {}).items())

    def _below(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else key


def number_text(value: Any) -> str | None:
    """Return a quantity as text: 4 is "4", 1.5 is "1.5", text stays; None and "" are None."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)
