"""Tasks on Dask: each task of the flow runs on a cluster that all runs of the flow share.

qhub connect -- python examples/flows/tasks_on_dask.py     deploys it
qhub flow run tasks-on-dask                                 runs it
"""

import pandas as pd
from prefect import flow, get_run_logger, task
from trips import as_table, by_zone, month_of, trips

from qhub.flows import dask_task_runner


@task
def summary_of(month: int, rows: int) -> pd.DataFrame:
    """Make the trips of a month, and sum them up; a worker does it, and its log comes here."""
    summary = by_zone(trips(month, rows))
    get_run_logger().info("%s: %d trips", month_of(month), summary["trips"].sum())
    return summary


@flow(name="tasks-on-dask", task_runner=dask_task_runner(workers=2))
def tasks_on_dask(months: int = 12, rows: int = 50_000) -> dict[str, int]:
    """Return how many trips began in each zone."""
    parts = summary_of.map(list(range(months)), rows=rows).result()
    total = pd.concat(parts).groupby(level=0, observed=False).sum()
    get_run_logger().info("%d months of trips by zone\n%s", months, as_table(total))
    return {str(zone): int(count) for zone, count in total["trips"].items()}


if __name__ == "__main__":
    from qhub.flows import deploy

    deploy(tasks_on_dask)
