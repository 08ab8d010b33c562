"""`qhub status`: how each part does, flow runs, Dask clusters, and what to do about problems."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: qhub status --output json")
@options.config_file
@options.output
def status(config_file: Path, *, output: screen.Format) -> int:
    """Show how the platform does.

    On this machine: each part with its memory and address, flow runs that run, are late or failed
    in the last day, Dask clusters. On Kubernetes: each agent, its Secrets, and what differs from
    what the config file renders. For every problem what to do. Exit status 4 if there is one.
    """
    from qhub.api import load
    from qhub.cli import status_text
    from qhub.cluster.health import Status as ClusterStatus

    found = load(config_file).status()
    if output == "json":
        screen.result_json(asdict(found))
    elif isinstance(found, ClusterStatus):
        screen.result(status_text.of_cluster(found))
    else:
        screen.result(status_text.as_text(found))
    return exits.OK if found.healthy else exits.PROBLEM
