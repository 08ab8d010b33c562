from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.config.rules.reading import PROVIDER_BLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable

_GENERAL = {"aws": "m5.2xlarge", "gcp": "n1-standard-8", "azure": "Standard_D8s_v5"}
_GENERAL |= {"do": "g-8vcpu-32gb"}


def _cloud(provider: str, group: dict[str, Any], name: str = "gpu") -> dict[str, Any]:
    general = {"instance": _GENERAL[provider], "min_nodes": 1, "max_nodes": 1}
    own = {"min_nodes": 1, "max_nodes": 2, **group}
    return {
        "provider": provider,
        PROVIDER_BLOCKS[provider]: {"node_groups": {"general": general, name: own}},
    }


@pytest.mark.parametrize(
    ("provider", "group"),
    [
        ("aws", {"instance": "g5.xlarge", "gpu": True, "min_nodes": 0}),
        ("aws", {"instance": "g5.12xlarge", "gpu": True, "gpus": 4}),
        ("aws", {"instance": "g4ad.xlarge"}),
        ("aws", {"instance": "m5.large", "gpu": False, "min_nodes": 2}),
        ("gcp", {"instance": "a2-highgpu-1g", "gpu": True}),
        ("gcp", {"instance": "n1-standard-8", "guest_accelerators": [{"name": "t4", "count": 1}]}),
        ("gcp", {"instance": "n1-standard-8", "gpu": True, "guest_accelerators": [{"name": "t4"}]}),
        ("gcp", {"instance": "g2-standard-4", "guest_accelerators": [{"name": "nvidia-l4"}]}),
        ("gcp", {"instance": "n1-standard-8", "preemptible": True, "spot": True}),
        ("azure", {"instance": "Standard_NC4as_T4_v3", "gpu": True}),
        ("do", {"instance": "gpu-h100x1-80gb", "gpu": True}),
        ("do", {"instance": "s-2vcpu-4gb", "min_nodes": 0}),
        ("aws", {"instance": "g5.12xlarge", "gpus": 2}),
    ],
    ids=str,
)
def test_a_group_that_fits_its_instance_type_is_right(
    provider: str, group: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_cloud(provider, group)) == []


@pytest.mark.parametrize(
    ("provider", "instance"),
    [
        ("aws", "m5.xlarge"),
        ("gcp", "n1-standard-8"),
        ("azure", "Standard_D8s_v5"),
        ("azure", "Standard_NV8as_v4"),
        ("do", "g-8vcpu-32gb"),
        ("do", "gpu-mi300x1-192gb"),
    ],
)
def test_gpu_needs_nvidia_gpus(
    provider: str, instance: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    where = f"{PROVIDER_BLOCKS[provider]}.node_groups.gpu"

    assert told(_cloud(provider, {"instance": instance, "gpu": True})) == [
        f"error {where}.gpu: gpu is true, but '{instance}' has no NVIDIA GPU ({where}.instance)"
    ]


@pytest.mark.parametrize(
    ("provider", "instance"),
    [
        ("aws", "p5.48xlarge"),
        ("gcp", "g2-standard-4"),
        ("azure", "Standard_NC4as_T4_v3"),
        ("do", "gpu-h100x1-80gb"),
    ],
)
def test_a_gpu_family_without_gpu_is_a_warning(
    provider: str, instance: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_cloud(provider, {"instance": instance})) == [
        f"warning {PROVIDER_BLOCKS[provider]}.node_groups.gpu.instance: "
        f"'{instance}' has GPUs, but the node group does not say gpu: true"
    ]


def test_gpus_without_gpu_need_gpus_as_well(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    where = "amazon_web_services.node_groups.gpu"

    assert told(_cloud("aws", {"instance": "m5.large", "gpus": 2})) == [
        f"error {where}.gpus: gpus are asked for, but 'm5.large' has no NVIDIA GPU "
        f"({where}.instance)"
    ]
    assert len(told(_cloud("aws", {"instance": "m5.large", "gpus": 2, "gpu": True}))) == 1


def test_counts_that_are_not_written_have_their_defaults(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    group = {"instance": "m5.large", "min_nodes": 2}
    gpu = {"instance": "gpu-h100x1-80gb", "gpu": True}
    where = "amazon_web_services.node_groups.gpu"

    data = _cloud("aws", group)
    del data["amazon_web_services"]["node_groups"]["gpu"]["max_nodes"]
    assert told(data) == [
        f"error {where}.min_nodes: min_nodes 2 is more than max_nodes 1 "
        f"({where}.max_nodes, its default)"
    ]

    data = _cloud("do", gpu)
    del data["digital_ocean"]["node_groups"]["gpu"]["min_nodes"]
    assert told(data) == [
        "error digital_ocean.node_groups.gpu: DigitalOcean cannot scale a pool of GPU nodes to "
        "zero ('gpu-h100x1-80gb', digital_ocean.node_groups.gpu.instance)"
    ]


def test_groups_of_another_cloud_are_nobodys_matter(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = _cloud("aws", {"instance": "m5.xlarge", "gpu": True}) | {"provider": "embedded"}

    assert told(data) == [
        "warning amazon_web_services: 'amazon_web_services' has no effect: provider is 'embedded'"
    ]


@pytest.mark.parametrize("name", ["gpu-pool", "GPU", "2gpu", "thirteenchars"])
def test_azure_wants_short_plain_names(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_cloud("azure", {"instance": "Standard_D8s_v5"}, name)) == [
        f"error azure.node_groups.{name}: '{name}' is not the name of a node pool on Azure: "
        "a-z and 0-9, beginning with a letter, 12 characters at most"
    ]
