"""Tells Prefect of the platform: pools and queues, limits, automations, variables.

Everything is compared first; only differences are written. What QHub made carries a mark, and
only such things are ever removed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from qhub.embedded.automations import CONCURRENCY_LIMIT, PREFIX, automations, holds
from qhub.embedded.errors import ApiError, DeployFailedError
from qhub.embedded.marks import HELD_BACK, MARK, is_held_back, is_ours, users, uses
from qhub.embedded.runs.template import base_job_template
from qhub.platform.published import too_long, variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qhub.embedded.api import Api
    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["Published", "pause", "pools", "rest", "resume"]

_NOT_FOUND = 404
_VARIABLES = "qhub_"


@dataclass(frozen=True, slots=True)
class Published:
    """What was told: names of what was made or changed, and notes for the user."""

    changed: tuple[str, ...]
    notes: tuple[str, ...]


def pools(api: Api, layout: Layout) -> Published:
    """Make the pool of each agent, with its queues: what a worker needs to begin."""
    platform = json.loads((layout.config / "platform.json").read_bytes())
    changed: list[str] = []
    for pool in platform["pools"]:
        agent = json.loads((layout.config / "agents" / f"{pool['name']}.json").read_bytes())
        changed += _pool(api, pool, agent["job_variables"])
        changed += _queues(api, pool["name"], pool["queues"])
    return Published(tuple(changed), ())


def rest(
    api: Api, layout: Layout, platform: Platform, *, gateway: Mapping[str, str] | None
) -> Published:
    """Tell everything else, and remove what the platform has no longer."""
    known = json.loads((layout.config / "platform.json").read_bytes())
    storage = known["storage"] or f"file://{layout.flows}"
    wanted = variables(platform, gateway=gateway, storage=storage)
    long = dict(too_long(wanted))
    changed = [
        *_limit(api),
        *_automations(api),
        *_variables(api, {name: value for name, value in wanted.items() if name not in long}),
    ]
    notes = [
        f"Prefect's variable {name} would hold {length} characters, more than Prefect takes; "
        "it is left out"
        for name, length in long.items()
    ]
    left = {pool["name"]: pool["queues"] for pool in known["pools"]}
    for what, note in _retired(api, left):
        changed.append(what)
        notes += [note] if note else []
    return Published(tuple(changed), tuple(notes))


def pause(api: Api) -> Iterator[dict[str, Any]]:
    """Hold back the runs of our pools, until the next deploy or `resume`; yield the pools.

    The description says who did it: what a user paused stays paused.
    """
    for pool in list(api.every("/work_pools/filter")):
        if is_ours(pool) and not pool["is_paused"]:
            yield pool
            _pause(api, f"/work_pools/{pool['name']}", pool)


def resume(api: Api, pools: Iterable[Mapping[str, Any]]) -> None:
    """Let runs of pools start again, that were as these are when they were held back."""
    for pool in pools:
        resumed = {"is_paused": False, "description": pool["description"]}
        api.patch(f"/work_pools/{pool['name']}", resumed)


def _pause(api: Api, path: str, thing: Mapping[str, Any]) -> None:
    description = thing["description"].rstrip(".") + HELD_BACK
    api.patch(path, {"is_paused": True, "description": description})


def _pool(api: Api, pool: Mapping[str, Any], defaults: Mapping[str, str | None]) -> Iterator[str]:
    name = pool["name"]
    wanted = {
        "description": f"{MARK} for the agent {name}.",
        "base_job_template": base_job_template(defaults),
        "concurrency_limit": pool["concurrency_limit"],
    }
    found = _get(api, f"/work_pools/{name}")
    if found is None:
        api.post("/work_pools/", {"name": name, "type": "process", **wanted})
        yield f"pool {name}"
    elif found["type"] != "process":
        raise DeployFailedError(
            f"Prefect has a work pool '{name}' of type '{found['type']}' already",
            hint="rename the agent, or delete that pool on Prefect's page",
        )
    elif any(found[key] != value for key, value in wanted.items()):
        resumed = {"is_paused": False} if is_held_back(found) else {}
        api.patch(f"/work_pools/{name}", wanted | resumed)
        yield f"pool {name}"


def _queues(api: Api, pool: str, wanted: list[str]) -> Iterator[str]:
    """Make the queues that are missing; `default` comes with the pool."""
    found = {queue["name"]: queue for queue in _queues_of(api, pool)}
    description = f"{MARK}."
    for name in wanted:
        if name not in found:
            api.post(f"/work_pools/{pool}/queues", {"name": name, "description": description})
        elif is_held_back(found[name]):
            resumed = {"is_paused": False, "description": description}
            api.patch(f"/work_pools/{pool}/queues/{quote(name, safe='')}", resumed)
        else:
            continue
        yield f"queue {pool}/{name}"


def _queues_of(api: Api, pool: str) -> list[dict[str, Any]]:
    return list(api.every(f"/work_pools/{pool}/queues/filter"))


def _limit(api: Api) -> Iterator[str]:
    wanted = {"limit": 1, "active": True}
    path = f"/v2/concurrency_limits/{CONCURRENCY_LIMIT}"
    found = _get(api, path)
    if found is None:
        api.post("/v2/concurrency_limits/", {"name": CONCURRENCY_LIMIT, **wanted})
        yield f"concurrency limit {CONCURRENCY_LIMIT}"
    elif not holds(found, wanted):
        api.patch(path, wanted)
        yield f"concurrency limit {CONCURRENCY_LIMIT}"


def _automations(api: Api) -> Iterator[str]:
    found = {
        automation["name"]: automation
        for automation in api.every("/automations/filter")
        if automation["name"].startswith(PREFIX)
    }
    for wanted in automations():
        name = wanted["name"]
        have = found.pop(name, None)
        if have is None:
            api.post("/automations/", wanted)
        elif holds(have, wanted):
            continue
        else:
            api.put(f"/automations/{have['id']}", wanted)
        yield f"automation '{name}'"
    for name, old in found.items():
        api.delete(f"/automations/{old['id']}")
        yield f"automation '{name}'"


def _variables(api: Api, wanted: Mapping[str, Any]) -> Iterator[str]:
    found = {
        variable["name"]: variable["value"]
        for variable in api.every("/variables/filter")
        if variable["name"].startswith(_VARIABLES)
    }
    for name, value in wanted.items():
        if name not in found:
            api.post("/variables/", {"name": name, "value": value, "tags": ["qhub"]})
        elif found[name] != value:
            api.patch(f"/variables/name/{name}", {"value": value})
        else:
            continue
        yield f"variable {name}"
    for name in sorted(found.keys() - wanted.keys()):
        api.delete(f"/variables/name/{name}")
        yield f"variable {name}"


def _retired(api: Api, left: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Remove pools and queues of ours that are wanted no longer; pause those in use.

    Yields what was done, and a note where deployments still point there.
    """
    for pool in api.every("/work_pools/filter"):
        name = pool["name"]
        path = f"/work_pools/{name}"
        if name in left:
            yield from _retired_queues(api, name, (*left[name], "default"))
        elif is_ours(pool):
            yield from _retire(api, f"pool {name}", path, pool, users(name))


def _retired_queues(api: Api, pool: str, left: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for queue in _queues_of(api, pool):
        name = queue["name"]
        if name not in left and is_ours(queue):
            path = f"/work_pools/{pool}/queues/{quote(name, safe='')}"
            yield from _retire(api, f"queue {pool}/{name}", path, queue, users(pool, name))


def _retire(
    api: Api, what: str, path: str, thing: Mapping[str, Any], used: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if not (deployments := api.post("/deployments/count", used)):
        api.delete(path)
        yield what, ""
    elif not is_held_back(thing):
        _pause(api, path, thing)
        yield what, f"{what} is in the config no longer, but {uses(deployments)}: it is paused"


def _get(api: Api, path: str) -> Any:
    """Return what a path holds, None where there is nothing."""
    try:
        return api.get(path)
    except ApiError as error:
        if error.http_status != _NOT_FOUND:
            raise
        return None
