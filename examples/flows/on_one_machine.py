"""Dask is not needed for everything: a year of taxi trips, in threads of one machine.

qhub connect -- python examples/flows/on_one_machine.py    deploys it
qhub flow run on-one-machine                                runs it
"""

import pandas as pd
from prefect import flow, get_run_logger, task
from prefect.task_runners import ThreadPoolTaskRunner
from trips import as_table, by_zone, trips


@task
def summary_of(month: int, rows: int) -> pd.DataFrame:
    """Make the trips of a month, and sum them up."""
    return by_zone(trips(month, rows))


@flow(name="on-one-machine", task_runner=ThreadPoolTaskRunner(max_workers=4))
def on_one_machine(months: int = 12, rows: int = 50_000) -> dict[str, int]:
    """Return how many trips began in each zone."""
    parts = summary_of.map(list(range(months)), rows=rows).result()
    total = pd.concat(parts).groupby(level=0, observed=False).sum()
    get_run_logger().info("%d months of trips by zone\n%s", months, as_table(total))
    return {str(zone): int(count) for zone, count in total["trips"].items()}


if __name__ == "__main__":
    from qhub.flows import deploy

    deploy(on_one_machine)
