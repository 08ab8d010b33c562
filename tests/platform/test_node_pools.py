"""GPU pools: one convention on every provider."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.platform import NodePool, Placement, Toleration
from tests.platform.planned import planned

GPU = Toleration("nvidia.com/gpu")
AKS_SPOT = Toleration("kubernetes.azure.com/scalesetpriority")
GKE_SPOT = Toleration("cloud.google.com/gke-spot")
CLOUDS = {
    "aws": ("amazon_web_services", "us-west-2"),
    "azure": ("azure", "westeurope"),
    "do": ("digital_ocean", "nyc3"),
}
GROUPS = {
    "general": {"instance": "x1.large"},
    "gpu": {"instance": "x1.gpu", "gpu": True, "gpus": 4, "max_nodes": 3},
    "cheap": {"instance": "x1.gpu", "gpu": True, "spot": True},
    "cheap-cpu": {"instance": "x1.large", "spot": True},
}


def placement(provider: str, groups: dict[str, Any], **profile: Any) -> Placement:
    name, region = CLOUDS[provider]
    block = {"region": region, "kubernetes_version": "1.35", "node_groups": groups}
    flow_run = {"x": {"cpu": 1, "memory": "1Gi", **profile}}
    platform = planned(provider=provider, profiles={"flow_run": flow_run}, **{name: block})
    return platform.profiles[0].placement


def test_a_pool_of_a_cloud_has_the_label_and_the_taints_of_its_kind() -> None:
    block = {"region": "westeurope", "kubernetes_version": "1.35", "node_groups": GROUPS}
    pools = {pool.name: pool for pool in planned(provider="azure", azure=block).node_pools}

    assert list(pools) == ["cheap", "cheap-cpu", "general", "gpu"]
    assert pools["gpu"] == NodePool(
        name="gpu",
        node_selector={"qhub.dev/pool": "gpu"},
        taints=("nvidia.com/gpu=present:NoSchedule",),
        gpus=4,
        spot=False,
        instance="x1.gpu",
        min_nodes=0,
        max_nodes=3,
    )
    assert pools["general"].taints == ()
    assert pools["cheap-cpu"].taints == ("kubernetes.azure.com/scalesetpriority=spot:NoSchedule",)
    assert pools["cheap"].taints == (
        "nvidia.com/gpu=present:NoSchedule",
        "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
    )


@pytest.mark.parametrize(
    ("provider", "profile", "expected"),
    [
        pytest.param("aws", {}, Placement({}, (), 0), id="anywhere"),
        pytest.param(
            "aws",
            {"node_pool": "general"},
            Placement({"qhub.dev/pool": "general"}, (), 0),
            id="cpu-pool",
        ),
        pytest.param(
            "aws",
            {"node_pool": "gpu", "gpus": 2},
            Placement({"qhub.dev/pool": "gpu"}, (GPU,), 2),
            id="gpu-pool",
        ),
        pytest.param(
            "aws",
            {"node_pool": "gpu"},
            Placement({"qhub.dev/pool": "gpu"}, (GPU,), 0),
            id="gpu-pool-without-asking-for-gpus",
        ),
        pytest.param(
            "aws",
            {"gpus": 1},
            Placement({"nvidia.com/gpu.present": "true"}, (GPU,), 1),
            id="any-gpu-node",
        ),
        pytest.param(
            "azure",
            {"node_pool": "cheap", "gpus": 1},
            Placement({"qhub.dev/pool": "cheap"}, (AKS_SPOT, GPU), 1),
            id="spot-gpu-pool",
        ),
        pytest.param(
            "azure",
            {"node_pool": "cheap-cpu"},
            Placement({"qhub.dev/pool": "cheap-cpu"}, (AKS_SPOT,), 0),
            id="spot-cpu-pool",
        ),
        pytest.param(
            "do",
            {"node_pool": "cheap", "gpus": 1},
            Placement({"qhub.dev/pool": "cheap"}, (GPU,), 1),
            id="a-cloud-that-does-not-taint-spot-nodes",
        ),
    ],
)
def test_a_profile_expands_to_selector_and_tolerations(
    provider: str, profile: dict[str, Any], expected: Placement
) -> None:
    assert placement(provider, GROUPS, **profile) == expected


def test_without_a_pool_spot_nodes_are_taken_only_when_there_are_no_others() -> None:
    some = {name: GROUPS[name] for name in ("gpu", "cheap")}
    only = {"cheap": GROUPS["cheap"]}

    assert placement("azure", some, gpus=1).tolerations == (GPU,)
    assert placement("azure", only, gpus=1).tolerations == (AKS_SPOT, GPU)


def test_on_a_cluster_that_exists_the_config_names_the_nodes() -> None:
    selectors = {"fast": {"key": "pool", "value": "a100", "gpus": 8, "spot": True}}
    dask = {
        "worker_cores": 4,
        "worker_cores_limit": 4,
        "worker_memory": "16Gi",
        "worker_memory_limit": "16Gi",
        "gpus": 1,
        "node_pool": "fast",
    }
    platform = planned(
        existing={"node_selectors": selectors}, profiles={"dask_worker": {"GPU Worker": dask}}
    )

    (pool,) = platform.node_pools
    assert (pool.instance, pool.min_nodes, pool.gpus, pool.spot) == (None, None, 8, True)
    (profile,) = platform.profiles
    expected = Placement({"pool": "a100"}, (GKE_SPOT, AKS_SPOT, GPU), 1)
    assert profile.placement == expected


def test_flow_runs_and_dask_workers_are_placed_alike() -> None:
    size = {"cpu": 4, "memory": "16Gi"}
    worker: dict[str, Any] = {f"worker_{key}": 4 for key in ("cores", "cores_limit")}
    worker |= {f"worker_{key}": "16Gi" for key in ("memory", "memory_limit")}
    gpu = {"gpus": 1, "node_pool": "gpu"}
    platform = planned(
        existing={"node_selectors": {"gpu": {"key": "pool", "value": "gpu"}}},
        profiles={"flow_run": {"a": {**size, **gpu}}, "dask_worker": {"b": {**worker, **gpu}}},
    )

    worker_profile, flow_profile = platform.profiles
    assert (worker_profile.kind, flow_profile.kind) == ("dask_worker", "flow_run")
    assert worker_profile.placement == flow_profile.placement
    assert worker_profile.placement == Placement({"pool": "gpu"}, (GPU,), 1)
