"""What a long piece of work tells while it goes on; only `qhub.cli` knows how it is shown."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Told of steps as they begin and end, and of what a user should know on the way."""

    def step(self, name: str) -> AbstractContextManager[None]:
        """Enclose a step that takes a while: "start the Prefect server"."""

    def note(self, text: str) -> None:
        """Tell one line at once."""


class Silent:
    """Tells nobody: for scripts."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:  # noqa: ARG002 the protocol's signature
        """Enclose a step."""
        yield

    def note(self, text: str) -> None:
        """Take note of nothing."""
