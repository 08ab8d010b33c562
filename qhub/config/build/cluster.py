"""The provider's block: where everything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.model import CloudCluster, Embedded, KubernetesCluster, NodeGroup, NodeSelector

if TYPE_CHECKING:
    from qhub.config.build.block import Block
    from qhub.config.model import ProviderName

__all__ = ["build_cluster"]

_CLOUD_BLOCKS: dict[ProviderName, str] = {
    "aws": "amazon_web_services",
    "gcp": "google_cloud_platform",
    "azure": "azure",
    "do": "digital_ocean",
}


def build_cluster(top: Block) -> Embedded | KubernetesCluster | CloudCluster:
    """Return the block of the chosen provider; the others' do not matter."""
    provider: ProviderName = top.get("provider")
    if provider == "embedded":
        ports = top.block("embedded").block("ports")
        return Embedded(
            server_port=_whole(ports.get("server")), gateway_port=_whole(ports.get("gateway"))
        )
    if provider in _CLOUD_BLOCKS:
        return _cloud(top.block(_CLOUD_BLOCKS[provider]), provider)
    block = top.block(provider)
    return KubernetesCluster(
        kube_context=block.get("kube_context"),
        # A laptop's cluster has no owner but its user.
        create_namespace=provider == "local" or bool(block.get("create_namespace")),
        node_selectors=tuple(
            NodeSelector(
                name=name,
                key=selector.get("key"),
                value=selector.get("value"),
                gpus=_whole(selector.get("gpus")),
                spot=bool(selector.get("spot")),
            )
            for name, selector in block.entries("node_selectors")
        ),
    )


def _cloud(block: Block, provider: ProviderName) -> CloudCluster:
    return CloudCluster(
        region=block.get("region"),
        kubernetes_version=block.get("kubernetes_version"),
        node_groups=tuple(
            _node_group(name, group, provider) for name, group in block.entries("node_groups")
        ),
        availability_zones=tuple(block.get("availability_zones") or ()),
        project=block.get("project"),
        zone=block.get("zone"),
        storage_account_postfix=block.get("storage_account_postfix"),
    )


def _node_group(name: str, block: Block, provider: str) -> NodeGroup:
    from qhub.config.instances import gpus_per_node  # of use on clouds alone

    accelerators = tuple(block.get("guest_accelerators") or ())
    gpu = bool(block.get("gpu") or block.get("gpus") or accelerators)
    # A GPU pool of an instance type that nobody knows has at least one.
    gpus = gpus_per_node(provider, block.data) or 1
    return NodeGroup(
        name=name,
        instance=block.get("instance"),
        min_nodes=int(block.get("min_nodes")),
        max_nodes=int(block.get("max_nodes")),
        gpu=gpu,
        gpus=int(gpus) if gpu else 0,
        spot=bool(block.get("spot") or block.get("preemptible")),
        labels=block.get("labels") or {},
        disk_gib=_whole(block.get("disk_gib")),
        guest_accelerators=accelerators,
    )


def _whole(value: Any) -> int | None:
    """Return an integer of the file as int: JSON Schema counts 1.0 as one."""
    return None if value is None else int(value)
