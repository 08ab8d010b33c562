"""The same flows for Prefect's own worker on a bare server, as its documentation shows them."""

from __future__ import annotations

import os

from prefect import flow, task
from prefect_dask import DaskTaskRunner


@flow
def trivial() -> int:
    """End at once: what is measured is the way there."""
    return 1


@task
def double(number: int) -> int:
    """Return twice a number."""
    return 2 * number


@flow(task_runner=DaskTaskRunner(address=os.environ.get("BENCH_SCHEDULER")))
def shared() -> int:
    """Spread tasks over a scheduler that runs already."""
    return sum(double.map(range(4)).result())


@flow
def temporary() -> int:
    """Make a cluster with two workers, use it, and remove it."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1) as cluster, Client(cluster) as client:
        return sum(client.gather(client.map(abs, range(4))))
