"""The node groups of the chosen cloud: counts, GPUs and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    entries,
    is_gpu_pool,
    number,
    provider_block,
    show,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "counts_are_in_order",
    "gpu_flags_fit_the_instances",
    "gpu_pools_stay_up_on_digital_ocean",
    "gpus_fit_the_instances",
    "names_fit_azure",
    "one_pool_is_for_everything",
    "spot_has_one_spelling",
]

_CLOUDS = ("aws", "gcp", "azure", "do")
_GPU_FAMILIES = {
    "aws": "g4dn, g5, g6, p4d or p5",
    "gcp": "a2, a3 or g2, or an n1 type with guest_accelerators",
    "azure": "NC, ND or NV",
    "do": "gpu-h100x1-80gb or another gpu size",
}
# Azure's limit for Linux node pools.
_AZURE_POOL = r"[a-z][a-z0-9]{0,11}"


def counts_are_in_order(data: Mapping[str, Any]) -> Iterator[Finding]:
    """min_nodes is not more than max_nodes."""
    for _, path, group in _groups(data):
        low, high = number(group.get("min_nodes")), number(group.get("max_nodes", 1))
        if low is not None and high is not None and low > high:
            default = "" if "max_nodes" in group else ", its default"
            yield Finding(
                (*path, "min_nodes"),
                f"min_nodes {low} is more than max_nodes {high} "
                f"({dotted((*path, 'max_nodes'))}{default})",
                hint="raise max_nodes, or lower min_nodes",
            )


def gpu_flags_fit_the_instances(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`gpu: true` needs an instance type with NVIDIA GPUs, and such a type `gpu: true`."""
    for provider, path, group in _groups(data):
        instance = text(group.get("instance"))
        if instance is None:
            continue
        has_gpus = _has_gpus(provider, instance, group)
        if group.get("gpu") is True and not has_gpus:
            yield _no_gpus(provider, path, "gpu", instance)
        elif has_gpus and not is_gpu_pool(group):
            yield Finding(
                (*path, "instance"),
                f"{show(instance)} has GPUs, but the node group does not say gpu: true",
                hint="add gpu: true: without it no workload can ask for these GPUs",
                severity="warning",
            )
        elif provider == "gcp" and group.get("guest_accelerators") and not has_gpus:
            yield Finding(
                (*path, "guest_accelerators"),
                f"no GPU can be attached to {show(instance)} ({dotted((*path, 'instance'))})",
                hint="take an n1 type, such as n1-standard-8",
                at="key",
            )


def gpus_fit_the_instances(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`gpus` is what one node has: not more than its type, and nothing without `gpu: true`."""
    for provider, path, group in _groups(data):
        gpus, instance = number(group.get("gpus")), text(group.get("instance"))
        if not gpus or instance is None:
            continue
        if not _has_gpus(provider, instance, group):
            # With `gpu: true` beside it that is told already.
            if group.get("gpu") is not True:
                yield _no_gpus(provider, path, "gpus", instance)
            continue
        from qhub.config.instances import gpus_per_node

        known = gpus_per_node(provider, {**group, "gpus": None})
        if known is not None and gpus > known:
            yield Finding(
                (*path, "gpus"),
                f"gpus is {gpus}, but a node of {show(instance)} has {known} "
                f"({dotted((*path, 'instance'))})",
                hint="remove gpus: QHub knows the number for this instance type",
            )


def gpu_pools_stay_up_on_digital_ocean(data: Mapping[str, Any]) -> Iterator[Finding]:
    """DigitalOcean cannot scale a GPU pool to zero."""
    for provider, path, group in _groups(data):
        instance = text(group.get("instance")) or ""
        if provider != "do" or not instance.startswith("gpu-"):
            continue
        if number(group.get("min_nodes", 0)) == 0:
            yield Finding(
                (*path, "min_nodes") if "min_nodes" in group else path,
                "DigitalOcean cannot scale a pool of GPU nodes to zero "
                f"({show(instance)}, {dotted((*path, 'instance'))})",
                hint="set min_nodes: 1; that node costs money all the time",
                at="value" if "min_nodes" in group else "key",
            )


def names_fit_azure(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A node pool's name on Azure is shorter and plainer than elsewhere."""
    for provider, path, _ in _groups(data):
        if provider == "azure" and not re.fullmatch(_AZURE_POOL, str(path[-1])):
            yield Finding(
                path,
                f"{show(path[-1])} is not the name of a node pool on Azure: a-z and 0-9, "
                "beginning with a letter, 12 characters at most",
                hint="rename the node group, such as gpu or worker2",
                at="key",
            )


def one_pool_is_for_everything(data: Mapping[str, Any]) -> Iterator[Finding]:
    """GPU nodes turn away what asks for no GPU: agents need another pool."""
    groups = list(_groups(data))
    if groups and all(is_gpu_pool(group) for _, _, group in groups):
        path = groups[0][1][:-1]
        yield Finding(
            path,
            "every node group has GPUs, and such nodes take only workloads that ask for GPUs",
            hint="add a node group without GPUs, such as general",
            severity="warning",
            at="key",
        )


def spot_has_one_spelling(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`preemptible` is the old name of `spot`."""
    for _, path, group in _groups(data):
        old, new = group.get("preemptible"), group.get("spot")
        if isinstance(old, bool) and isinstance(new, bool) and old != new:
            yield Finding(
                (*path, "preemptible"),
                f"preemptible is {str(old).lower()}, but spot is {str(new).lower()} "
                f"({dotted((*path, 'spot'))}); both mean the same",
                hint="remove preemptible",
                at="key",
            )


def _groups(data: Mapping[str, Any]) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Yield provider, place and content of each node group of the chosen cloud."""
    provider = data.get("provider")
    found = provider_block(data)
    if found is None or not isinstance(provider, str) or provider not in _CLOUDS:
        return
    name, block = found
    for group_name, group in entries(block.get("node_groups")):
        yield provider, (name, "node_groups", group_name), group


def _no_gpus(provider: str, path: Path, key: str, instance: str) -> Finding:
    asked = "gpu is true" if key == "gpu" else "gpus are asked for"
    return Finding(
        (*path, key),
        f"{asked}, but {show(instance)} has no NVIDIA GPU ({dotted((*path, 'instance'))})",
        hint=f"take an instance type of a family with GPUs: {_GPU_FAMILIES[provider]}; "
        f"or remove {key}",
    )


def _has_gpus(provider: str, instance: str, group: Mapping[str, Any]) -> bool:
    """Return whether a node has NVIDIA GPUs: of its type, or attached to Google's n1."""
    from qhub.config.instances import gpu_vendor

    attached = provider == "gcp" and bool(group.get("guest_accelerators"))
    if attached and instance.startswith(("n1-", "custom-")):
        return True
    return gpu_vendor(provider, instance) == "nvidia"
