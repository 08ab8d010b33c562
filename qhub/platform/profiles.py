"""Profiles: named sizes of flow runs and Dask workers, complete with their placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.platform.model import Profile
from qhub.platform.node_pools import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.config.model import Config, DaskWorkerProfile, FlowRunProfile
    from qhub.platform.model import NodePool

__all__ = ["plan_profiles"]


def plan_profiles(config: Config, node_pools: Sequence[NodePool]) -> tuple[Profile, ...]:
    """Return all profiles, by kind and name."""
    flow_runs = (_flow_run(profile, node_pools) for profile in config.flow_run_profiles)
    dask_workers = (_dask_worker(profile, node_pools) for profile in config.dask_worker_profiles)
    profiles = [*flow_runs, *dask_workers]
    return tuple(sorted(profiles, key=lambda profile: (profile.kind, profile.name)))


def _flow_run(profile: FlowRunProfile, node_pools: Sequence[NodePool]) -> Profile:
    return Profile(
        name=profile.name,
        kind="flow_run",
        default=profile.default,
        cpu_request=profile.cpu,
        cpu_limit=profile.cpu_limit or profile.cpu,
        memory_request=profile.memory,
        memory_limit=profile.memory_limit or profile.memory,
        threads=None,
        image=None,
        placement=place(gpus=profile.gpus, node_pool=profile.node_pool, node_pools=node_pools),
    )


def _dask_worker(profile: DaskWorkerProfile, node_pools: Sequence[NodePool]) -> Profile:
    return Profile(
        name=profile.name,
        kind="dask_worker",
        default=profile.default,
        cpu_request=f"{profile.worker_cores:g}",
        cpu_limit=f"{profile.worker_cores_limit:g}",
        memory_request=profile.worker_memory,
        memory_limit=profile.worker_memory_limit,
        threads=profile.worker_threads,
        image=profile.image,
        placement=place(gpus=profile.gpus, node_pool=profile.node_pool, node_pools=node_pools),
    )
