"""Finding a run: by its id, its name, or as the latest of a flow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from qhub.flows import registry
from qhub.flows.connection import pages
from qhub.flows.errors import NotFoundError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["ENDED", "begun", "find", "find_going"]

ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})


def find(client: SyncPrefectClient, run: str) -> dict[str, Any]:
    """Return a run as the API has it; of several with one name the latest."""
    chosen = {"id": {"any_": [run]}} if _is_id(run) else {"name": {"any_": [run]}}
    if found := _latest(client, {"flow_runs": chosen}):
        return found
    if not _is_id(run):
        deployed = [
            item["id"] for name, item in registry.every(client) if registry.names(run, name)
        ]
        runs = {"deployment_id": {"any_": deployed}, **begun()}
        if deployed and (found := _latest(client, {"flow_runs": runs})):
            return found
    raise NotFoundError(
        f"there is no run '{run}'", hint="give its id or name, or a flow with a run; qhub flow list"
    )


def find_going(client: SyncPrefectClient, run: str) -> dict[str, Any]:
    """Return the run that is meant by somebody who wants to end it.

    Of several the latest that has not ended, also one that waits; not those to come.
    """
    found = find(client, run)
    if _is_id(run) or found["state_type"] not in (*ENDED, "CANCELLING"):
        return found
    going: dict[str, Any] = {
        "state": {"type": {"not_any_": [*ENDED, "CANCELLING"]}},
        "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
    }
    if found["name"] == run:
        return _latest(client, {"flow_runs": {"name": {"any_": [run]}, **going}}) or found
    deployed = [item["id"] for name, item in registry.every(client) if registry.names(run, name)]
    return _latest(client, {"flow_runs": {"deployment_id": {"any_": deployed}, **going}}) or found


def begun() -> dict[str, Any]:
    """Return the filter of runs whose time has come.

    A schedule makes runs of the days to come; one that was cancelled ahead is no latest, either.
    """
    now = datetime.now(UTC).isoformat()
    return {"state": {"type": {"not_any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now}}


def _latest(client: SyncPrefectClient, body: dict[str, Any]) -> dict[str, Any] | None:
    sorted_body = {**body, "sort": "EXPECTED_START_TIME_DESC"}
    return next(pages(client, "/flow_runs/filter", sorted_body), None)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
