"""An image with the code of flows: what `build()` returns, and `deploy(image=…)` takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["CODE_FOLDER", "Built"]

CODE_FOLDER = "/opt/flows"
"""Where an image holds the project folder."""


@dataclass(frozen=True, slots=True)
class Built:
    """An image that holds a project, and what `deploy` has to know of it.

    `reference` names it in a cluster: by its digest where a registry has it. `flows` are those
    that it was built for; others of the same project are in it, too. `code` is the SHA-256 that
    an archive of the project has.
    """

    image: str
    digest: str | None
    reference: str
    flows: tuple[str, ...]
    code: str
    commit: str | None
    pushed: bool
    notes: tuple[str, ...] = ()
    folder: Path = field(default=Path(), repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)
    is_dirty: bool = field(default=False, repr=False)

    def __str__(self) -> str:
        return self.reference
