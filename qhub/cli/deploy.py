"""`qhub deploy`: the platform of a config file, running on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, problems, screen, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.api import Project
    from qhub.embedded.deploy import Deployed


@click.command(epilog="Example: qhub deploy -c qhub-config.yaml")
@options.config_file
@options.folder
@click.option("--yes", is_flag=True, help="Ask nothing; an embedded platform never asks.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited.")
@click.option("--adopt", is_flag=True, help="Take over what another config file deployed.")
@options.output
def deploy(
    config_file: Path,
    *,
    folder: Path,
    yes: bool,  # noqa: ARG001 for scripts that deploy to Kubernetes, too
    force: bool,
    adopt: bool,
    output: screen.Format,
) -> int:
    """Start the platform of a config file, or change what runs.

    Renders into DIR/stages, starts what does not run, restarts what reads something that
    changed, and waits until everything is healthy. What is as it should be is left alone.
    """
    from qhub.api import load
    from qhub.cli.progress import Steps
    from qhub.embedded.ignored import ignored

    project = load(config_file)
    doubts = warnings.of_rendering(project)
    if output == "text":
        warnings.warn(doubts)
    deployed = project.deploy(folder, force=force, adopt=adopt, progress=Steps())
    without_effect = ignored(project.config)
    if output == "json":
        more = {"unchanged": deployed.is_unchanged, "ignored": [asdict(i) for i in without_effect]}
        screen.result_json(asdict(deployed) | more | problems.as_data(doubts))
        return exits.OK
    if without_effect:
        screen.progress("without effect on this machine:")
        for entry in without_effect:
            screen.progress(f"  {entry.path}: {entry.what} ({entry.why})")
    screen.result("\n".join(_told(deployed, project)))
    return exits.OK


def _told(deployed: Deployed, project: Project) -> Iterator[str]:
    name = f"{project.platform.project} ({project.platform.namespace})"
    if deployed.is_unchanged:
        yield f"{name} runs already, nothing had changed; {deployed.seconds:.1f} s"
    else:
        yield f"{name} runs; {deployed.seconds:.1f} s"
        yield from _changes(deployed)
    yield f"  Prefect       {deployed.page}"
    yield f"  its password  {deployed.password_file} (user:password)"
    if deployed.gateway:
        yield f"  Dask Gateway  {deployed.gateway}"
    yield f"  state         {deployed.state}"
    if not project.platform.agents:
        yield "  no agent      no flow runs here; prefect.enabled: true gives it one"
    if deployed.is_unchanged:
        return
    yield "next:"
    yield "  qhub ui                 open Prefect's page in the browser"
    yield "  qhub status             how everything does"
    if project.platform.agents:
        yield "  qhub flow deploy FILE   deploy your flows"
    yield "  qhub connect            a shell in which Prefect's and Dask's clients find it"


def _changes(deployed: Deployed) -> Iterator[str]:
    if deployed.started:
        return
    if deployed.restarted:
        yield f"  restarted     {', '.join(deployed.restarted)}"
    if deployed.changed:
        yield f"  changed       {', '.join(deployed.changed)}"
