"""Asks Dask Gateway for a new cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.flows.dask_errors import ClusterError
from qhub.flows.gateway import check_profile, direct
from qhub.flows.run_context import run_id
from qhub.flows.waiting import failed_start

if TYPE_CHECKING:
    from dask_gateway import Gateway, GatewayCluster

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
    """Ask for a cluster and return its name; it starts meanwhile. Nothing of it is a secret."""
    from dask_gateway.client import GatewayClusterError

    check_profile(profile, access)
    chosen: dict[str, Any] = {"profile": profile, "idle_timeout": idle_timeout}
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        name: str = gateway.submit(flow=flow, run=run_id(), owned=owned, **given)
    except (ValueError, GatewayClusterError) as error:
        raise ClusterError(f"Dask Gateway makes no cluster: {error}") from error
    return name


def attach(gateway: Gateway, access: Access, name: str, *, owned: bool) -> GatewayCluster:
    """Return a cluster as soon as its scheduler runs; one that we own stops when it is closed."""
    from dask_gateway.client import GatewayClusterError

    try:
        with direct(access):
            return gateway.connect(name, shutdown_on_close=owned)
    except (GatewayClusterError, ValueError) as error:
        raise failed_start(name, access) from error
