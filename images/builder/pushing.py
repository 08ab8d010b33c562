"""Stores an image in its registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from images.builder.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from images.builder.image import Image
    from images.builder.reference import Reference

__all__ = ["push"]


def push(
    image: Image,
    tag: Reference,
    *,
    origin: Reference | None = None,
    plain_http: Collection[str] = (),
) -> int:
    """Store what the manifest names, then the manifest; return how many bytes of layers travelled.

    `origin` is where the layers of the base are: the same registry takes them from there.
    """
    registry = Registry(tag, plain_http=plain_http)
    neighbour = origin.repository if origin and origin.registry == tag.registry else None
    sent = 0
    for layer in image.layers:
        if registry.push(layer.digest, layer.file, mount_from=neighbour):
            sent += layer.size
    manifest = image.manifest
    registry.push(manifest.read()["config"]["digest"], image.config)
    registry.tag(tag.version, manifest)
    return sent
