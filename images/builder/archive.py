"""Images in one file each, as `docker save`, Buildah, Podman and containerd read and write them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from images.builder.errors import RecipeError
from images.builder.image import (
    Image,
    assembled,
    described,
    digest_of,
    machine,
    of_this_machine,
    to_bytes,
)
from images.builder.layer import GZIP, TAR, ZSTD, Layer
from images.builder.packing import compress
from images.builder.registry import INDEX, MANIFEST
from images.builder.unpacking import opened

if TYPE_CHECKING:
    from images.builder.blobs import Blobs
    from images.builder.image import StoredLayer

__all__ = ["read", "write"]

_IMAGE_NAMES = {"oci-layout", "index.json", "manifest.json", "repositories", "blobs"}
_MAGIC = {b"\x1f\x8b": GZIP, b"\x28\xb5": ZSTD}


def read(file: Path, blobs: Blobs) -> Image:
    """Read an image; the archive of a root file system becomes an image of one layer."""
    try:
        with tarfile.open(file) as archive:
            first = archive.next()
            if first is None:
                raise RecipeError(f"{file} is empty")
            top = first.name.removeprefix("./").partition("/")[0]
            if top in _IMAGE_NAMES or top.endswith(".json"):
                return _image(archive, str(file), blobs)
    except FileNotFoundError:
        raise RecipeError(f"there is no file {file}", hint="see --base") from None
    except (OSError, EOFError, tarfile.TarError) as error:
        raise RecipeError(
            f"{file} is no archive of an image or of a root file system: {error}"
        ) from error
    return _root(file, blobs)


def _image(archive: tarfile.TarFile, name: str, blobs: Blobs) -> Image:
    names = set(archive.getnames())
    try:
        if "index.json" in names:
            document = json.load(_member(archive, "index.json"))
            while "layers" not in document:
                inner = _path(of_this_machine(document, name))
                document = json.load(_member(archive, inner))
            config = json.load(_member(archive, _path(document["config"]["digest"])))
            files: list[StoredLayer] = [
                (item["mediaType"], item["digest"], _kept(archive, _path(item["digest"]), blobs))
                for item in document["layers"]
            ]
        else:
            (entry,) = json.load(_member(archive, "manifest.json"))
            config = json.load(_member(archive, entry["Config"]))
            found = [_kept(archive, path, blobs) for path in entry["Layers"]]
            files = [(_kind(path), f"sha256:{path.name}", path) for path in found]
    except (KeyError, ValueError, TypeError) as error:
        raise RecipeError(f"{name} is no archive of one image: {error}") from error
    return assembled(config, files, name)


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(f"{name} is no file")
    return found


def _kept(archive: tarfile.TarFile, name: str, blobs: Blobs) -> Path:
    with _member(archive, name) as content:
        return blobs.keep(content)


def _kind(file: Path) -> str:
    """Return the media type of a layer by how it begins."""
    with file.open("rb") as content:
        return _MAGIC.get(content.read(2), TAR)


def _root(file: Path, blobs: Blobs) -> Image:
    """Make an image of a root file system's archive, which becomes its one layer."""
    with file.open("rb") as content:
        note = blobs.path(f"root:{hashlib.file_digest(content, 'sha256').hexdigest()}.json")
    layer = _noted(note, blobs)
    if layer is None:
        with blobs.new() as partial:
            with opened(file, _kind(file)) as archive:
                made = compress(archive, partial)
            stored = partial.rename(blobs.path(made.digest))
        layer = Layer(stored, made.media_type, made.digest, made.size, made.diff_id)
        note.write_text(json.dumps([layer.media_type, layer.digest, layer.diff_id]))
    rootfs = {"type": "layers", "diff_ids": [layer.diff_id]}
    return Image({**machine(), "config": {}, "rootfs": rootfs}, (layer,))


def _noted(note: Path, blobs: Blobs) -> Layer | None:
    """Return the layer that was made of the same archive before, if it is still there."""
    try:
        media_type, digest, diff_id = json.loads(note.read_text())
        stored = blobs.path(digest)
        os.utime(stored)
        os.utime(note)
    except (FileNotFoundError, ValueError):
        return None
    return Layer(stored, media_type, digest, stored.stat().st_size, diff_id)


def write(image: Image, name: str, target: Path) -> None:
    """Write an image into a tar file that `docker load`, containerd, Podman and Buildah read."""
    manifest = image.manifest
    blobs = {manifest.digest: manifest.data, digest_of(image.config): image.config}
    tagged = {"org.opencontainers.image.ref.name": name, "io.containerd.image.name": name}
    entry = {
        **described(MANIFEST, manifest.digest, len(manifest.data)),
        "annotations": tagged,
        "platform": {key: image.document[key] for key in ("os", "architecture")},
    }
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
    docker = [
        {
            "Config": _path(digest_of(image.config)),
            "RepoTags": [name],
            "Layers": [_path(layer.digest) for layer in image.layers],
        }
    ]
    partial = target.with_name(f"{target.name}.partial")
    try:
        with tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, "oci-layout", to_bytes({"imageLayoutVersion": "1.0.0"}))
            _add(archive, "index.json", to_bytes(index))
            _add(archive, "manifest.json", to_bytes(docker))
            for digest, data in sorted(blobs.items()):
                _add(archive, _path(digest), data)
            for layer in {item.digest: item for item in image.layers}.values():
                info = tarfile.TarInfo(_path(layer.digest))
                info.size = layer.size
                with layer.file.open("rb") as content:
                    archive.addfile(info, content)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
