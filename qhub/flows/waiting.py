"""Waits for a cluster's workers, and says meanwhile what holds them up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.flows.dask_errors import ClusterError, GatewayAwayError, WorkersPendingError
from qhub.flows.gateway import describe, failures
from qhub.flows.patience import patiently
from qhub.flows.scheduler import workers_of

if TYPE_CHECKING:
    from logging import Logger, LoggerAdapter

    from dask_gateway import Gateway, GatewayCluster

    from qhub.flows.gateway import Access, Workers

__all__ = ["failed_start", "wait_for_workers"]

_PERIOD = 0.25
_ASK_AFTER = 3.0
_TELL_AFTER = 5.0
_TELL_AGAIN = 20.0
_HINT = "'qhub logs gateway' and 'qhub dask list' show more"


@dataclass(frozen=True, slots=True)
class _Waiting:
    cluster: GatewayCluster
    gateway: Gateway
    access: Access
    wanted: int

    def reason(self, have: int, told: Workers | None) -> str:
        """Return what is known of why workers are missing, when there are `have`."""
        states = told.states if told else ()
        total = max(self.wanted, len(states))  # others may use the cluster, too
        lines = [f"{have} of {total} Dask workers are there"]
        if told is None:
            lines.append("the gateway does not tell why")
        else:
            # The gateway learns late that a worker has come.
            starting = [state for state in states if state != "running"][: total - have]
            if starting:
                verb = "is" if len(starting) == 1 else "are"
                lines.append(f"{len(starting)} {verb} {', '.join(sorted(set(starting)))}")
            if told.failures:
                lines.append(f"{told.failures} ended while they started")
        text = "; ".join(lines)
        return text + _quoted(told)


def wait_for_workers(
    cluster: GatewayCluster,
    gateway: Gateway,
    access: Access,
    *,
    wanted: int,
    timeout: float,
    log: Logger | LoggerAdapter[Any],
) -> None:
    """Return when `wanted` workers are there; tells the reason as long as they are not.

    Raises `WorkersPendingError` after `timeout` seconds, `ClusterError` when the cluster fails.
    """
    waiting = _Waiting(cluster, gateway, access, wanted)
    started = time.monotonic()
    ask, tell, said = started + _ASK_AFTER, started + _TELL_AFTER, ""
    while (have := workers_of(cluster)) < wanted:
        now = time.monotonic()
        if now >= min(ask, started + timeout):
            ask = now + 1
            reason = waiting.reason(have, _told(waiting))
            if now - started >= timeout:
                raise WorkersPendingError(f"after {timeout:g} s {reason}", hint=_HINT)
            if now >= tell and (reason != said or now >= tell + _TELL_AGAIN):
                log.warning("Waiting for Dask workers: %s", reason)
                tell, said = now, reason
        time.sleep(_PERIOD)


def failed_start(name: str, access: Access) -> ClusterError:
    """Return the error of a cluster that did not start, with what its process said last."""
    told = patiently(access, lambda: describe(name, access))
    return ClusterError(f"the Dask cluster {name} ended{_quoted(told)}", hint=_HINT)


def _told(waiting: _Waiting) -> Workers | None:
    """Return what the gateway tells of a cluster that lives, None while it is away itself."""
    from dask_gateway.client import ClusterStatus

    try:
        with failures(waiting.access):
            report = waiting.gateway.get_cluster(waiting.cluster.name)
        told = describe(waiting.cluster.name, waiting.access)
    except GatewayAwayError:
        return None
    if report.status not in (ClusterStatus.PENDING, ClusterStatus.RUNNING):
        raise failed_start(waiting.cluster.name, waiting.access)
    return told


def _quoted(told: Workers | None) -> str:
    if told is None or not told.last_lines:
        return ""
    return "; the last lines of one:\n  " + "\n  ".join(told.last_lines)
