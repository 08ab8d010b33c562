"""The builder `chroot`: from a request to an image in a registry or a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from images.builder import archive, base, chroot, context
from images.builder.blobs import Blobs
from images.builder.pushing import push
from images.builder.recipe import read
from images.builder.request import Built
from images.builder.steps import base_name, check_arguments, evaluate

if TYPE_CHECKING:
    from images.builder.request import Request

__all__ = ["build"]

_MB = 1_000_000


def build(request: Request) -> Built:
    """Build an image without an engine; push it or write it into a file as asked."""
    chroot.check_machine()
    recipe = read(request.recipe)
    check_arguments(recipe, request.build_args)
    name = base_name(recipe, request.build_args)
    found = base.find(name, Blobs(request.cache), plain_http=request.plain_http)
    program = evaluate(recipe, found.image.settings, request.build_args)
    prepared = context.prepare(request.recipe, request.work / "context")
    layers = chroot.carry_out(program, found.image, prepared, request)
    image = found.image.with_layers(layers, program, epoch=request.epoch)
    size = sum(item.size for item in layers)
    _say(f"{len(layers)} layers of {size / _MB:.1f} MB, image {image.manifest.digest}")
    if request.archive:
        archive.write(image, str(request.tag), request.archive)
        _say(f"written to {request.archive}")
    if request.push:
        sent = push(image, request.tag, origin=found.origin, plain_http=request.plain_http)
        _say(f"pushed {request.tag}, {sent / _MB:.1f} MB sent")
    listed = tuple((item.digest, item.size) for item in image.layers)
    return Built(request.tag, image.manifest.digest, listed)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
