"""`qhub status`: how each part does, flow runs, Dask clusters, and what to do about problems."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.api import Project


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
    from qhub.config.model import KubernetesCluster

    project = load(config_file)
    on_kubernetes = isinstance(project.config.cluster, KubernetesCluster)
    return _of_cluster(project, output) if on_kubernetes else _embedded(project, output)


def _embedded(project: Project, output: screen.Format) -> int:
    from qhub.embedded.deploy import layout_of
    from qhub.embedded.snapshot import STAGE
    from qhub.embedded.status import look

    wanted = _stage(project, STAGE)
    found = look(layout_of(project.config), wanted=wanted, file=project.document.file)
    if output == "json":
        screen.result_json(asdict(found))
    else:
        from qhub.cli.status_text import as_text

        screen.result(as_text(found))
    return exits.OK if found.healthy else exits.PROBLEM


def _of_cluster(project: Project, output: screen.Format) -> int:
    from qhub.cli.cluster import cluster_of
    from qhub.cluster.status import look
    from qhub.render.stage_services import SERVICES

    wanted = _stage(project, f"stages/{SERVICES}/")
    with cluster_of(project.config) as cluster:
        found = look(cluster, project.platform, wanted=wanted)
    if output == "json":
        screen.result_json(asdict(found))
    else:
        from qhub.cli.status_text import of_cluster

        screen.result(of_cluster(found))
    return exits.OK if found.healthy else exits.PROBLEM


def _stage(project: Project, stage: str) -> dict[str, bytes]:
    """Return the files of the stage as the config file renders them now."""
    return {
        path.removeprefix(stage): content
        for path, content in project.bundle.items()
        if path.startswith(stage)
    }
