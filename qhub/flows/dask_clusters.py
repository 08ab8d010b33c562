"""The Dask clusters of an agent, as the gateway tells; plain HTTP, so that asking is quick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qhub.flows.dask_errors import ClusterError, UnknownAgentError
from qhub.flows.gateway import ask, connected, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qhub.flows.gateway import Access

__all__ = ["DaskCluster", "clusters", "clusters_of_all", "matching", "stop"]


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """A cluster; `flow` is empty for a temporary one, `dashboard` while it has none."""

    name: str
    agent: str
    flow: str
    run: str
    profile: str
    status: str
    workers: int
    workers_starting: int
    threads: int
    memory_bytes: int
    started: str
    age_seconds: int
    dashboard: str


def clusters(to: Access) -> tuple[DaskCluster, ...]:
    """Return the clusters that start or run for an agent, the oldest first."""
    found = ask("clusters/?status=PENDING,RUNNING", to)
    items = sorted(found.values(), key=lambda item: int(item["start_time"]))
    return tuple(_cluster(item, to) for item in items)


def clusters_of_all(
    accesses: Iterable[Access],
) -> tuple[tuple[DaskCluster, ...], tuple[UnknownAgentError, ...]]:
    """Return the clusters of several agents, and what the gateway says of those it refuses.

    Raises `UnknownAgentError` where it refuses every one of them.
    """
    found: list[DaskCluster] = []
    refused: list[UnknownAgentError] = []
    known = False
    for to in accesses:
        try:
            found += clusters(to)
            known = True
        except UnknownAgentError as error:
            refused.append(error)
    if refused and not known:
        raise refused[0]
    return tuple(found), tuple(refused)


def matching(found: Sequence[DaskCluster], name: str) -> DaskCluster:
    """Return the cluster whose name begins so, or whose flow it is."""
    chosen = [item for item in found if item.name.startswith(name) or item.flow == name]
    chosen = chosen or [item for item in found if item.flow.rpartition("@")[0] == name]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(f"{item.name[:8]} ({item.flow or 'temporary'})" for item in chosen or found)
    raise ClusterError(
        f"{'several Dask clusters are' if chosen else 'there is no Dask cluster'} '{name}'",
        hint=f"those that run are {listed}" if listed else "none runs",
    )


def stop(name: str, to: Access) -> None:
    """Ask the gateway to stop a cluster; it goes on to do so."""
    ask(f"clusters/{name}", to, method="DELETE")


def _cluster(item: dict[str, Any], to: Access) -> DaskCluster:
    options = item["options"]
    started = datetime.fromtimestamp(item["start_time"] / 1000, UTC)
    told = describe(item["name"], to)
    states = told.states if told else ()
    running = sum(state == "running" for state in states)
    if running < len(states):  # the gateway hears of a worker seconds after its scheduler
        running = min(len(states), max(running, connected(item["name"], to)))
    route = item.get("dashboard_route")
    return DaskCluster(
        name=item["name"],
        agent=to.user,
        flow=options.get("flow", ""),
        run=options.get("run", ""),
        profile=options.get("profile", ""),
        status=item["status"].lower(),
        workers=running,
        workers_starting=len(states) - running,
        threads=running * ((told and told.threads) or 0),
        memory_bytes=running * ((told and told.memory_bytes) or 0),
        started=started.isoformat(timespec="seconds"),
        age_seconds=int((datetime.now(UTC) - started).total_seconds()),
        dashboard=f"{to.address}{route}" if route else "",
    )
