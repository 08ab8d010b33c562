"""Asks a cluster's scheduler how it is: whether it lives, and how many workers it has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from qhub.flows.gateway import scheduler_address
from qhub.flows.patience import patiently

if TYPE_CHECKING:
    from dask_gateway import Gateway, GatewayCluster

    from qhub.flows.gateway import Access

__all__ = ["is_alive", "workers_of"]

_SECONDS = 3


def is_alive(gateway: Gateway, to: Access, name: str) -> bool:
    """Tell whether the scheduler of a cluster answers; one that starts may still come to life.

    It is asked itself where it can be: a proxy that has just come back does not know the way.
    """
    report = patiently(to, lambda: gateway.get_cluster(name))
    if report.scheduler_address is None:
        return True
    address = patiently(to, lambda: scheduler_address(name, to)) or report.scheduler_address
    return gateway.sync(_identity, address, report.security) is not None


def workers_of(cluster: GatewayCluster) -> int:
    """Return how many workers are connected to a cluster's scheduler; 0 without an answer.

    `GatewayCluster.scheduler_info` knows, too, unless its connection came a moment before the
    gateway's proxy knew the way: then it stays empty for ever.
    """
    found = cluster.gateway.sync(_identity, cluster.scheduler_address, cluster.security)
    return int(found["n_workers"]) if found else 0


async def _identity(address: str, security: Any) -> dict[str, Any] | None:
    """Return what a scheduler says of itself, None where it does not answer."""
    from distributed.core import rpc

    arguments = security.get_connection_args("client")
    connection = rpc(  # type: ignore[no-untyped-call]
        address, timeout=_SECONDS, connection_args=arguments
    )
    try:
        async with connection as scheduler:
            found: dict[str, Any] = await asyncio.wait_for(
                scheduler.identity(n_workers=0), _SECONDS
            )
            return found
    except (OSError, TimeoutError):
        return None
