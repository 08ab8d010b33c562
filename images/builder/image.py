"""An image as the OCI specification writes it: layers, a document of settings, a manifest."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from images.builder.errors import RecipeError
from images.builder.layer import GZIP, TAR, ZSTD, Layer
from images.builder.registry import MANIFEST, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from images.builder.steps import Program

    StoredLayer = tuple[str, str, Path]
    """Media type, digest and file."""

__all__ = ["Image", "assembled", "described", "digest_of", "machine", "of_this_machine", "to_bytes"]

CONFIG = "application/vnd.oci.image.config.v1+json"
_TYPES = {
    "application/vnd.docker.image.rootfs.diff.tar": TAR,
    "application/vnd.docker.image.rootfs.diff.tar.gzip": GZIP,
    "application/vnd.docker.image.rootfs.diff.tar.zstd": ZSTD,
}
"""Docker's names of what the specification calls the same."""
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Image:
    """An image: its settings document and its layers, lowest first."""

    document: Mapping[str, Any]
    layers: tuple[Layer, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """What containers of it start with."""
        return dict(self.document.get("config") or {})

    @property
    def config(self) -> bytes:
        """The settings document as stored."""
        return to_bytes(self.document)

    @property
    def manifest(self) -> Manifest:
        """What a registry is asked for."""
        layers = [described(item.media_type, item.digest, item.size) for item in self.layers]
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": described(CONFIG, digest_of(self.config), len(self.config)),
            "layers": layers,
        }
        return Manifest(MANIFEST, to_bytes(document))

    def with_layers(self, more: Sequence[Layer], program: Program, *, epoch: int) -> Image:
        """Return this image with more layers, and the settings of a recipe."""
        settings = {
            **self.settings,
            "Env": [f"{name}={value}" for name, value in program.environment.items()],
            "User": program.user,
            "WorkingDir": program.folder,
        }
        created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        layers = (*self.layers, *more)
        made = {"created": created, "created_by": "images/build"}
        history = [*_history(self), *(made for _ in more)]
        document = {
            **self.document,
            "created": created,
            "config": {name: value for name, value in settings.items() if value},
            "rootfs": {"type": "layers", "diff_ids": [item.diff_id for item in layers]},
            "history": history,
        }
        document.pop("container", None)  # Docker's: of the container that it was made from
        document.pop("container_config", None)
        return replace(self, document=document, layers=layers)


def machine() -> dict[str, str]:
    """Return the platform of this machine, in the words of images."""
    name = platform.machine()
    return {"os": "linux", "architecture": _MACHINES.get(name, name)}


def _history(image: Image) -> list[dict[str, Any]]:
    """Return the history of an image, made up where it does not fit the layers."""
    known = list(image.document.get("history") or ())
    if len([item for item in known if not item.get("empty_layer")]) == len(image.layers):
        return known
    return [{"created_by": "base image"} for _ in image.layers]


def described(media_type: str, digest: str, size: int) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest, "size": size}


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def to_bytes(document: object) -> bytes:
    """Return a document as it is stored: equal documents give equal bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def assembled(document: Mapping[str, Any], files: Sequence[StoredLayer], name: str) -> Image:
    """Return the image of a settings document and its layers, given as type, digest and file."""
    diff_ids = (document.get("rootfs") or {}).get("diff_ids") or []
    if len(diff_ids) != len(files) or document.get("os") != "linux":
        raise RecipeError(f"{name} is no image of Linux")
    if document.get("architecture") != machine()["architecture"]:
        raise RecipeError(
            f"{name} is for {document.get('architecture')}, this machine is "
            f"{machine()['architecture']}"
        )
    layers = []
    for (media_type, digest, file), diff_id in zip(files, diff_ids, strict=True):
        known = _TYPES.get(media_type, media_type)
        if known not in {TAR, GZIP, ZSTD}:
            raise RecipeError(f"{name} has a layer of unknown kind {media_type}")
        layers.append(Layer(file, known, digest, file.stat().st_size, diff_id))
    return Image(document, tuple(layers))


def of_this_machine(index: Mapping[str, Any], name: str) -> str:
    """Return the digest of the manifest that an index has for this machine."""
    entries = index.get("manifests") or []
    wanted = machine()
    for entry in entries:
        platform_ = entry.get("platform") or {}
        if all(platform_.get(key) == value for key, value in wanted.items()):
            return str(entry["digest"])
    if len(entries) == 1 and not entries[0].get("platform"):
        return str(entries[0]["digest"])
    raise RecipeError(f"{name} has no image for {wanted['os']}/{wanted['architecture']}")
