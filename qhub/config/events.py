"""YAML text → the events of its parser, with LibYAML where it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LOADER", "events"]

LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def events(text: str, loader: Any = LOADER) -> Iterator[yaml.Event]:
    """Yield one event after the other; nothing here recurses, however deep the text nests."""
    parser = loader(text)
    try:
        while True:
            event = parser.get_event()
            if event is None:
                return
            yield event
    finally:
        parser.dispose()
