"""When workers last told Prefect that they live, where Prefect's API can be reached from here.

A server inside the cluster often cannot; then a pod that is ready has to be enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote

from qhub.cluster.errors import ForbiddenError
from qhub.cluster.prefect_api import UNKNOWN, ask

if TYPE_CHECKING:
    from qhub.cluster.client import Cluster
    from qhub.platform.model import Agent

__all__ = ["Heartbeat", "heartbeat"]

_LATE = timedelta(seconds=180)
"""Prefect itself takes a worker for gone after 90 s."""
_YOUNG = timedelta(seconds=30)
"""A worker is ready before it has told Prefect of itself for the first time."""
_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The newest of a pool's workers; `problem` and `hint` where Prefect tells of trouble."""

    at: datetime | None = None
    problem: str = ""
    hint: str = ""


def heartbeat(cluster: Cluster, agent: Agent, *, ready: datetime | None = None) -> Heartbeat:
    """Ask Prefect's API; raises `ClusterError` where the cluster does not give the token.

    `ready` is since when its pods are: who just began is not blamed for silence.
    """
    url = agent.api.url
    if agent.generation != "worker" or not url:
        return Heartbeat()
    try:
        path = f"work_pools/{quote(agent.name)}/workers/filter"
        newest = _newest(ask(cluster, agent, path, {}))
    except ForbiddenError:
        return Heartbeat()
    except HTTPError as error:
        return _refused(error.code, url, agent)
    except UNKNOWN:  # out of reach, or something else answers
        return Heartbeat()
    found = _judged(newest, agent)
    is_young = ready is not None and datetime.now(UTC) - ready < _YOUNG
    return Heartbeat(found.at) if is_young else found


def _newest(workers: Any) -> datetime | None:
    """Return when the worker that was heard of last was heard of."""
    said = (worker["last_heartbeat_time"] for worker in workers)
    times = (datetime.fromisoformat(moment).astimezone(UTC) for moment in said if moment)
    return max(times, default=None)


def _judged(newest: datetime | None, agent: Agent) -> Heartbeat:
    if newest is None:
        return Heartbeat(
            problem=f"Prefect knows no worker of work pool '{agent.name}'",
            hint=f"`qhub logs agent/{agent.name}` tells what it does instead",
        )
    if datetime.now(UTC) - newest < _LATE:
        return Heartbeat(newest)
    return Heartbeat(
        newest,
        f"Prefect has not heard of it since {newest:%Y-%m-%d %H:%M:%S} UTC",
        f"`qhub logs agent/{agent.name}` tells why; without its pod, a new one is started",
    )


def _refused(code: int, url: str, agent: Agent) -> Heartbeat:
    if code in _REFUSED:
        return Heartbeat(
            problem=f"Prefect's API {url} refuses its token ({code})",
            hint="check where the token comes from (agents[].token, TF_VAR_prefect_token), then "
            "run `qhub deploy`",
        )
    if code == 404:
        return Heartbeat(
            problem=f"Prefect's API {url} has no work pool '{agent.name}'",
            hint="delete its pod: a new one makes the pool when it starts",
        )
    return Heartbeat()
