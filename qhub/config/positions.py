"""Where every key and value of a YAML text is written: found out only when somebody asks.

A run without problems never asks, so that reading pays nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from qhub.config.events import events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qhub.config.problem import At, Path

__all__ = ["Positions", "Spot"]

_MERGE = "<<"


class Spot:
    """One value: where it starts, the text of a scalar, what is in a mapping or list."""

    __slots__ = ("items", "keys", "merged", "place", "quoted", "raw")

    def __init__(self, event: Any) -> None:
        self.place = _place(event)
        scalar = isinstance(event, yaml.ScalarEvent)
        self.raw: str | None = event.value if scalar else None
        self.quoted = scalar and event.style in ("'", '"')
        self.items: dict[str | int, Spot] = {}
        self.keys: dict[str | int, tuple[int, int]] = {}
        self.merged: list[Spot] = []


class Positions:
    """Looks up lines and columns (from 1) by path in a text that was read without problems."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: Spot | None = None

    def find(self, path: Path, at: At) -> tuple[int, int]:
        """Return the position of the key or value at `path`, else of its nearest ancestor's key."""
        spot = self._top()
        position = spot.place
        for depth, part in enumerate(path):
            holder = _holder(spot, part)
            if holder is None:
                return position
            spot = holder.items[part]
            wants_value = at == "value" and depth == len(path) - 1
            position = spot.place if wants_value else holder.keys.get(part, spot.place)
        return position

    def spot(self, path: Path) -> Spot | None:
        """Return the value at `path`, or None where nothing is written."""
        spot = self._top()
        for part in path:
            holder = _holder(spot, part)
            if holder is None:
                return None
            spot = holder.items[part]
        return spot

    def _top(self) -> Spot:
        if self._root is None:
            self._root = _tree(events(self._text))
        return self._root


def _holder(spot: Spot, part: str | int) -> Spot | None:
    """Return the mapping or list that `part` is written in: `spot`, or one merged into it."""
    waiting = [spot]
    while waiting:
        candidate = waiting.pop()
        if part in candidate.items:
            return candidate
        for source in reversed(candidate.merged):
            lists_sources = source.raw is None and 0 in source.items
            waiting.extend(reversed(source.items.values()) if lists_sources else (source,))
    return None


class _Frame:
    """A mapping or list that is still open; `key` is the key whose value comes next."""

    __slots__ = ("is_list", "key", "spot")

    def __init__(self, spot: Spot, *, is_list: bool) -> None:
        self.spot = spot
        self.is_list = is_list
        self.key: tuple[str, tuple[int, int], bool] | None = None

    def put(self, spot: Spot, place: tuple[int, int]) -> None:
        """Take the next key, or the value of the last one, or the next value of a list."""
        if self.is_list:
            self.spot.items[len(self.spot.items)] = spot
        elif self.key is None:
            self.key = (spot.raw or "", place, spot.raw == _MERGE and not spot.quoted)
        else:
            name, key_place, merges = self.key
            self.key = None
            if merges:
                self.spot.merged.append(spot)
            else:
                self.spot.items[name] = spot
                self.spot.keys[name] = key_place


def _tree(stream: Iterable[yaml.Event]) -> Spot:
    frames: list[_Frame] = []
    anchors: dict[str | None, Spot] = {}
    root: Spot | None = None
    for event in stream:
        if isinstance(event, yaml.CollectionEndEvent):
            frames.pop()
        elif isinstance(event, yaml.NodeEvent):
            spot = anchors[event.anchor] if isinstance(event, yaml.AliasEvent) else Spot(event)
            anchors[event.anchor] = spot
            root = root or spot
            if frames:
                frames[-1].put(spot, _place(event))
            if isinstance(event, yaml.CollectionStartEvent):
                frames.append(_Frame(spot, is_list=isinstance(event, yaml.SequenceStartEvent)))
    if root is None:
        raise ValueError("a text without a value has no positions")
    return root


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
