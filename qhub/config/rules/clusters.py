"""The provider and its block: there, not doubled, its zones inside its region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    PROVIDER_BLOCKS,
    provider_block,
    show,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = ["block_is_there", "blocks_are_used", "zones_are_in_the_region"]

_MINIMAL = {
    "aws": "amazon_web_services: {region: us-west-2, kubernetes_version: '1.35', "
    "node_groups: {general: {instance: m5.2xlarge, min_nodes: 1, max_nodes: 1}}}",
    "gcp": "google_cloud_platform: {project: my-project, region: us-central1, "
    "kubernetes_version: '1.35', "
    "node_groups: {general: {instance: n1-standard-8, min_nodes: 1, max_nodes: 1}}}",
    "azure": "azure: {region: eastus2, kubernetes_version: '1.35', "
    "storage_account_postfix: t65ft6q5, "
    "node_groups: {general: {instance: Standard_D8s_v5, min_nodes: 1, max_nodes: 1}}}",
    "do": "digital_ocean: {region: nyc3, kubernetes_version: 1.35.1-do.0, "
    "node_groups: {general: {instance: g-8vcpu-32gb, min_nodes: 1, max_nodes: 1}}}",
}


def block_is_there(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A cloud needs its block; a cluster that exists already has defaults for everything."""
    provider = data.get("provider")
    if not isinstance(provider, str) or provider not in _MINIMAL:
        return
    block = PROVIDER_BLOCKS[provider]
    if data.get(block) is None:
        yield Finding(
            ("provider",),
            f"provider {show(provider)} needs the block {show(block)}, which is not in the file",
            hint=f"add: {_MINIMAL[provider]}",
        )


def blocks_are_used(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The block of another provider has no effect."""
    provider = data.get("provider")
    blocks = {**PROVIDER_BLOCKS, "embedded": "embedded"}
    if not isinstance(provider, str) or provider not in blocks:
        return
    for owner, block in blocks.items():
        if owner != provider and data.get(block) is not None:
            yield Finding(
                (block,),
                f"{show(block)} has no effect: provider is {show(provider)}",
                hint=f"remove the block, or set provider: {owner}",
                severity="warning",
                at="key",
            )


def zones_are_in_the_region(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A zone's name begins with its region's."""
    found = provider_block(data)
    region = text(found[1].get("region")) if found else None
    if found is None or region is None:
        return
    name, block = found
    for path, zone in _zones(name, block):
        if not zone.startswith(region):
            yield Finding(
                path,
                f"zone {show(zone)} is not in the region {show(region)} "
                f"({dotted((name, 'region'))})",
                hint="take a zone of that region, or another region",
            )


def _zones(name: str, block: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for index, zone in texts(block.get("availability_zones")):
        yield (name, "availability_zones", index), zone
    single = text(block.get("zone"))
    if single is not None:
        yield (name, "zone"), single
