"""What the platform says of itself in Prefect's variables, and the places of its work pools."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from qhub.flows.connection import pages
from qhub.flows.errors import ApiError, NotFoundError, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["Place", "Platform", "Profile", "place", "read"]

VERSION = 1
"""Of the form of the variables; a newer one is not ours to read."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A size with a name: of flow runs (job variables), or of Dask workers (cores, memory).

    `memory` and `memory_limit` are quantities as Kubernetes writes them: "512Mi", "4G".
    """

    name: str
    kind: Literal["flow_run", "dask_worker"]
    default: bool = False
    job_variables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    cores: float | None = None
    cores_limit: float | None = None
    memory: str | None = None
    memory_limit: str | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """`storage` is where archives of code go; `provider` is empty where none was published."""

    project: str
    namespace: str
    provider: str
    pools: tuple[str, ...]
    storage: str | None
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A work pool with one of its queues, and which job variables its runs take."""

    pool: str
    queue: str
    variables: Mapping[str, Any]
    """JSON Schema of the job variables."""


def read(client: SyncPrefectClient) -> Platform:
    """Return the platform; one that published nothing has the server's pools and no profile."""
    body = {"variables": {"name": {"like_": "qhub_"}}}
    found = {item["name"]: item["value"] for item in pages(client, "/variables/filter", body)}
    for name, value in found.items():
        if value.get("version", VERSION) > VERSION:
            raise ApiError(
                f"the platform's variable '{name}' is of a newer QHub",
                hint="install the version of qhub that deployed the platform",
            )
    about = found.get("qhub_platform", {})
    profiles = (_profile(name, value) for name, value in sorted(found.items()))
    return Platform(
        project=about.get("project", ""),
        namespace=about.get("namespace", ""),
        provider=about.get("provider", ""),
        pools=tuple(about.get("pools", ())),
        storage=about.get("storage"),
        profiles=tuple(profile for profile in profiles if profile),
    )


def place(
    client: SyncPrefectClient, platform: Platform, *, pool: str | None, queue: str | None
) -> Place:
    """Return where runs wait: a queue alone finds its pool, a pool alone its default queue.

    With neither it is the default queue of the platform's first pool.
    """
    pools = {item["name"]: item for item in pages(client, "/work_pools/filter", {})}
    if pool is not None and pool not in pools:
        raise not_found("work pool", pool, pools)
    if not pools:
        raise NotFoundError("there is no work pool", hint="does the platform run (qhub status)?")
    if queue is None or queue == "default":
        chosen, queue = pool or _first(platform, pools), "default"
    else:
        chosen = _pool_of(client, queue, pool)
    template = pools[chosen].get("base_job_template") or {}
    return Place(chosen, queue, template.get("variables") or {})


def _pool_of(client: SyncPrefectClient, queue: str, pool: str | None) -> str:
    found = pages(client, "/work_queues/filter", {})
    queues = [item for item in found if pool in (None, item["work_pool_name"])]
    holders = sorted({item["work_pool_name"] for item in queues if item["name"] == queue})
    if len(holders) > 1:
        raise NotFoundError(
            f"the work queue '{queue}' is in several work pools: {', '.join(holders)}",
            hint="name the pool, too",
        )
    if not holders:
        where = f"in the pool '{pool}'" if pool else ""
        raise not_found("work queue", queue, {item["name"] for item in queues}, where=where)
    return str(holders[0])


def _first(platform: Platform, pools: Mapping[str, Any]) -> str:
    """Return the pool of those who name none; Prefect's own are only for those who ask."""
    for name in platform.pools:
        if name in pools:
            return name
    return sorted(pools)[0]


def _profile(variable: str, value: Mapping[str, Any]) -> Profile | None:
    if variable.startswith("qhub_profile_"):
        return Profile(
            value["name"],
            "flow_run",
            default=value.get("default", False),
            job_variables=value.get("job_variables", {}),
        )
    if variable.startswith("qhub_dask_profile_"):
        return Profile(
            value["name"],
            "dask_worker",
            default=value.get("default", False),
            cores=value.get("cores"),
            cores_limit=value.get("cores_limit"),
            memory=value.get("memory"),
            memory_limit=value.get("memory_limit"),
            threads=value.get("threads"),
        )
    return None
