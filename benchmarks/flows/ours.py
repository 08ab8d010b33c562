"""Flows of the benchmark for QHub's platform: as people write them with qhub.flows."""

from __future__ import annotations

from prefect import flow, task

from qhub.flows import cluster, dask_task_runner


@flow
def trivial() -> int:
    """End at once: what is measured is the way there."""
    return 1


@task
def double(number: int) -> int:
    """Return twice a number."""
    return 2 * number


@flow(task_runner=dask_task_runner(workers=2))
def shared() -> int:
    """Spread tasks over the cluster that all runs of this flow share."""
    return sum(double.map(range(4)).result())


@flow
def temporary() -> int:
    """Make a cluster with two workers, use it, and remove it."""
    with cluster(workers=2) as client:
        return sum(client.gather(client.map(abs, range(4))))
