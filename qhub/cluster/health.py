"""What is known of a platform on Kubernetes at one moment; all of it is data, times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from qhub.config.model import Generation

__all__ = ["AgentHealth", "AgentState", "Problem", "SecretHealth", "Status", "iso"]

AgentState = Literal[
    "running",  # all of its pods are ready
    "rolling",  # new pods take the place of old ones, which still work
    "starting",  # nothing is wrong, and nothing works yet
    "failing",  # something stands in its way; a problem says what
    "stopped",  # it has no pods because its replicas are 0
    "absent",  # it is not deployed
    "unknown",  # we may not look
]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part and what to do about it; `lines` are the last that it wrote."""

    part: str
    message: str
    hint: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentHealth:
    """An agent; `takes` are the queues or labels of the flow runs that it takes.

    `since` is when the youngest of its pods became ready. `heartbeat` is when Prefect last heard
    of it, None where Prefect's API cannot be reached from here (a pod that is ready asked it for
    work within the last minutes), and `heard` when one of its pods last wrote a line. `runs` are
    flow runs whose Jobs are active.
    """

    name: str
    release: str
    generation: Generation
    state: AgentState
    ready: int
    wanted: int
    restarts: int
    since: str | None
    heartbeat: str | None
    heard: str | None
    image: str | None
    takes: tuple[str, ...]
    pods: tuple[str, ...]
    runs: int | None


@dataclass(frozen=True, slots=True)
class SecretHealth:
    """A Secret that agents read; of its keys those that are needed. `there` None: not looked.

    `made`: QHub makes it. `agents` read it.
    """

    name: str
    there: bool | None
    made: bool
    keys: tuple[str, ...]
    missing: tuple[str, ...]
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A platform as a whole; `notes` are worth knowing, and no problem."""

    platform: str
    context: str
    server: str
    namespace: str
    kubernetes: str
    deployed: bool
    healthy: bool
    agents: tuple[AgentHealth, ...]
    secrets: tuple[SecretHealth, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def iso(moment: datetime | None) -> str | None:
    """Return a time as text, to the second."""
    return None if moment is None else moment.astimezone(UTC).isoformat("T", "seconds")
