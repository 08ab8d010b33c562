"""Node pools, and what a workload must say to run on one: the same convention on every provider.

A GPU node has the label `nvidia.com/gpu.present=true` and the taint
`nvidia.com/gpu=present:NoSchedule`; a node of a pool that QHub makes has `qhub.dev/pool=<name>`.
Nodes of a cluster that exists already keep their own label, which the config names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import CloudCluster, KubernetesCluster
from qhub.platform.model import NodePool, Placement, Toleration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qhub.config.model import Embedded, NodeGroup, NodeSelector, ProviderName

__all__ = ["ANYWHERE", "GENERAL", "agent_placement", "place", "plan_node_pools"]

ANYWHERE = Placement(node_selector={}, tolerations=(), gpus=0)

GENERAL = "general"
"""The entry of `node_selectors` that places the agents themselves, as in QHub 0.4."""

_POOL_LABEL = "qhub.dev/pool"
_GPU_LABEL = {"nvidia.com/gpu.present": "true"}
_GPU_TAINT_KEY = "nvidia.com/gpu"
_GPU_TAINT = f"{_GPU_TAINT_KEY}=present:NoSchedule"
_AKS_SPOT_TAINT_KEY = "kubernetes.azure.com/scalesetpriority"
_GKE_SPOT_TAINT_KEY = "cloud.google.com/gke-spot"
# Only AKS taints its spot nodes by itself. Whose cluster it is that exists already is not known:
# its owner may also have set the taint that Google's documentation recommends.
_SPOT_TAINTS: Mapping[ProviderName, tuple[str, ...]] = {
    "azure": (f"{_AKS_SPOT_TAINT_KEY}=spot:NoSchedule",),
    "existing": (
        f"{_AKS_SPOT_TAINT_KEY}=spot:NoSchedule",
        f"{_GKE_SPOT_TAINT_KEY}=true:NoSchedule",
    ),
}


def plan_node_pools(
    cluster: Embedded | KubernetesCluster | CloudCluster, *, provider: ProviderName
) -> tuple[NodePool, ...]:
    """Return the node pools that the cluster has or gets, by name."""
    if isinstance(cluster, CloudCluster):
        pools = [_made(group, provider=provider) for group in cluster.node_groups]
    elif isinstance(cluster, KubernetesCluster):
        pools = [_found(selector, provider=provider) for selector in cluster.node_selectors]
    else:
        pools = []
    return tuple(sorted(pools, key=lambda pool: pool.name))


def agent_placement(
    cluster: Embedded | KubernetesCluster | CloudCluster, node_pools: Sequence[NodePool]
) -> Placement:
    """Return where the agents themselves run: on a cluster that exists, on its general nodes."""
    is_named = any(pool.name == GENERAL for pool in node_pools)
    if not isinstance(cluster, KubernetesCluster) or not is_named:
        return ANYWHERE
    return place(gpus=0, node_pool=GENERAL, node_pools=node_pools)


def place(*, gpus: int, node_pool: str | None, node_pools: Sequence[NodePool]) -> Placement:
    """Return where a workload runs that asks for `gpus` and, if it names one, for a pool.

    Without a pool GPUs are looked for on every GPU node, and on spot nodes only when all pools
    with GPUs are spot.
    """
    if node_pool is not None:
        chosen = [pool for pool in node_pools if pool.name == node_pool]
        selector = dict(chosen[0].node_selector)
    elif gpus:
        chosen = [pool for pool in node_pools if pool.gpus]
        selector = dict(_GPU_LABEL)
    else:
        return ANYWHERE
    keys = {_GPU_TAINT_KEY} if gpus or any(pool.gpus for pool in chosen) else set()
    if chosen and all(pool.spot for pool in chosen):
        keys |= {taint.partition("=")[0] for pool in chosen for taint in pool.taints}
    return Placement(
        node_selector=selector,
        tolerations=tuple(Toleration(key) for key in sorted(keys)),
        gpus=gpus,
    )


def _made(group: NodeGroup, *, provider: ProviderName) -> NodePool:
    return NodePool(
        name=group.name,
        node_selector={_POOL_LABEL: group.name},
        taints=_taints(gpu=group.gpu, spot=group.spot, provider=provider),
        gpus=group.gpus if group.gpu else 0,
        spot=group.spot,
        instance=group.instance,
        min_nodes=group.min_nodes,
        max_nodes=group.max_nodes,
    )


def _found(selector: NodeSelector, *, provider: ProviderName) -> NodePool:
    return NodePool(
        name=selector.name,
        node_selector={selector.key: selector.value},
        taints=_taints(gpu=bool(selector.gpus), spot=selector.spot, provider=provider),
        gpus=selector.gpus,
        spot=selector.spot,
        instance=None,
        min_nodes=None,
        max_nodes=None,
    )


def _taints(*, gpu: bool, spot: bool, provider: ProviderName) -> tuple[str, ...]:
    gpu_taints = (_GPU_TAINT,) if gpu else ()
    spot_taints = _SPOT_TAINTS.get(provider, ()) if spot else ()
    return gpu_taints + spot_taints
