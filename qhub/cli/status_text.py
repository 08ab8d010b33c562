"""The status of a platform for people: tables as wide as they need, problems last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qhub.cli.screen import paint
from qhub.embedded.health.model import age

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Protocol

    from qhub.cli.screen import Colour
    from qhub.cluster.health import AgentHealth, SecretHealth
    from qhub.cluster.health import Status as ClusterStatus
    from qhub.embedded.health.model import Cluster, Part, Runs, Status

    class Problem(Protocol):
        """What is wrong with a part and what to do about it, wherever the platform runs."""

        @property
        def part(self) -> str: ...
        @property
        def message(self) -> str: ...
        @property
        def hint(self) -> str: ...


__all__ = ["as_text", "duration", "of_cluster"]

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_COLOURS: Mapping[str, Colour] = {
    "running": "green",
    "rolling": "yellow",
    "starting": "yellow",
    "stopping": "yellow",
}


def as_text(status: Status) -> str:
    """Return everything that is known."""
    return "\n".join(_lines(status))


def of_cluster(status: ClusterStatus) -> str:
    """Return everything that is known of a platform on Kubernetes."""
    return "\n".join(_cluster_lines(status))


def duration(seconds: float | None) -> str:
    """Return "2 h 5 min" of 7500: the two largest units."""
    if seconds is None:
        return ""
    left = max(0, int(seconds))
    words = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            words.append(f"{number} {unit}")
        elif words:
            break
    return " ".join(words[:2]) or "0 s"


def _lines(status: Status) -> Iterator[str]:
    yield f"{status.platform} in {status.folder}"
    if status.parts:
        yield ""
        yield from _parts(status)
    if status.runs is not None:
        yield ""
        yield from _runs(status.runs)
    if status.clusters is not None:
        yield ""
        yield from _clusters(status.clusters)
    yield ""
    yield from (f"note: {note}" for note in status.notes)
    yield from _problems(status.problems)


def _cluster_lines(status: ClusterStatus) -> Iterator[str]:
    yield (
        f"{status.platform} in namespace {status.namespace} of context {status.context} "
        f"({status.server}, Kubernetes {status.kubernetes})"
    )
    if status.agents:
        yield ""
        yield from _agents(status.agents)
    if status.secrets:
        yield ""
        yield from _secrets(status.secrets)
    yield ""
    yield from (f"note: {note}" for note in status.notes)
    yield from _problems(status.problems)


def _agents(agents: Sequence[AgentHealth]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [_AGENT_COLUMNS]
    rows += [_agent(agent) for agent in agents]
    colours = [None, *(_COLOURS.get(agent.state, "red") for agent in agents)]
    yield from _table(rows, coloured=1, colours=colours)


_AGENT_COLUMNS = (
    *("agent", "state", "for", "ready", "restarts", "runs"),
    *("heartbeat", "last line", "takes"),
)


def _agent(agent: AgentHealth) -> tuple[str, ...]:
    return (
        agent.name,
        agent.state,
        duration(age(agent.since)),
        f"{agent.ready}/{agent.wanted}",
        str(agent.restarts) if agent.restarts else "",
        "" if agent.runs is None else str(agent.runs),
        _ago(agent.heartbeat),
        _ago(agent.heard),
        ", ".join(agent.takes),
    )


def _ago(moment: str | None) -> str:
    return "" if moment is None else f"{duration(age(moment))} ago"


def _secrets(secrets: Sequence[SecretHealth]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("secret", "keys", "", "read by")]
    for secret in secrets:
        there = [key for key in secret.keys if key not in secret.missing]
        shown = ", ".join(there) if secret.there is not None else "not looked at"
        missing = f"missing: {', '.join(secret.missing)}" if secret.missing else ""
        rows.append((secret.name, shown, missing, ", ".join(secret.agents)))
    colours: list[Colour | None] = [None, *("red" if row[2] else None for row in rows[1:])]
    yield from _table(rows, coloured=2, colours=colours)


def _parts(status: Status) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("part", "state", "for", "memory", "restarts", "address")]
    rows += [_part(part) for part in status.parts]
    colours = [None, *(_COLOURS.get(part.state, "red") for part in status.parts)]
    yield from _table(rows, coloured=1, colours=colours)
    facts = [f"memory {status.memory_mb:.0f} MB"] if status.memory_mb else []
    if status.disk_free_mb is not None:
        facts.append(f"disk {status.disk_free_mb / 1000:.1f} GB free")
    yield ", ".join(facts)


def _part(part: Part) -> tuple[str, ...]:
    memory = "" if part.memory_mb is None else f"{part.memory_mb:.0f} MB"
    restarts = str(part.restarts) if part.restarts else ""
    lasts = duration(age(part.since))
    return (part.name, part.state, lasts, memory, restarts, part.address or "")


def _runs(runs: Runs) -> Iterator[str]:
    yield (
        f"flow runs: {runs.running} running, {runs.late} late, "
        f"{runs.failed} failed in the last 24 hours"
    )
    rows = [
        (f"  {run.state.lower()}", run.name, run.flow, duration(age(run.since)), f"run/{run.id}")
        for run in runs.newest
    ]
    yield from _table(rows)
    more = runs.running + runs.late + runs.failed - len(rows)
    if more > 0:
        yield f"  and {more} more: Prefect's page (`qhub ui`), Runs"


def _clusters(clusters: Sequence[Cluster]) -> Iterator[str]:
    yield f"Dask clusters: {len(clusters) or 'none'}"
    rows = [
        (
            f"  {cluster.status}",
            cluster.name,
            f"{cluster.user}: {cluster.flow or 'of one run'}",
            "" if cluster.workers is None else f"{cluster.workers} workers",
            duration(cluster.age_seconds),
            cluster.dashboard or "",
        )
        for cluster in clusters
    ]
    yield from _table(rows)


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    if not problems:
        yield paint("healthy", "green", stream=sys.stdout)
        return
    for problem in problems:
        first, *more = problem.message.splitlines()
        yield f"{paint(problem.part + ':', 'red', stream=sys.stdout)} {first}"
        yield from (f"  {line}" for line in more)
        yield f"  {problem.hint}"
        yield from (f"    | {line}" for line in getattr(problem, "lines", ()))


def _table(
    rows: Sequence[Sequence[str]],
    *,
    coloured: int | None = None,
    colours: Sequence[Colour | None] = (),
) -> Iterator[str]:
    """Yield lines with the columns below each other; one column in the colours of its rows."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        if coloured is not None and (colour := colours[number]) is not None:
            cells[coloured] = paint(cells[coloured], colour, stream=sys.stdout)
        yield "  ".join(cells).rstrip()
