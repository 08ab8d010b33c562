"""What is known of a platform at one moment; all of it is data, times are ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

__all__ = [
    "Cluster",
    "Part",
    "PartState",
    "Problem",
    "Run",
    "Runs",
    "Status",
    "age",
    "iso",
    "part_name",
]

PartState = Literal[
    "running",  # and does what it is there for, as far as can be asked
    "starting",
    "silent",  # its process is there and does not answer
    "refusing",  # answers that it cannot work
    "offline",  # an agent that does not ask for work
    "restarting",  # ended too early, and is tried again
    "failed",  # ended too early too often
    "stopping",
    "stopped",
    "unknown",  # its supervisor does not answer
]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part and what to do about it."""

    part: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `supervisor`, `server`, `gateway` or `agent/NAME`; None is what nobody knows.

    `memory_mb` is its share of what processes have in common (PSS) where the system tells, else
    its resident memory; of an agent it is without its runs. `restarts` counts how often it ended
    without being asked to, since `qhub deploy` started supervisor.
    """

    name: str
    state: PartState
    since: str | None
    pid: int | None
    memory_mb: float | None
    address: str | None
    restarts: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """A flow run; `since` is when it came into its state, of a late one when it was due."""

    id: str
    name: str
    flow: str
    state: str
    since: str | None


@dataclass(frozen=True, slots=True)
class Runs:
    """How many flow runs are running, late, and failed in the last day; the newest of them."""

    running: int
    late: int
    failed: int
    newest: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster; `workers` is None where its scheduler does not answer."""

    name: str
    user: str
    flow: str
    status: str
    workers: int | None
    age_seconds: float | None
    dashboard: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """A platform as a whole; `runs` and `clusters` are None where nobody could be asked.

    `notes` are worth knowing, and no problem.
    """

    platform: str
    folder: str
    deployed: bool
    healthy: bool
    memory_mb: float | None
    disk_free_mb: float | None
    parts: tuple[Part, ...]
    runs: Runs | None
    clusters: tuple[Cluster, ...] | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def iso(epoch: float | None) -> str | None:
    """Return a time of the clock, in seconds of the epoch, as text."""
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat("T", "seconds")


def age(since: str | None, now: datetime | None = None) -> float | None:
    """Return how many seconds ago that was."""
    if since is None:
        return None
    then = datetime.fromisoformat(since)
    return ((now or datetime.now(UTC)) - then).total_seconds()


def part_name(program: str) -> str:
    """Return what people call a program of supervisor: agent/NAME of agent-NAME."""
    agent = program.removeprefix("agent-")
    return program if agent == program else f"agent/{agent}"
