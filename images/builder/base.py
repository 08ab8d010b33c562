"""Base images: from a registry, or from a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from images.builder import archive, reference
from images.builder.image import Image, assembled, of_this_machine
from images.builder.registry import DOCKER_INDEX, INDEX, Registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from images.builder.blobs import Blobs
    from images.builder.reference import Reference

__all__ = ["Base", "find", "is_file"]


@dataclass(frozen=True, slots=True)
class Base:
    """An image to build on; `origin` is where a registry holds its layers."""

    image: Image
    origin: Reference | None = None


def is_file(name: str) -> bool:
    """Tell whether a base is named by its file, as no image in a registry is named."""
    return name.startswith(("/", "./", "../")) or name.endswith((".tar", ".tar.gz"))


def find(name: str, blobs: Blobs, *, plain_http: Collection[str] = ()) -> Base:
    """Return a base image, its layers in the cache."""
    if is_file(name):
        return Base(archive.read(Path(name), blobs))
    origin = reference.parse(name)
    registry = Registry(origin, plain_http=plain_http)
    manifest = registry.manifest(origin.version)
    if manifest.media_type in {INDEX, DOCKER_INDEX}:
        manifest = registry.manifest(of_this_machine(manifest.read(), str(origin)))
    document = manifest.read()
    config = blobs.get(document["config"]["digest"], registry.fetch)
    files = [
        (str(item["mediaType"]), str(item["digest"]), blobs.get(item["digest"], registry.fetch))
        for item in document["layers"]
    ]
    return Base(assembled(json.loads(config.read_bytes()), files, str(origin)), origin)
