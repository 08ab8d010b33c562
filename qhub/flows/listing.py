"""`list()` and `delete()` of deployed flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.flows import registry, schedules
from qhub.flows.connection import connect, pages
from qhub.flows.run_names import begun

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DeployedFlow", "delete", "list_deployments"]


@dataclass(frozen=True, slots=True)
class DeployedFlow:
    """A deployed flow: `name` is "flow/deployment"; `last_run` the state of its latest run."""

    name: str
    id: str
    version: str
    schedule: tuple[str, ...]
    paused: bool
    pool: str
    queue: str
    tags: tuple[str, ...]
    last_run: str


def list_deployments() -> list[DeployedFlow]:
    """Return all deployed flows, by name."""
    with connect() as client:
        body = {
            "flow_runs": begun(),
            "sort": "EXPECTED_START_TIME_DESC",
        }
        found = list(registry.every(client))
        last = {}
        for name, item in found:
            runs = {**body, "deployments": {"id": {"any_": [item["id"]]}}}
            latest = next(pages(client, "/flow_runs/filter", runs), None)
            last[name] = latest["state_name"] if latest else ""
    return [_row(name, item, last[name]) for name, item in found]


def delete(name: str) -> str:
    """Delete a deployed flow and return its full name.

    Its schedules stop and its waiting runs go; runs that have begun, and the code, stay.
    """
    with connect() as client:
        found = registry.find(client, name)
        client.delete_deployment(found["id"])
    return f"{found['flow']}/{found['name']}"


def _row(name: str, item: Mapping[str, Any], last_run: str) -> DeployedFlow:
    given = item.get("schedules") or ()
    return DeployedFlow(
        name=name,
        id=item["id"],
        version=item.get("version") or "",
        schedule=tuple(
            sorted(
                schedules.shown(one["schedule"]) + ("" if one["active"] else " (off)")
                for one in given
            )
        ),
        paused=bool(item.get("paused")),
        pool=item.get("work_pool_name") or "",
        queue=item.get("work_queue_name") or "",
        tags=tuple(item.get("tags") or ()),
        last_run=last_run,
    )
