"""What a deploy says of a limit that does not hold yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

    from qhub.flows.registry import Change

__all__ = ["notes"]


def notes(client: SyncPrefectClient, change: Change, limit: int | None) -> tuple[str, ...]:
    """Return a note where runs go on that began before the deployment had its limit.

    Prefect's server counts a run from its start, and each one down at its end: one that began
    without the limit takes a place from those that began with it.
    """
    if not limit or change.action != "updated" or "concurrency" not in change.changed:
        return ()
    body = {
        "deployments": {"id": {"any_": [change.id]}},
        "flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}},
    }
    going: int = client.request("POST", "/flow_runs/count", json=body).json()
    if not going:
        return ()
    runs = "1 run that goes on has" if going == 1 else f"{going} runs that go on have"
    return (f"the limit of {limit} at a time holds when {runs} ended",)
