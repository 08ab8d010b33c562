"""Asks a cluster's scheduler how it is: whether it lives, and how many workers it has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dask_gateway import Gateway

__all__ = ["is_alive", "workers_of"]

_SECONDS = 3


def is_alive(gateway: Gateway, name: str) -> bool:
    """Tell whether the scheduler of a cluster answers; one that starts may still come to life."""
    report = gateway.get_cluster(name)
    return report.scheduler_address is None or gateway.sync(_identity, report) is not None


def workers_of(gateway: Gateway, name: str) -> int:
    """Return how many workers are connected to a cluster's scheduler; 0 without an answer.

    `GatewayCluster.scheduler_info` knows, too, unless its connection came a moment before the
    gateway's proxy knew the way: then it stays empty for ever.
    """
    report = gateway.get_cluster(name)
    found = gateway.sync(_identity, report) if report.scheduler_address else None
    return int(found["n_workers"]) if found else 0


async def _identity(report: Any) -> dict[str, Any] | None:
    """Return what a scheduler says of itself, None where it does not answer."""
    from distributed.core import rpc

    arguments = report.security.get_connection_args("client")
    connection = rpc(  # type: ignore[no-untyped-call]
        report.scheduler_address, timeout=_SECONDS, connection_args=arguments
    )
    try:
        async with connection as scheduler:
            found: dict[str, Any] = await asyncio.wait_for(
                scheduler.identity(n_workers=0), _SECONDS
            )
            return found
    except (OSError, TimeoutError):
        return None
