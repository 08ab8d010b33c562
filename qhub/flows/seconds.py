"""How long something may take: a number of seconds that makes sense."""

from __future__ import annotations

import math
from typing import Any

from qhub.flows.dask_errors import ClusterError

__all__ = ["require_seconds"]


def require_seconds(name: str, value: Any, *, optional: bool = False) -> None:
    """Raise `ClusterError` for what is no time from 0; None is one where it is `optional`."""
    if value is None and optional:
        return
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and math.isfinite(value) and value >= 0):
        raise ClusterError(f"{name}={value!r}: a number of seconds from 0 was expected")
