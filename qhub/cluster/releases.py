"""Helm's own record of a release: a Secret for each revision, with all of it packed inside."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qhub.cluster.errors import RefusedError
from qhub.cluster.reading import time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Release", "read", "revision"]


@dataclass(frozen=True, slots=True)
class Release:
    """One revision of a Helm release.

    `status` is Helm's: deployed, failed, pending-install, pending-upgrade, uninstalling, …;
    `values` are those that were given, `manifest` the objects that they became, as YAML.
    """

    name: str
    revision: int
    status: str
    description: str
    chart_version: str
    deployed_at: datetime | None
    values: Mapping[str, Any] = field(repr=False)
    manifest: str = field(repr=False)

    @property
    def is_at_work(self) -> bool:
        """Whether Helm has not come to its end yet, or was killed before."""
        return self.status.startswith(("pending-", "uninstalling"))


_SHAPE = (AttributeError, KeyError, TypeError)  # JSON of another form than a release's


def revision(metadata: Mapping[str, Any]) -> int:
    """Return the revision that a Secret of Helm's is for."""
    said = (metadata.get("labels") or {}).get("version", "0")
    return int(said) if str(said).isdigit() else 0


def read(secret: Mapping[str, Any]) -> Release:
    """Return the release of a Secret; raises `RefusedError` where it holds none."""
    name = (secret.get("metadata") or {}).get("name", "")
    try:
        packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
        said = json.loads(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)
        info = said.get("info") or {}
        return Release(
            name=said["name"],
            revision=int(said.get("version") or 0),
            status=info.get("status") or "unknown",
            description=info.get("description") or "",
            chart_version=((said.get("chart") or {}).get("metadata") or {}).get("version") or "",
            deployed_at=time(info.get("last_deployed")),
            values=said.get("config") or {},
            manifest=said.get("manifest") or "",
        )
    except (*_SHAPE, ValueError, binascii.Error, OSError, EOFError, zlib.error):
        raise RefusedError(
            f"the Secret '{name}' holds no release that can be read",
            http_status=200,
            hint="it is Helm's record: `helm history` may tell more",
        ) from None
