"""The whole Platform of one config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import Embedded
from qhub.platform.agents import plan_agents
from qhub.platform.model import DaskGateway, Platform
from qhub.platform.node_pools import plan_node_pools
from qhub.platform.processes import as_processes
from qhub.platform.profiles import plan_profiles

if TYPE_CHECKING:
    from qhub.config.model import Config

__all__ = ["plan"]


def plan(config: Config) -> Platform:
    """Return what must exist for a config; pure: no disk, network, clock or environment."""
    node_pools = plan_node_pools(config.cluster, provider=config.provider)
    profiles = plan_profiles(config, node_pools)
    agents = plan_agents(config, profiles, node_pools)
    if isinstance(config.cluster, Embedded):
        agents = tuple(map(as_processes, agents))
    return Platform(
        project=config.project_name,
        namespace=config.namespace,
        provider=config.provider,
        agents=agents,
        profiles=profiles,
        dask_gateway=_dask_gateway(config),
        node_pools=node_pools,
        first_agent=config.prefect.agents[0].name if config.prefect.enabled else None,
    )


def _dask_gateway(config: Config) -> DaskGateway | None:
    gateway = config.dask_gateway
    if not gateway.enabled:
        return None
    return DaskGateway(
        image=None if isinstance(config.cluster, Embedded) else config.flow_image,
        idle_timeout_seconds=gateway.idle_timeout_seconds,
        limit_workers=gateway.limit_workers,
        limit_cores=gateway.limit_cores,
        limit_memory=gateway.limit_memory,
    )
