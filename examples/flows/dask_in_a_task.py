"""Dask inside a task: a table too large for one process, on a cluster that is gone afterwards.

qhub connect -- python examples/flows/dask_in_a_task.py    deploys it
qhub flow run dask-in-a-task                                runs it
"""

import dask.dataframe as dd
import pandas as pd
from prefect import flow, get_run_logger, task
from trips import as_table, by_zone, trips

from qhub.flows import cluster


@task
def summary(months: int, rows: int) -> pd.DataFrame:
    """Sum up all months at once; the partitions are made where they are used, on the workers."""
    with cluster(workers=2):
        frame = dd.from_map(trips, range(months), rows=rows)
        sums = frame.map_partitions(by_zone).compute()  # runs on the cluster
    return sums.groupby(level=0, observed=False).sum()


@flow(name="dask-in-a-task")
def dask_in_a_task(months: int = 12, rows: int = 50_000) -> dict[str, int]:
    """Return how many trips began in each zone."""
    total = summary(months, rows)
    get_run_logger().info("%d months of trips by zone\n%s", months, as_table(total))
    return {str(zone): int(count) for zone, count in total["trips"].items()}


if __name__ == "__main__":
    from qhub.flows import deploy

    deploy(dask_in_a_task)
