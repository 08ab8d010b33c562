"""A layer of an image, and the words of the OCI image specification about layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["GZIP", "OPAQUE", "TAR", "WHITEOUT", "XATTR", "ZSTD", "Layer"]

TAR = "application/vnd.oci.image.layer.v1.tar"
GZIP = f"{TAR}+gzip"
ZSTD = f"{TAR}+zstd"
WHITEOUT = ".wh."
"""A file of this prefix says that the file named behind it is gone."""
OPAQUE = ".wh..wh..opq"
"""A file of this name says that its folder holds nothing of the layers below."""
XATTR = "SCHILY.xattr."


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its archive as a registry stores it, and the digest of the archive uncompressed."""

    file: Path
    media_type: str
    digest: str
    size: int
    diff_id: str
