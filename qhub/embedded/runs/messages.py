"""What worker and warmed parent say to each other over their socket pair: lines of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Ended", "Job", "Kind", "Refused", "Started", "read", "write"]

Kind = Literal["flow", "cancellation", "crashed"]


@dataclass(frozen=True, slots=True)
class Job:
    """Fork a child: for a flow run, or for its hooks of a state."""

    number: int
    run: str
    kind: Kind
    environment: Mapping[str, str] = field(repr=False)
    log: str
    folder: str
    cpus: int | None = None
    memory_bytes: int | None = None
    state: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The child of a job is there; `identity` is an `Identity`'s text."""

    number: int
    identity: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The child of a job is gone; `status` is negative for a signal, as subprocess has it."""

    number: int
    status: int


@dataclass(frozen=True, slots=True)
class Refused:
    """No child could be forked for a job; `reason` says why."""

    number: int
    reason: str


Message = Job | Started | Ended | Refused
KINDS: dict[str, type[Message]] = {c.__name__: c for c in (Job, Started, Ended, Refused)}


def write(message: Message) -> bytes:
    """Return a message as one line."""
    return json.dumps({"is": type(message).__name__, **asdict(message)}).encode() + b"\n"


def read(line: bytes) -> Message:
    """Return the message of one line."""
    fields = json.loads(line)
    return KINDS[fields.pop("is")](**fields)
