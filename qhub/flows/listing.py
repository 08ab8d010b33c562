"""`list()` and `delete()` of deployed flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qhub.flows import registry, schedules
from qhub.flows.connection import connect, first
from qhub.flows.run_names import begun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["DeployedFlow", "delete", "full_name", "list_deployments"]


@dataclass(frozen=True, slots=True)
class DeployedFlow:
    """A deployed flow: `name` is "flow/deployment"; `last_run` the state of its latest run.

    `next_run` is when it is scheduled to run next, "" where no schedule is at work.
    """

    name: str
    id: str
    version: str
    schedule: tuple[str, ...]
    paused: bool
    pool: str
    queue: str
    tags: tuple[str, ...]
    last_run: str
    next_run: str = ""


def list_deployments() -> list[DeployedFlow]:
    """Return all deployed flows, by name."""
    with connect() as client:
        return [
            _row(name, item, last_run=_last(client, item), next_run=_next(client, item))
            for name, item in registry.every(client)
        ]


def full_name(name: str) -> str:
    """Return the "flow/deployment" that a name means, as `delete` takes it."""
    with connect() as client:
        found = registry.find(client, name)
    return f"{found['flow']}/{found['name']}"


def delete(name: str) -> str:
    """Delete a deployed flow and return its full name.

    Its schedules stop and its waiting runs go; runs that have begun, and the code, stay.
    """
    with connect() as client:
        found = registry.find(client, name)
        client.delete_deployment(found["id"])
    return f"{found['flow']}/{found['name']}"


def _last(client: SyncPrefectClient, item: Mapping[str, Any]) -> str:
    """Return the state of a deployment's latest run."""
    body = {
        "flow_runs": begun(),
        "deployments": {"id": {"any_": [item["id"]]}},
        "sort": "EXPECTED_START_TIME_DESC",
    }
    found = first(client, "/flow_runs/filter", body)
    return str(found["state_name"]) if found else ""


def _next(client: SyncPrefectClient, item: Mapping[str, Any]) -> str:
    """Return when the next run is due that a deployment's schedules have made."""
    if item.get("paused") or not any(one["active"] for one in item.get("schedules") or ()):
        return ""
    body = {
        "flow_runs": {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
        },
        "deployments": {"id": {"any_": [item["id"]]}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    found = first(client, "/flow_runs/filter", body)
    return str(found["expected_start_time"]) if found else ""


def _row(name: str, item: Mapping[str, Any], *, last_run: str, next_run: str) -> DeployedFlow:
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
        next_run=next_run,
    )
