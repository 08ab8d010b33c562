"""The version of deployed code: the git commit, whether it was changed since, and the image."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

__all__ = ["OURS", "Version", "of"]

OURS = ("git:", "code:", "image:")
"""How the tags begin that a deploy replaces."""
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Version:
    """`text` is Prefect's version of a deployment, which each of its runs keeps."""

    text: str
    tags: tuple[str, ...]


def of(*, commit: str | None, dirty: bool, digest: str | None, image: str | None) -> Version:
    """Return the version of an archive (`digest`) or of a clean commit.

    "6f1e0c2ab9d3" is a commit, "6f1e0c2ab9d3-dirty.1f0a3c5e" one with changes, "1f0a3c5e77aa"
    code without git; "+image.9c1d22ab" follows for an image, so that another one shows. Where no
    more is known than the image, it is "image.9c1d22ab".
    """
    if commit:
        text = commit[:_SHORT] + (f"-dirty.{digest[:8]}" if dirty and digest else "")
    else:
        text = (digest or "")[:_SHORT]
    tags = [f"git:{commit}"] if commit else []
    if digest:
        tags.append(f"code:{digest[:_SHORT]}")
    if image:
        shown = f"image.{hashlib.sha256(image.encode()).hexdigest()[:8]}"
        text = f"{text}+{shown}" if text else shown
        tags.append(f"image:{image}")
    return Version(text, tuple(tags))
