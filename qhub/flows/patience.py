"""Patience with Dask Gateway: it may have been killed, and is back within seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from qhub.flows.dask_errors import GatewayAwayError
from qhub.flows.gateway import failures

if TYPE_CHECKING:
    from collections.abc import Callable

    from qhub.flows.gateway import Access

__all__ = ["patiently"]

PATIENCE_SECONDS = 20.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0

T = TypeVar("T")


def patiently(to: Access, call: Callable[[], T]) -> T:
    """Return what a call of the gateway gives, again and again while the gateway is away.

    What is called may have been done before an answer was lost: a second time must do no harm.
    Raises `GatewayAwayError` after `PATIENCE_SECONDS`.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = _FIRST_PAUSE
    while True:
        try:
            with failures(to):
                return call()
        except GatewayAwayError:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
