"""Images of one static program, pushed to the bed's registry by its HTTP interface.

The thread must be in the bed's network (`network.entered`). Images that need a file system with
more in it are made by `images/build`.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import platform
import tarfile
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import REGISTRY

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["push"]

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"  # not compressed: it stays on this machine
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def push(name: str, tag: str, program: Path) -> str:
    """Push an image with `program` at its root, which it runs; return its digest."""
    layer = _layer(program)
    config = json.dumps(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Entrypoint": [f"/{program.name}"], "User": "65532:65532"},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, **_blob(name, config)},
            "layers": [{"mediaType": _LAYER, **_blob(name, layer)}],
        }
    ).encode()
    _require(_send("PUT", f"/v2/{name}/manifests/{tag}", manifest, _MANIFEST))
    return _digest(manifest)


def _layer(program: Path) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        entry = tarfile.TarInfo(program.name)
        entry.size, entry.mode = program.stat().st_size, 0o755
        with program.open("rb") as content:
            archive.addfile(entry, content)
    return plain.getvalue()


def _blob(name: str, content: bytes) -> dict[str, object]:
    """Push `content` unless the registry has it; return how a manifest refers to it."""
    digest = _digest(content)
    if _send("HEAD", f"/v2/{name}/blobs/{digest}") != HTTPStatus.OK:
        _require(_send("POST", f"/v2/{name}/blobs/uploads/?digest={digest}", content))
    return {"digest": digest, "size": len(content)}


def _send(method: str, path: str, body: bytes | None = None, kind: str = "") -> int:
    connection = http.client.HTTPConnection(REGISTRY, timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": kind or "application/octet-stream"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _require(status: int) -> None:
    if status != HTTPStatus.CREATED:
        raise BedError(f"the bed's registry refused an image with status {status}")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
