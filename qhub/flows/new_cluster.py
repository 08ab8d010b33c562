"""Asks Dask Gateway for a new cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.flows.dask_errors import ClusterError
from qhub.flows.gateway import check_profile, scheduler_address
from qhub.flows.patience import patiently
from qhub.flows.run_context import run_id
from qhub.flows.waiting import failed_start

if TYPE_CHECKING:
    from dask_gateway import Gateway, GatewayCluster
    from dask_gateway.client import ClusterReport

    from qhub.flows.gateway import Access

__all__ = ["attach", "submit"]


def submit(
    gateway: Gateway,
    access: Access,
    *,
    flow: str,
    profile: str | None,
    idle_timeout: float | None,
    owned: bool,
) -> str:
    """Ask for a cluster and return its name; it starts meanwhile. Nothing of it is a secret.

    A gateway that dies before it answers may have made one: nobody will use it, and it ends idle,
    or as one without a client.
    """
    from dask_gateway.client import GatewayClusterError

    patiently(access, lambda: check_profile(profile, access))
    chosen: dict[str, Any] = {"profile": profile, "idle_timeout": idle_timeout}
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        name: str = patiently(
            access, lambda: gateway.submit(flow=flow, run=run_id(), owned=owned, **given)
        )
    except (ValueError, GatewayClusterError) as error:
        raise ClusterError(f"Dask Gateway makes no cluster: {error}") from error
    return name


def attach(gateway: Gateway, access: Access, name: str) -> GatewayCluster:
    """Return a cluster as soon as its scheduler runs; closed, it stays.

    Clients that are made of it talk with the scheduler itself where it is on this machine: what
    computes there lives on when the gateway or its proxy dies.
    """
    from qhub.flows.attached import AttachedCluster

    try:
        report = _started(gateway, access, name)
    except ValueError as error:  # the gateway does not know it, or no longer
        raise failed_start(name, access) from error
    address = patiently(access, lambda: scheduler_address(name, access))
    return AttachedCluster(gateway, report, address or report.scheduler_address)


def _started(gateway: Gateway, access: Access, name: str) -> ClusterReport:
    """Return what the gateway tells of a cluster that runs; waits while it starts."""
    from dask_gateway.client import ClusterStatus

    while True:
        report = patiently(access, lambda: gateway.get_cluster(name, wait=True))
        if report.status is ClusterStatus.RUNNING:
            return report
        if report.status is not ClusterStatus.PENDING:
            raise failed_start(name, access)
