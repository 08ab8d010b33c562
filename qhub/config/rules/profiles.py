"""Profiles against the nodes that they are to run on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    cpu,
    entries,
    is_gpu_pool,
    listed,
    mapping,
    memory,
    number,
    provider_block,
    show,
    suggestion,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.instances import Size
    from qhub.config.problem import Path

__all__ = [
    "gpu_profiles_find_gpus",
    "node_pools_exist",
    "one_default_of_a_kind",
    "requests_fit_the_nodes",
]

_KINDS = {"flow_run": ("cpu", "memory"), "dask_worker": ("worker_cores", "worker_memory")}
_POOLS_KEY = {"existing": "node_selectors", "local": "node_selectors"}
# A kubelet keeps at least this much of a node for itself and the system (EKS, AKS, GKE, DOKS).
_RESERVED_MILLIS = 60
_RESERVED_BYTES = 355 * 2**20


@dataclass(frozen=True, slots=True)
class _Pool:
    """What is known of one node pool; None where nobody knows."""

    path: Path
    instance: str | None
    size: Size | None
    gpus: int | None


def one_default_of_a_kind(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A kind of profile has one default at most."""
    first: dict[str, Path] = {}
    for kind, path, profile in _profiles(data):
        if profile.get("default") is not True:
            continue
        known = first.setdefault(kind, path)
        if known != path:
            yield Finding(
                (*path, "default"),
                f"profiles.{kind} has a default already ({dotted((*known, 'default'))})",
                hint="leave default: true at one of them",
            )


