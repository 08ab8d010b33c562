"""Every error that qhub.flows raises on purpose.

FlowsError               what is wrong and, as `hint`, how to mend it
├── ApiError             Prefect's API cannot be reached, or refuses
│   └── UnreachableError  nothing answers at its address
├── ArchiveError         the code cannot be packed, stored or fetched
├── CodeError            the user's own file cannot be loaded; says file, line and cause
├── FlowSourceError      a flow that a run could not find: of a notebook, unnamed, nested
├── GitError             git refuses, or the commit is not where a run could fetch it
├── ImageError           an image cannot be built, or holds other code than the flow's
├── NotFoundError        no such deployment, run, flow, profile, queue, pool; suggests
├── ParameterError       parameters or job variables that the flow or the pool does not take
├── RunFailedError       a watched run did not end well; carries the result
├── RunTimeoutError      a watched run takes longer than it may
├── ScheduleError        no such cron, interval, rrule or time zone
└── SecretError          no such secret, or not to be read as text

Those of Dask are in `dask_errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from qhub.flows.runs import RunResult

__all__ = [
    "ApiError",
    "ArchiveError",
    "CodeError",
    "FlowSourceError",
    "FlowsError",
    "GitError",
    "ImageError",
    "NotFoundError",
    "ParameterError",
    "RunFailedError",
    "RunTimeoutError",
    "ScheduleError",
    "SecretError",
    "UnreachableError",
    "nearest",
    "not_found",
]


class FlowsError(Exception):
    """Base of all; a traceback shows the hint below the message."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(hint)


class ApiError(FlowsError):
    """Prefect's API cannot be reached, or refuses."""


class UnreachableError(ApiError):
    """Nothing answers at the address of Prefect's API."""


class ArchiveError(FlowsError):
    """The code cannot be packed, stored or fetched."""


class CodeError(FlowsError):
    """The user's own file cannot be loaded."""


class FlowSourceError(FlowsError):
    """A run could not find the flow again."""


class GitError(FlowsError):
    """Git refuses, or the commit is not where a run could fetch it."""


class ImageError(FlowsError):
    """An image cannot be built, or holds other code than the flow's."""


class NotFoundError(FlowsError):
    """There is nothing of that name."""


class ParameterError(FlowsError):
    """Parameters or job variables do not fit."""


class RunFailedError(FlowsError):
    """A watched run did not end well."""

    def __init__(self, message: str, *, result: RunResult, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.result = result


class RunTimeoutError(FlowsError):
    """A watched run takes longer than it may; it goes on."""


class ScheduleError(FlowsError):
    """A schedule that no clock could follow."""


class SecretError(FlowsError):
    """A secret that is not there, or that is not text."""


def not_found(
    kind: str, name: str, names: Collection[str], *, where: str = "", plural: str = ""
) -> NotFoundError:
    """Return the error of a name that is not among `names`, with the nearest of them.

    `kind` is "profile", "work queue" …; `where` follows the name: "in the pool 'gpu'".
    """
    known = sorted(names)
    plural = plural or f"{kind}s"
    listed = f"the {plural} are {', '.join(known)}" if known else f"there are no {plural}"
    near = nearest(name, known)
    hint = f"did you mean '{near}'? {listed}" if near else listed
    return NotFoundError(f"there is no {kind} '{name}' {where}".rstrip(), hint=hint)


def nearest(name: str, names: Collection[str]) -> str | None:
    """Return the name that was probably meant: by all of it, else by a word of it."""
    import re
    from difflib import get_close_matches

    lowered = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return lowered[near[0]]
    last_first = sorted(lowered, reverse=True)
    words = {word: known for known in last_first for word in re.split(r"[_/ .-]", known)}
    near = get_close_matches(name.lower(), words, n=1, cutoff=0.75)
    return lowered[words[near[0]]] if near else None
