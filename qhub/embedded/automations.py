"""Prefect's automations that end what would hang: lost runs, and runs that never begin.

Source: Prefect 3.8, "Detect zombie flow runs"; the events that a flow run emits are named after
the states that it enters.
"""

from __future__ import annotations

from typing import Any

__all__ = ["CONCURRENCY_LIMIT", "PREFIX", "automations", "holds"]

PREFIX = "qhub: "
CONCURRENCY_LIMIT = "qhub-dask-cluster"
"""Held while a run looks for its flow's Dask cluster or makes it; leased, so that it ends."""

_HEARTBEAT_SECONDS = 90
"""Three heartbeats: runs have PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""
_PENDING_SECONDS = 60
_FINAL = ("Completed", "Failed", "Cancelled", "Crashed")
_BEGUN = ("Running", *_FINAL, "Cancelling", "Scheduled", "AwaitingRetry", "Paused", "Suspended")


def automations() -> list[dict[str, Any]]:
    """Return the automations as Prefect's API takes them."""
    return [
        _automation(
            "a run whose process died is Crashed",
            f"No heartbeat for {_HEARTBEAT_SECONDS} s.",
            after=("heartbeat",),
            expect=("heartbeat", *_FINAL),
            within=_HEARTBEAT_SECONDS,
            action={"state": "CRASHED", "message": "its process sent no heartbeat any more"},
        ),
        _automation(
            "a run that does not begin is scheduled again",
            f"Pending for {_PENDING_SECONDS} s.",
            after=("Pending",),
            expect=_BEGUN,
            within=_PENDING_SECONDS,
            action={"state": "SCHEDULED", "message": "it was Pending and did not begin"},
        ),
    ]


def holds(found: Any, wanted: Any) -> bool:
    """Tell whether what Prefect stored says what was wanted, whatever else it says."""
    match wanted:
        case dict():
            return isinstance(found, dict) and all(
                holds(found.get(name), value) for name, value in wanted.items()
            )
        case [str(), *_]:  # sets, in Prefect's own order
            return isinstance(found, list) and sorted(map(str, found)) == sorted(map(str, wanted))
        case list():
            return (
                isinstance(found, list)
                and len(found) == len(wanted)
                and all(map(holds, found, wanted))
            )
        case _:
            return bool(found == wanted)


def _automation(
    name: str,
    description: str,
    *,
    after: tuple[str, ...],
    expect: tuple[str, ...],
    within: int,
    action: dict[str, Any],
) -> dict[str, Any]:
    return {
        "name": f"{PREFIX}{name}",
        "description": description,
        "enabled": True,
        "trigger": {
            "type": "event",
            "match": {"prefect.resource.id": "prefect.flow-run.*"},
            "for_each": ["prefect.resource.id"],
            "after": [f"prefect.flow-run.{event}" for event in after],
            "expect": [f"prefect.flow-run.{event}" for event in expect],
            "posture": "Proactive",
            "threshold": 1,
            "within": within,
        },
        "actions": [{"type": "change-flow-run-state", **action}],
    }
