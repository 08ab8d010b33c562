"""Deployments as Prefect's server keeps them: found, compared, created and brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qhub.flows import schedules
from qhub.flows.connection import pages
from qhub.flows.errors import NotFoundError, not_found

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["Change", "change", "every", "find", "flow_names", "names"]

_SHOWN = {
    "entrypoint": "code",
    "pull_steps": "code",
    "version": "version",
    "parameter_openapi_schema": "parameters",
    "enforce_parameter_schema": "parameters",
    "parameters": "parameters",
    "work_pool_name": "work pool",
    "work_queue_name": "work queue",
    "job_variables": "job variables",
    "concurrency_limit": "concurrency",
    "concurrency_options": "concurrency",
}
"""What a changed field is called; the others by themselves."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a deployment, and what differed."""

    id: str
    action: Literal["created", "updated", "unchanged"]
    changed: tuple[str, ...] = ()


def change(
    client: SyncPrefectClient,
    flow: str,
    body: Mapping[str, Any],
    wanted: Sequence[schedules.Schedule],
) -> Change:
    """Create or update the deployment of a flow, if anything in it differs.

    A schedule that is there already stays active or not, as somebody left it.
    """
    there = _of_name(client, flow, body["name"])
    changed = _differences(body, wanted, there) if there else ()
    if there and not changed:
        return Change(there["id"], "unchanged")
    full = {
        **body,
        "flow_id": str(client.create_flow_from_name(flow)),
        "schedules": [_schedule(item, there) for item in wanted],
    }
    answer = client.request("POST", "/deployments/", json=full).json()
    return Change(answer["id"], "updated" if there else "created", changed)


def find(client: SyncPrefectClient, name: str) -> dict[str, Any]:
    """Return the deployment that "flow/name" names, or "flow" where it has but one.

    "flow" comes with it, as the flow's name.
    """
    known = dict(every(client))
    if name in known:
        return known[name]
    of_flow = [full for full in known if names(name, full)]
    if len(of_flow) > 1:
        raise NotFoundError(
            f"the flow '{name}' has several deployments", hint=f"name one: {', '.join(of_flow)}"
        )
    if of_flow:
        return known[of_flow[0]]
    raise _unknown(name, known)


def _unknown(name: str, known: Collection[str]) -> NotFoundError:
    """Return the error of a flow that is not deployed; flows of one deployment go by themselves."""
    flows = [full.rpartition("/")[0] for full in known]
    listed = [
        full if flows.count(flow) > 1 or "/" in name else flow
        for full, flow in zip(known, flows, strict=True)
    ]
    error = not_found("deployed flow", name, listed, plural="deployed flows")
    if not listed:
        error = NotFoundError(str(error), hint="nothing is deployed yet: qhub flow deploy FILE")
    return error


def names(given: str, full: str) -> bool:
    """Tell whether a user means the deployment "flow/name": by all of it, or by the flow.

    Prefect calls the flow of the function `load_trips` "load-trips"; both are understood.
    """
    flow = full.rpartition("/")[0]
    return given in (full, flow) or given.replace("_", "-") in (full, flow)


def every(client: SyncPrefectClient) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all deployments with their names, "flow/deployment", in order of these."""
    flows = flow_names(client)
    found = list(pages(client, "/deployments/filter", {"sort": "NAME_ASC"}))
    named = {f"{flows.get(item['flow_id'], '?')}/{item['name']}": item for item in found}
    for name in sorted(named):
        yield name, {**named[name], "flow": name.rpartition("/")[0]}


def flow_names(client: SyncPrefectClient) -> dict[str, str]:
    """Return the names of all flows by their ids."""
    return {item["id"]: item["name"] for item in pages(client, "/flows/filter", {})}


def _of_name(client: SyncPrefectClient, flow: str, name: str) -> dict[str, Any] | None:
    body = {"deployments": {"name": {"any_": [name]}}, "flows": {"name": {"any_": [flow]}}}
    return next(pages(client, "/deployments/filter", body), None)


def _differences(
    body: Mapping[str, Any], wanted: Sequence[schedules.Schedule], there: Mapping[str, Any]
) -> tuple[str, ...]:
    limit = there.get("global_concurrency_limit") or {}
    options = there.get("concurrency_options") or {}
    strategy = {"collision_strategy": options.get("collision_strategy")} if options else None
    now = {
        **there,
        "tags": sorted(there.get("tags") or ()),
        "concurrency_limit": limit.get("limit"),
        "concurrency_options": strategy,
    }
    new = {**body, "tags": sorted(body["tags"])}
    changed = [_SHOWN.get(key, key) for key, value in new.items() if value != now.get(key)]
    if not _same_schedules(wanted, there.get("schedules") or ()):
        changed.append("schedule")
    return tuple(dict.fromkeys(changed))


def _same_schedules(
    wanted: Sequence[schedules.Schedule], there: Sequence[Mapping[str, Any]]
) -> bool:
    rest = [item["schedule"] for item in there]
    for schedule in wanted:
        found = next((spec for spec in rest if schedules.same(schedule.spec, spec)), None)
        if found is None:
            return False
        rest.remove(found)
    return not rest


def _schedule(wanted: schedules.Schedule, there: Mapping[str, Any] | None) -> dict[str, Any]:
    known = there.get("schedules") or () if there else ()
    same = (item for item in known if schedules.same(wanted.spec, item["schedule"]))
    return {"schedule": wanted.spec, "active": all(item["active"] for item in same)}
