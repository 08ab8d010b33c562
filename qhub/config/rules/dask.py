"""Dask Gateway: its clusters run the flow image, which somebody has to build first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding
from qhub.config.rules.reading import PROVIDER_BLOCKS, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["flow_image_is_named"]

_BUILD = "qhub flow image REGISTRY/flow:1 --push"


def flow_image_is_named(data: Mapping[str, Any]) -> Iterator[Finding]:
    """On Kubernetes scheduler and workers run in an image with Dask; a laptop has its packages."""
    gateway = mapping(data.get("dask_gateway"))
    provider = data.get("provider")
    if gateway.get("enabled") is not True or not isinstance(provider, str):
        return
    if provider in PROVIDER_BLOCKS and mapping(data.get("default_images")).get("flow") is None:
        yield Finding(
            ("dask_gateway", "enabled"),
            "dask_gateway.enabled needs default_images.flow: an image that contains Dask",
            hint=f"build and push it: {_BUILD}; then add default_images: {{flow: REGISTRY/flow:1}}",
        )
