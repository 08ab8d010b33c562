"""Names of images, `registry.example.org:5000/team/flow:1`, read as Docker reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.builder.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["HUB", "Reference", "parse"]

HUB = "docker.io"
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+|/)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an image lies: a registry, a repository in it, and a tag or a digest (or both)."""

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        """The image without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def version(self) -> str:
        """What a registry is asked for."""
        return self.digest or self.tag or "latest"

    def plain(self, named: Collection[str]) -> bool:
        """Tell whether its registry speaks HTTP without TLS: it is named, or on this machine."""
        return self.registry in named or bool(_LOOPBACK.fullmatch(self.registry))

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


def parse(text: str) -> Reference:
    """Read a name; one without a registry is of Docker Hub."""
    rest, _, digest = text.partition("@")
    head, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        head, tag = rest, ""
    host, slash, repository = head.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, repository = HUB, head if slash else f"library/{head}"
    valid = (
        _HOST.fullmatch(host)
        and _REPOSITORY.fullmatch(repository)
        and (not tag or _TAG.fullmatch(tag))
        and ("@" not in text or _DIGEST.fullmatch(digest))
    )
    if not valid or text.endswith(":"):
        raise RecipeError(
            f"'{text}' is no name of an image",
            hint="names are lower-case: REGISTRY/TEAM/IMAGE:TAG or REGISTRY/TEAM/IMAGE@sha256:…",
        )
    return Reference(host, repository, tag or None, digest or None)
