"""One qhub at a time changes a platform: the lock in its state."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qhub.embedded.files import refusals
from qhub.embedded.layout import home_hint
from qhub.errors import WriteError
from qhub.render.lock import take

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.embedded.layout import Layout

__all__ = ["lock"]


@contextmanager
def lock(layout: Layout, command: str) -> Iterator[None]:
    """Keep every other qhub from changing a platform; makes the folder of its state.

    Raises `LockedError` at once where another one works on it, which says who and since when;
    `WriteError` where there can be no state.
    """
    try:
        with refusals(layout.root):
            for folder in (layout.root.parent, layout.root):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except WriteError as error:
        error.hint = home_hint()
        raise
    try:
        with refusals(layout.lock):
            take(handle, command, what="platform")
        yield
    finally:
        os.close(handle)
