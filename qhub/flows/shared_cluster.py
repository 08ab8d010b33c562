"""The one cluster that all runs of a flow share: found, or made by the first that needs it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from qhub.flows.code_on_dask import code_of_run
from qhub.flows.dask_errors import ClusterError
from qhub.flows.gateway import access, connect, describe, failures
from qhub.flows.new_cluster import attach, submit
from qhub.flows.patience import patiently
from qhub.flows.run_context import flow_name, log
from qhub.flows.scale import Scale
from qhub.flows.scheduler import is_alive, workers_of
from qhub.flows.waiting import wait_for_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dask_gateway import Gateway, GatewayCluster

    from qhub.flows.gateway import Access

__all__ = ["LIMIT", "key", "shared_cluster"]

LIMIT = "qhub-dask-cluster"
"""Prefect's global concurrency limit that is held while a cluster is looked for and made."""
_LEASE_SECONDS = 60
"""The shortest that Prefect takes; a holder that dies keeps others waiting no longer."""
_TRIES = 3


@contextmanager
def shared_cluster(
    *,
    profile: str | None,
    minimum: int,
    maximum: int,
    idle_timeout: float | None,
    timeout: float,
) -> Iterator[GatewayCluster]:
    """Yield the running cluster of this flow; it stays when the block ends.

    The task runner calls it by its name with plain values: those travel with the run's context.
    """
    to, note = access(), log()
    with connect(to) as gateway:
        with failures(to):
            cluster = _find_or_make(gateway, to, profile=profile, idle_timeout=idle_timeout)
        with cluster:
            with failures(to):
                told = patiently(to, lambda: describe(cluster.name, to))
                wanted, present = Scale(minimum, maximum).within(told, note), workers_of(cluster)
                patiently(to, lambda: wanted.apply(cluster, present=present))
                wait_for_workers(cluster, gateway, to, wanted=1, timeout=timeout, log=note)
            yield cluster


def key() -> str:
    """Return what runs share a cluster by: the flow's name, its code, and its agent's settings.

    A cluster has the secrets and variables of its start: after a deploy that changed them, runs
    have a QHUB_REVISION of their own, and the old cluster ends when it is idle.
    """
    code = code_of_run()
    revision = os.environ.get("QHUB_REVISION", "")
    shared = f"{flow_name() or 'no flow'}@{code.digest[:16] if code else 'no code'}"
    return f"{shared}.{revision}" if revision else shared


def _find_or_make(
    gateway: Gateway, to: Access, *, profile: str | None, idle_timeout: float | None
) -> GatewayCluster:
    flow, note = key(), log()
    for last in (*[False] * (_TRIES - 1), True):
        name, how = _living(gateway, to, flow, profile), "found"
        if name is None:
            with _guarded():
                name, how = _living(gateway, to, flow, profile), "made by another run"
                if name is None:  # it is listed from the next line on: the guard may end
                    name, how = (
                        submit(
                            gateway,
                            to,
                            flow=flow,
                            profile=profile,
                            idle_timeout=idle_timeout,
                            owned=False,
                        ),
                        "made",
                    )
        try:
            cluster = attach(gateway, to, name)
        except ClusterError:
            if last:
                raise
        else:
            note.info("Dask cluster %s is %s: %s", name, how, cluster.dashboard_link)
            return cluster
    raise AssertionError


def _living(gateway: Gateway, to: Access, flow: str, profile: str | None) -> str | None:
    """Return the name of the flow's cluster; one that is dead is stopped."""
    active = ["pending", "running"]
    for report in patiently(to, lambda: gateway.list_clusters(status=active)):
        if report.options.get("flow") != flow:
            continue
        if profile is not None and report.options.get("profile") != profile:
            continue
        if is_alive(gateway, to, report.name):
            return str(report.name)
        log().warning("Dask cluster %s does not answer, it is replaced", report.name)
        patiently(to, partial(gateway.stop_cluster, report.name))
    return None


@contextmanager
def _guarded() -> Iterator[None]:
    """Hold the limit, so that two runs that start together do not both make a cluster."""
    from prefect.concurrency.sync import concurrency
    from prefect.exceptions import ObjectAlreadyExists

    from qhub.flows.connection import connect as to_prefect

    with to_prefect() as client:
        if LIMIT not in {limit.name for limit in client.read_global_concurrency_limits()}:
            with suppress(ObjectAlreadyExists):  # made by another run at this moment
                client.upsert_global_concurrency_limit_by_name(LIMIT, 1)
    with concurrency(LIMIT, lease_duration=_LEASE_SECONDS, strict=True):
        yield
