"""Publish the platform as Prefect variables: whoever registers flows needs Prefect's API alone.

Runs in the agent's image, as a part of work_pool.py. Doing it again changes nothing. One API may
serve several platforms: the first one publishes itself, the others leave that alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient  # noqa: TID253  runs in the agent's image
from prefect.exceptions import ObjectNotFound  # noqa: TID253

PLATFORM = "qhub_platform"
TAG = "qhub"
PREFIX = "qhub_"
PAGE = 200
REFUSED = (400, 401, 403, 404, 405, 422)


async def publish(client: PrefectClient, wanted: dict[str, Any]) -> list[str]:
    """Make the variables what is wanted, by name; return what was done, a line each.

    An API that refuses is told and no more: an agent works without. Of two at once, one
    may be refused with status 409, which its next try mends.
    """
    try:
        return await changed(client, wanted)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        if status not in REFUSED:
            raise
        return [
            f"Prefect variables: not published, the API refused it (status {status}); "
            "without them, qhub.flows knows no profiles"
        ]


async def changed(client: PrefectClient, wanted: dict[str, Any]) -> list[str]:
    """Compare first, and write what differs; qhub_platform, by which others tell whose, first."""
    found = await read(client)
    other = owner(found.get(PLATFORM, {}).get("value"))
    if other not in (None, owner(wanted[PLATFORM])):
        project, namespace = other or ("", "")
        return [
            f"Prefect variables: those of the platform '{project}' in namespace '{namespace}' "
            f"stay; delete the variable {PLATFORM} to have this one's"
        ]
    lines = []
    for name in sorted(wanted, key=lambda name: (name != PLATFORM, name)):
        if name not in found:
            body = {"name": name, "value": wanted[name], "tags": [TAG]}
            await client.request("POST", "/variables/", json=body)
            lines.append(f"Prefect variable '{name}': created")
        elif found[name]["value"] != wanted[name]:
            await client.request(
                "PATCH",
                "/variables/name/{name}",
                path_params={"name": name},
                json={"value": wanted[name]},
            )
            lines.append(f"Prefect variable '{name}': updated")
    for name in sorted(found.keys() - wanted.keys()):
        if TAG in found[name]["tags"]:
            with suppress(ObjectNotFound):  # another start was faster
                await client.delete_variable_by_name(name)
            lines.append(f"Prefect variable '{name}': removed")
    return lines or ["Prefect variables: unchanged"]


async def read(client: PrefectClient) -> dict[str, dict[str, Any]]:
    """Return all variables of platforms by name."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        body = {
            "variables": {"name": {"like_": PREFIX}},
            "limit": PAGE,
            "offset": len(found),
            "sort": "NAME_ASC",
        }
        answer = await client.request("POST", "/variables/filter", json=body)
        page = answer.json()
        found |= {each["name"]: each for each in page}
        if len(page) < PAGE:
            return {name: each for name, each in found.items() if name.startswith(PREFIX)}


def owner(value: Any) -> tuple[str, str] | None:
    """Return project and namespace of the platform that a value describes; None of none."""
    if not isinstance(value, dict):
        return None
    return str(value.get("project")), str(value.get("namespace"))
