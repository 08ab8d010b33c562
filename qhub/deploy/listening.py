"""What is shown while Terraform works: a step for each object, and what one should know of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from qhub.deploy.events import Begun, Diagnostic, Done, Drifted, Failed, Planned, Summary

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qhub.deploy.events import Event
    from qhub.progress import Progress

__all__ = ["ObjectSteps", "tell_interrupt"]

_VERBS = {
    "create": "create",
    "update": "change",
    "delete": "remove",
    "replace": "replace",
    "read": "read",
}


_PLAN = ""
"""Stands for the plan among the addresses."""


class _NotDoneError(Exception):
    """Ends a step that failed, or that nobody told the end of."""


class ObjectSteps:
    """Opens a step of the progress when work on an object begins, and closes it at its end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._open: dict[str, AbstractContextManager[None]] = {}
        self.planned: list[Planned] = []
        self.drifted: list[Drifted] = []
        self.began = False
        self.done: list[str] = []
        self.failed: list[str] = []

    @property
    def at_work(self) -> tuple[str, ...]:
        """The addresses of the objects that are worked on."""
        return tuple(address for address in tuple(self._open) if address != _PLAN)

    def tell(self, event: Event | None) -> None:
        """Take note of an event."""
        match event:
            case Planned():
                self.planned.append(event)
            case Drifted():
                self.drifted.append(event)
            case Summary(operation="plan"):
                self._close(_PLAN, failed=False)
            case Begun(address, action):
                self.began = True
                self._close(_PLAN, failed=False)
                step = self._progress.step(f"{_VERBS.get(action, action)} {address}")
                step.__enter__()
                self._open[address] = step
            case Done(address):
                self.done.append(address)
                self._close(address, failed=False)
            case Failed(address):
                self._close(address, failed=True)
            case Diagnostic(severity="warning"):
                self._progress.note(event.text.replace("\n", " "))

    def plan(self, stage: str) -> None:
        """Open the step of a plan, which ends when the plan is told."""
        step = self._progress.step(f"plan {stage}")
        step.__enter__()
        self._open[_PLAN] = step

    def close(self) -> None:
        """Close what is still open: Terraform ended before it told of the end."""
        for address in tuple(self._open):
            self._close(address, failed=True)

    def _close(self, address: str, *, failed: bool) -> None:
        step = self._open.pop(address, None)
        if step is None:
            return
        if failed and address != _PLAN:
            self.failed.append(address)
        error = _NotDoneError() if failed else None
        with suppress(_NotDoneError):
            step.__exit__(type(error) if error else None, error, None)


def tell_interrupt(progress: Progress, count: int, pid: int) -> None:
    """Tell that Terraform was asked to end; at each further ^C, what to do."""
    if count == 1:
        progress.note("Terraform was asked to stop; it ends what it has begun, and saves its state")
        return
    progress.note(
        f"Terraform (process {pid}) is still ending what it began; wait for it. Ended at once by "
        f"`kill -9 {pid}`, it leaves objects that it does not know of; the next deploy finds them"
    )
