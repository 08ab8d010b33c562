"""Stores an image in its registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from images.builder.errors import RegistryError
from images.builder.registry import BusyError, Registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from images.builder.image import Image
    from images.builder.reference import Reference
    from images.builder.request import Request

__all__ = ["check", "push"]


def check(request: Request) -> None:
    """Raise before anything is built where the registry would refuse the image.

    An engine has settings of its own (mirrors, certificates): whether it reaches the registry
    is seen when it pushes.
    """
    try:
        Registry(request.tag, plain_http=request.plain_http).check_push()
    except BusyError as error:
        if request.builder == "chroot":
            raise RegistryError(str(error), hint=error.hint) from error


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
