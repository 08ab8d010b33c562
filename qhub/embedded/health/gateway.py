"""What Dask Gateway says: whether it works, and which clusters there are.

A user of the gateway sees its own clusters only, and an agent is a user: so each is asked for.
Source: dask_gateway_server 2026.3, routes.py, as its client uses them.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qhub.embedded.health.model import Cluster, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from http.cookiejar import CookieJar

    import httpx

__all__ = ["Seen", "look"]

_ALIVE = ("PENDING", "RUNNING", "STOPPING")
_PENDING_SECONDS = 60
_SHORT = 8
"""Characters of a cluster's name that people need to tell it from others."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How the gateway does; clusters of None are unknown."""

    answer: Literal["works", "absent", "silent", "refusing"]
    detail: str
    clusters: tuple[Cluster, ...] | None = None
    problems: tuple[Problem, ...] = ()
    hint: str = ""


def look(address: str, password: str, agents: Sequence[str], *, timeout_seconds: float) -> Seen:
    """Ask the gateway at the address of its clients, and the scheduler of each cluster."""
    import httpx

    client = httpx.Client(
        timeout=timeout_seconds, trust_env=False, base_url=address, cookies=_no_cookies()
    )
    with client, ThreadPoolExecutor(8) as pool:
        try:
            client.get("/api/health").raise_for_status()
            answers = pool.map(lambda agent: _clusters(client, agent, password), agents)
            reports = [report for found in answers for report in found]
        except httpx.HTTPStatusError as error:
            return Seen("refusing", f"it answers {error.response.status_code}")
        except httpx.ConnectError:
            return Seen("absent", f"nobody listens at {address}")
        except (httpx.HTTPError, ValueError):
            return Seen("silent", f"it does not answer at {address}")
        workers = list(pool.map(lambda report: _workers(client, report), reports))
    clusters = tuple(map(_cluster, reports, workers, [address] * len(reports)))
    problems = tuple(p for cluster in clusters if (p := _problem(cluster)) is not None)
    return Seen("works", "", clusters, problems)


def _no_cookies() -> CookieJar:
    """Return a jar that keeps nothing: the gateway believes the cookie of another agent first."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _clusters(client: httpx.Client, agent: str, password: str) -> list[dict[str, Any]]:
    """Return the reports of the clusters of one user that are not at their end."""
    answer = client.get("/api/v1/clusters/", auth=(agent, password))
    answer.raise_for_status()
    reports: Mapping[str, dict[str, Any]] = answer.json()
    return [report | {"user": agent} for report in reports.values() if report["status"] in _ALIVE]


def _workers(client: httpx.Client, report: Mapping[str, Any]) -> int | None:
    """Return how many workers a cluster's scheduler has; None where it does not answer."""
    import httpx

    if report["status"] != "RUNNING":
        return None
    try:
        answer = client.get(f"/clusters/{report['name']}/json/counts.json")
        answer.raise_for_status()
        return int(answer.json()["workers"])
    except (httpx.HTTPError, ValueError, KeyError):
        return None


def _cluster(report: Mapping[str, Any], workers: int | None, address: str) -> Cluster:
    started = report["start_time"]
    route = report["dashboard_route"]
    return Cluster(
        name=report["name"],
        user=report["user"],
        flow=_flow(report["options"]),
        status=report["status"].lower(),
        workers=workers,
        age_seconds=None if started is None else round(time.time() - started / 1000, 1),
        dashboard=f"{address}{route}" if route else None,
    )


def _flow(options: Mapping[str, Any] | None) -> str:
    """Return the flow of the sharing key; empty of a cluster that is one run's own."""
    return str((options or {}).get("flow") or "")


def _problem(cluster: Cluster) -> Problem | None:
    name = f"cluster/{cluster.name[:_SHORT]}"
    stop = f"`qhub dask stop {cluster.name}` ends it; the next run makes another"
    if cluster.status == "running" and cluster.workers is None:
        return Problem(name, f"its scheduler does not answer (agent {cluster.user})", stop)
    if cluster.status == "pending" and (cluster.age_seconds or 0) > _PENDING_SECONDS:
        return Problem(name, f"it does not start since {cluster.age_seconds:.0f} s", stop)
    return None
