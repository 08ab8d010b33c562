"""What a build is asked for and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from images.builder.reference import Reference

__all__ = ["EPOCH", "BuilderName", "Built", "Request"]

BuilderName = Literal["docker", "buildah", "chroot"]
EPOCH = 315_532_800
"""1980: the earliest time that a zip archive can hold."""


@dataclass(frozen=True, slots=True)
class Request:
    """One build. `base` is empty where the recipe's own default holds."""

    recipe: Path
    builder: BuilderName
    tag: Reference
    base: str
    arguments: Mapping[str, str]
    secrets: Mapping[str, Path]
    plain_http: frozenset[str]
    epoch: int
    cache: Path
    work: Path
    push: bool
    archive: Path | None
    compressed: bool
    fresh: bool

    @property
    def plain(self) -> bool:
        """Whether the registry of the tag speaks HTTP without TLS."""
        return self.tag.plain(self.plain_http)

    @property
    def build_args(self) -> dict[str, str]:
        """The arguments that the recipe gets."""
        base = {"BASE": self.base} if self.base else {}
        return {**base, **self.arguments}


@dataclass(frozen=True, slots=True)
class Built:
    """An image: its name, and the digest that pulls exactly this one (none if it is not known)."""

    image: Reference
    digest: str | None
    layers: tuple[tuple[str, int], ...] = ()
    """Digest and size in bytes of each layer, where they are known."""
