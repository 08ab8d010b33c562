"""Profiles: named sizes of flow runs and Dask workers, complete with their placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import Embedded
from qhub.platform.model import Profile
from qhub.platform.node_pools import ANYWHERE, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.config.model import Config, DaskWorkerProfile, FlowRunProfile
    from qhub.platform.model import NodePool, Placement

__all__ = ["plan_profiles"]


def plan_profiles(config: Config, node_pools: Sequence[NodePool]) -> tuple[Profile, ...]:
    """Return all profiles, by kind and name."""

    on_this_machine = isinstance(config.cluster, Embedded)

    def placement(profile: FlowRunProfile | DaskWorkerProfile) -> Placement:
        if on_this_machine:
            return ANYWHERE  # whatever pools the file names
        return place(gpus=profile.gpus, node_pool=profile.node_pool, node_pools=node_pools)

    flow_runs = (_flow_run(profile, placement(profile)) for profile in config.flow_run_profiles)
    dask_workers = (
        _dask_worker(profile, placement(profile), image=None if on_this_machine else profile.image)
        for profile in config.dask_worker_profiles
    )
    profiles = [*flow_runs, *dask_workers]
    return tuple(sorted(profiles, key=lambda profile: (profile.kind, profile.name)))


def _flow_run(profile: FlowRunProfile, placement: Placement) -> Profile:
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
        placement=placement,
    )


def _dask_worker(profile: DaskWorkerProfile, placement: Placement, *, image: str | None) -> Profile:
    return Profile(
        name=profile.name,
        kind="dask_worker",
        default=profile.default,
        cpu_request=f"{profile.worker_cores:g}",
        cpu_limit=f"{profile.worker_cores_limit:g}",
        memory_request=profile.worker_memory,
        memory_limit=profile.worker_memory_limit,
        threads=profile.worker_threads,
        image=image,
        placement=placement,
    )
