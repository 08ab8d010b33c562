"""Connections to Dask Gateway and its clusters that end when they are closed, and only then.

Those of dask_gateway (2026.3.0) close once more when they are collected, and wait for that. After
a failure it is the garbage collector that collects them, in any thread: in that of the event loop
it would wait for itself for ever. So each try to attach made by `Gateway.connect` is a danger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from dask_gateway import Gateway, GatewayCluster  # noqa: TID253 imported where one is made

if TYPE_CHECKING:
    from dask_gateway.client import ClusterReport
    from distributed import Client

__all__ = ["AttachedCluster", "Connection"]


class Connection(Gateway):  # type: ignore[misc] # dask_gateway has no types
    """A connection to the gateway; its maker closes it."""

    def __del__(self) -> None:
        """Do nothing."""


class AttachedCluster(GatewayCluster):  # type: ignore[misc] # dask_gateway has no types
    """A cluster that runs, reached by its gateway's connection; closed, it stays."""

    def __init__(self, gateway: Gateway, report: ClusterReport, address: str) -> None:
        """Clients that are made of it connect to the scheduler at this address."""
        self.gateway = gateway
        self.name = report.name
        self.status = "running"
        self.scheduler_address = address
        self.dashboard_link = report.dashboard_link
        self.security = report.security
        self.scheduler_info: dict[str, Any] = {}
        self.shutdown_on_close = False
        self._clients: WeakSet[Client] = WeakSet()

    async def _start_internal(self) -> AttachedCluster:
        """Return itself: a client awaits its cluster."""
        return self

    def close(self, shutdown: bool | None = None) -> None:  # noqa: FBT001 dask_gateway's signature
        """Close the clients that were made of it; with `shutdown`, stop it."""
        for client in list(self._clients):
            client.close()  # type: ignore[no-untyped-call]
        self.status = "closed"
        if shutdown:
            self.gateway.stop_cluster(self.name)

    def __del__(self) -> None:
        """Do nothing."""