def node_pools_exist(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`node_pool` names a node group, or on an existing cluster a node selector."""
    where = _where(data)
    pools = _pools(data)
    if where is None:
        return
    for _, path, profile in _profiles(data):
        name = text(profile.get("node_pool"))
        if name is not None and name not in pools:
            yield Finding(
                (*path, "node_pool"),
                f"there is no node pool {show(name)} in {dotted(where)}; known: {listed(pools)}",
                hint=suggestion(name, pools) or f"add it to {dotted(where)}",
            )


def gpu_profiles_find_gpus(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A profile with GPUs needs a pool whose nodes have as many."""
    where = _where(data)
    pools = _pools(data)
    for _, path, profile in _profiles(data):
        gpus, name = number(profile.get("gpus")), text(profile.get("node_pool"))
        if not gpus or where is None:
            continue
        if name is not None and name in pools:
            yield from _enough_gpus((*path, "gpus"), gpus, name, pools[name])
        elif name is None and pools and all(pool.gpus == 0 for pool in pools.values()):
            yield Finding(
                (*path, "gpus"),
                f"the profile asks for {_count(gpus)}, but no pool in {dotted(where)} has any",
                hint="add a node group with gpu: true",
            )
        elif name is None and pools:
            yield from _enough_somewhere((*path, "gpus"), gpus, where, pools)


def requests_fit_the_nodes(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What a profile asks for must fit on a node, where the size of its type is known."""
    pools = _pools(data)
    if not any(pool.size for pool in pools.values()):
        return
    for kind, path, profile in _profiles(data):
        name = text(profile.get("node_pool"))
        cpu_key, memory_key = _KINDS[kind]
        if name is not None and name in pools:
            yield from _fits(path, profile, cpu_key, memory_key, pools[name])
        elif name is None:
            yield from _fits_somewhere(path, profile, cpu_key, memory_key, pools)


def _profiles(data: Mapping[str, Any]) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    profiles = mapping(data.get("profiles"))
    for kind in _KINDS:
        for name, profile in entries(profiles.get(kind)):
            yield kind, ("profiles", kind, name), profile


def _where(data: Mapping[str, Any]) -> Path | None:
    """Return the place of the node pools; None for a laptop, which has none."""
    provider = data.get("provider")
    found = provider_block(data)
    if found is None or not isinstance(provider, str):
        return None
    return (found[0], _POOLS_KEY.get(provider, "node_groups"))


def _pools(data: Mapping[str, Any]) -> dict[str, _Pool]:
    where = _where(data)
    found = provider_block(data)
    if where is None or found is None:
        return {}
    provider = str(data["provider"])
    if provider in _POOLS_KEY:
        return {
            name: _Pool((*where, name), None, None, _gpus_of_selector(selector))
            for name, selector in entries(found[1].get("node_selectors"))
        }
    return {
        name: _made_pool((*where, name), provider, group)
        for name, group in entries(found[1].get("node_groups"))
    }


def _gpus_of_selector(selector: Mapping[str, Any]) -> int | None:
    gpus = number(selector.get("gpus"))
    return None if gpus is None else int(gpus)


def _made_pool(path: Path, provider: str, group: Mapping[str, Any]) -> _Pool:
    from qhub.config.instances import gpus_per_node, size

    instance = text(group.get("instance"))
    known = size(provider, instance) if instance else None
    gpus = gpus_per_node(provider, group) if is_gpu_pool(group) else 0
    return _Pool(path, instance, known, gpus)


def _enough_gpus(path: Path, gpus: float, name: str, pool: _Pool) -> Iterator[Finding]:
    if pool.gpus == 0:
        yield Finding(
            path,
            f"the profile asks for {_count(gpus)}, but node pool {show(name)} has none "
            f"({dotted(pool.path)})",
            hint="take a pool with gpu: true as node_pool, or remove gpus",
        )
    elif pool.gpus is not None and gpus > pool.gpus:
        yield Finding(
            path,
            f"the profile asks for {_count(gpus)}, but a node of pool {show(name)} has {pool.gpus} "
            f"({dotted(pool.path)})",
            hint="ask for fewer, or take an instance type with more",
        )


def _enough_somewhere(
    path: Path, gpus: float, where: Path, pools: Mapping[str, _Pool]
) -> Iterator[Finding]:
    known = [pool.gpus for pool in pools.values() if pool.gpus is not None]
    if len(known) == len(pools) and gpus > max(known):
        yield Finding(
            path,
            f"the profile asks for {_count(gpus)}, but no node of {dotted(where)} has more than "
            f"{max(known)}",
            hint="ask for fewer, or add a node group whose nodes have as many",
        )


def _fits(
    path: Path, profile: Mapping[str, Any], cpu_key: str, memory_key: str, pool: _Pool
) -> Iterator[Finding]:
    """Yield what of a profile is more than a node of its pool has, or all of it."""
    size = pool.size
    if size is None:
        return
    millis, size_bytes = cpu(profile.get(cpu_key)), memory(profile.get(memory_key))
    if millis is not None and millis > size.cpu_millis - _RESERVED_MILLIS:
        yield _too_much(
            (*path, cpu_key),
            profile[cpu_key],
            f"{size.vcpu} CPUs",
            pool,
            never=millis > size.cpu_millis,
        )
    if size_bytes is not None and size_bytes > size.memory_bytes - _RESERVED_BYTES:
        yield _too_much(
            (*path, memory_key),
            profile[memory_key],
            f"{size.memory_gib:g} GiB of memory",
            pool,
            never=size_bytes > size.memory_bytes,
        )


def _too_much(path: Path, written: object, has: str, pool: _Pool, *, never: bool) -> Finding:
    node = f"a node of {show(pool.instance)} has {has} ({dotted((*pool.path, 'instance'))})"
    if never:
        return Finding(
            path,
            f"{path[-1]} {show(written)} does not fit: {node}",
            hint="ask for less, or take a larger instance type",
        )
    return Finding(
        path,
        f"{path[-1]} {show(written)} leaves nothing for the system: {node}",
        hint="ask for less: Kubernetes keeps a part of each node, and this would wait for ever",
        severity="warning",
    )


def _fits_somewhere(
    path: Path,
    profile: Mapping[str, Any],
    cpu_key: str,
    memory_key: str,
    pools: Mapping[str, _Pool],
) -> Iterator[Finding]:
    millis, size_bytes = cpu(profile.get(cpu_key)), memory(profile.get(memory_key))
    gpus = number(profile.get("gpus")) or 0
    candidates = [pool for pool in pools.values() if pool.gpus is None or pool.gpus >= gpus]
    sizes = [pool.size for pool in candidates if pool.size]
    if not candidates or len(sizes) < len(candidates):
        return  # without any it is the number of GPUs that is told
    if any(
        (millis or 0) <= size.cpu_millis and (size_bytes or 0) <= size.memory_bytes
        for size in sizes
    ):
        return
    asked = {cpu_key: millis, memory_key: size_bytes}
    shown = " with ".join(f"{key} {show(profile[key])}" for key in asked if asked[key] is not None)
    place = dotted(next(iter(pools.values())).path[:-1])
    yield Finding(
        path,
        f"{shown} fits on no node of {place}{f' with {_count(gpus)}' if gpus else ''}",
        hint="ask for less, or add a node group with a larger instance type",
    )


def _count(gpus: float) -> str:
    return f"{gpus} GPU" if gpus == 1 else f"{gpus} GPUs"
