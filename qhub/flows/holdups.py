"""Why a run that should have begun waits, as far as Prefect's server knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["job_variables", "why"]

_SOON = timedelta(seconds=2)


def why(client: SyncPrefectClient, found: Mapping[str, Any]) -> str:
    """Return what holds up a run as the API has it; "" where nothing is known to."""
    if found["state_type"] != "SCHEDULED" or _is_later(found):
        return ""
    pool = found.get("work_pool_name")
    if not pool:
        return "its deployment has no work pool (any more): deploy the flow again"
    return _of_pool(client, pool, found.get("work_queue_name")) or _of_limit(client, found)


def job_variables(client: SyncPrefectClient, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job variables that a run has: its own, its deployment's, its pool's defaults."""
    values: dict[str, Any] = {}
    if pool := found.get("work_pool_name"):
        schema = _get(client, "/work_pools/{name}", name=pool)["base_job_template"]
        known = schema.get("variables", {}).get("properties", {})
        values = {name: item["default"] for name, item in known.items() if "default" in item}
    if deployment := found.get("deployment_id"):
        values |= _get(client, "/deployments/{id}", id=deployment).get("job_variables") or {}
    return values | (found.get("job_variables") or {})


def _is_later(found: Mapping[str, Any]) -> bool:
    if found["state_name"] == "AwaitingConcurrencySlot":
        return False  # its time is only that of the next try
    due = found.get("next_scheduled_start_time") or found.get("expected_start_time")
    return bool(due) and datetime.fromisoformat(str(due)) > datetime.now(UTC) + _SOON


def _of_pool(client: SyncPrefectClient, pool: str, queue: str | None) -> str:
    about = _get(client, "/work_pools/{name}", name=pool)
    if about["is_paused"]:
        return f"the work pool '{pool}' is paused (prefect work-pool resume {pool})"
    path = "/work_pools/{pool}/queues/{name}"
    line = _get(client, path, pool=pool, name=queue) if queue else {}
    if line.get("is_paused"):
        resume = f"prefect work-queue resume {queue} --pool {pool}"
        return f"the work queue '{queue}' of the pool '{pool}' is paused ({resume})"
    if about.get("status") != "READY":
        return f"no worker of the pool '{pool}' is online (qhub status)"
    here: dict[str, Any] = {"work_pools": {"name": {"any_": [pool]}}}
    if _is_full(client, about.get("concurrency_limit"), here):
        return _limit(f"of the work pool '{pool}'", about["concurrency_limit"])
    here |= {"work_pool_queues": {"name": {"any_": [queue]}}}
    if _is_full(client, line.get("concurrency_limit"), here):
        return _limit(f"of the work queue '{queue}'", line["concurrency_limit"])
    return ""


def _of_limit(client: SyncPrefectClient, found: Mapping[str, Any]) -> str:
    if not found.get("deployment_id"):
        return ""
    about = _get(client, "/deployments/{id}", id=found["deployment_id"])
    limit = about.get("global_concurrency_limit") or {}
    if not limit or limit["active_slots"] < limit["limit"]:
        return ""
    return _limit("of its deployment", limit["limit"])


def _is_full(client: SyncPrefectClient, limit: int | None, where: Mapping[str, Any]) -> bool:
    if limit is None:
        return False
    body = {**where, "flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING"]}}}}
    count: int = client.request("POST", "/flow_runs/count", json=body).json()
    return count >= limit


def _limit(where: str, limit: int) -> str:
    runs = "1 run" if limit == 1 else f"{limit} runs"
    return f"the limit {where}, {runs} at a time, is reached"


def _get(client: SyncPrefectClient, path: str, **names: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.request("GET", path, path_params=names).json()  # type: ignore[arg-type] # a path of the list that Prefect's types spell out
    return answer
