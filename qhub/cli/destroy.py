"""`qhub destroy`: nothing of the platform of a config file runs any more."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

import click

from qhub.cli import exits, options, screen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.api import Project
    from qhub.deploy.destroy import Destroyed as OffCluster
    from qhub.embedded.destroy import Destroyed


@click.command(epilog="Example: qhub destroy --confirm pipelines")
@options.config_file
@options.folder
@click.option("--confirm", metavar="NAME", help="The project's name, instead of being asked.")
@click.option(
    "--adopt", is_flag=True, help="On this machine: destroy what another config file deployed."
)
@click.option(
    "--data", is_flag=True, help="On this machine: remove its data, too: runs, logs, flows."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="On this machine: how long running flows may go on.",
)
@click.option("--stage", metavar="NAME", help="On a cluster: this Terraform stage alone.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited.")
@options.output
def destroy(
    config_file: Path,
    *,
    folder: Path,
    confirm: str | None,
    adopt: bool,
    data: bool,
    timeout: float,
    stage: str | None,
    force: bool,
    output: screen.Format,
) -> int:
    """Stop the platform of a config file, or remove it from its cluster.

    On this machine: new runs are held back, running ones may end; then agents, Dask clusters and
    servers stop; what it keeps stays, unless --data. On a cluster: Terraform removes the agents,
    their Secrets, and the namespace if QHub made it.
    """
    from qhub.api import load
    from qhub.cli.consent import consent
    from qhub.cli.progress import Steps

    project = load(config_file)
    name = f"{project.platform.project} ({project.platform.namespace})"
    if project.is_embedded:
        _confirm_stopping(project, confirm, data=data, adopt=adopt)
    else:
        if data or adopt:
            option = "--data" if data else "--adopt"
            raise click.UsageError(
                f"{option} means nothing to provider '{project.config.provider}'"
            )
        _confirm(project.platform.project, confirm, _warning(project, name))
    destroyed = project.destroy(
        folder,
        data=data,
        adopt=adopt,
        timeout_seconds=timeout,
        force=force,
        stage=stage,
        consent=consent(yes=confirm is not None),
        progress=Steps(),
    )
    if output == "json":
        screen.result_json(asdict(destroyed))
    else:
        screen.result(_text(destroyed, project, name))
    return exits.OK


def _confirm_stopping(project: Project, given: str | None, *, data: bool, adopt: bool) -> None:
    """Ask before what runs on this machine is stopped; nobody where nothing is there."""
    from qhub.embedded import owner, processes
    from qhub.embedded.deploy import layout_of

    layout, platform = layout_of(project.config), project.platform
    owner.require(layout, project.document.file, platform, adopt=adopt, instead=owner.DESTROY)
    if layout.root.is_dir() or processes.lost(layout):
        what = "everything that it keeps is removed" if data else "what it keeps stays"
        _confirm(platform.project, given, f"This stops {platform.project}; {what}.")


def _warning(project: Project, name: str) -> str:
    """Return what a destroy takes away from a cluster."""
    from qhub.deploy.request import cluster_of

    cluster = cluster_of(project.config)
    context = cluster.kube_context or "the current context"
    agents = ", ".join(agent.name for agent in project.platform.agents) or "none"
    what = f"This removes {name} from {context}: the agents ({agents}) and their Secrets"
    if cluster.create_namespace:
        what += f", and namespace '{project.platform.namespace}' with everything in it"
    return f"{what}."


def _confirm(name: str, given: str | None, warning: str) -> None:
    if given is None and not (sys.stdin is not None and sys.stdin.isatty()):
        raise click.UsageError(f"this is no terminal to ask on; give --confirm {name}")
    question = f"{warning} Its name, to go on"
    answer = click.prompt(question, err=True) if given is None else given
    if answer != name:
        raise click.UsageError(f"'{answer}' is not the project's name, {name}; nothing was done")


def _text(destroyed: Destroyed | OffCluster, project: Project, name: str) -> str:
    if project.is_embedded:
        return "\n".join(_told(cast("Destroyed", destroyed), name))
    from qhub.cli.cluster_text import destroyed_text

    return destroyed_text(cast("OffCluster", destroyed), project)


def _told(destroyed: Destroyed, name: str) -> Iterator[str]:
    if not destroyed.existed:
        yield f"{name} is not deployed on this machine"
        return
    yield f"{name} is stopped" if destroyed.ran else f"{name} did not run"
    if destroyed.ended_runs:
        yield f"  ended runs   {', '.join(destroyed.ended_runs)}"
    for left in destroyed.leftovers:
        yield f"  was left     {left}: ended"
    if destroyed.removed:
        yield f"  removed      {destroyed.state}"
        yield "  left         the config file, and the rendered files: stages/ and .qhub/"
    else:
        yield f"  kept         {destroyed.state}"
