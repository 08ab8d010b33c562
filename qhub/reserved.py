"""Environment variables of embedded agents that the platform keeps for itself."""

from __future__ import annotations

__all__ = ["PREFIXES", "is_reserved"]

PREFIXES = ("PREFECT_API_", "QHUB_", "DASK_GATEWAY_")
"""Where the platform is, and how it is logged in to; names that begin so are never a user's."""


def is_reserved(name: str) -> bool:
    """Tell whether a variable is the platform's own; one of a user's is left out."""
    return name.startswith(PREFIXES)
