"""Pools and queues in Prefect that are QHub's: how they say so, and what still needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HELD_BACK", "MARK", "is_held_back", "is_ours", "users", "uses"]

MARK = "Made by QHub"
"""How the description of each pool and queue of ours begins."""
HELD_BACK = "; paused by QHub."
"""How it ends where QHub paused it: what a user paused stays paused."""


def is_ours(thing: Mapping[str, Any]) -> bool:
    """Tell whether QHub made a pool or queue."""
    return str(thing["description"] or "").startswith(MARK)


def is_held_back(thing: Mapping[str, Any]) -> bool:
    """Tell whether QHub paused a pool or queue."""
    return is_ours(thing) and str(thing["description"]).endswith(HELD_BACK)


def users(pool: str, queue: str | None = None) -> dict[str, Any]:
    """Return Prefect's filter of the deployments, or the runs, of a pool or of a queue in it."""
    found = {"work_pools": _named(pool)}
    return found if queue is None else found | {"work_pool_queues": _named(queue)}


def uses(deployments: int) -> str:
    """Return how many deployments use it, in words."""
    return "1 deployment uses it" if deployments == 1 else f"{deployments} deployments use it"


def _named(name: str) -> dict[str, Any]:
    return {"name": {"any_": [name]}}
