"""The garbage collector of a program, which has little to do while the program starts, or ever."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["resting", "work_seldom"]

SELDOM = 20_000
"""New objects between two collections; off altogether, the server holds 10 MB more for ever."""
NEVER = 1_000
"""Collections until what survived one is looked at once more: more than there are in a start."""


@contextmanager
def resting() -> Iterator[None]:
    """Collect seldom meanwhile; what is there at the end stays, and is never looked at again.

    Imports make hundreds of thousands of objects and hardly any garbage: to look at them over and
    over again was a fifth of the Prefect server's start. Of an agent, what is never looked at is
    not copied in each process that it forks, either.
    """
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM, NEVER, NEVER)
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*usual)


def work_seldom() -> None:
    """Look at new objects seldom: hardly any are garbage that waits for the collector.

    Of what the Prefect server does for a run, it was a twentieth.
    """
    gc.set_threshold(SELDOM)
