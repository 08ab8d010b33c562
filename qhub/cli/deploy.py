"""`qhub deploy`: the platform of a config file, running on this machine or on a cluster."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import click

from qhub.cli import exits, options, problems, screen, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.api import Project
    from qhub.deploy.apply import Deployed as OnCluster
    from qhub.embedded.deploy import Deployed
    from qhub.embedded.ignored import Ignored


@click.command(epilog="Example: qhub deploy -c qhub-config.yaml")
@options.config_file
@options.folder
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited.")
@click.option("--stage", metavar="NAME", help="Apply this Terraform stage alone.")
@click.option("--plan", metavar="FILE", help="Apply what `qhub plan --out FILE` kept.")
@click.option(
    "--adopt", is_flag=True, help="Take over what another config file deployed on this machine."
)
@options.output
def deploy(
    config_file: Path,
    *,
    folder: Path,
    yes: bool,
    force: bool,
    stage: str | None,
    plan: str | None,
    adopt: bool,
    output: screen.Format,
) -> int:
    """Start the platform of a config file, or change what runs.

    On this machine: renders into DIR/stages, starts what does not run, restarts what reads
    something that changed, and waits until everything is healthy. On a cluster: renders, looks
    whether all that is needed is there, applies each Terraform stage that differs, and waits for
    the agents; asks before it changes something, on a terminal. What is as it should be is left
    alone.
    """
    from qhub.api import load
    from qhub.cli.consent import consent
    from qhub.cli.progress import Steps

    project = load(config_file)
    _require_fitting(project, stage=stage, plan=plan, adopt=adopt)
    doubts = warnings.of_rendering(project)
    if output == "text":
        warnings.warn(doubts)
    deployed = project.deploy(
        folder,
        force=force,
        adopt=adopt,
        stage=stage,
        plan=plan,
        consent=consent(yes=yes),
        progress=Steps(),
    )
    without_effect = _ignored(project)
    if output == "json":
        more: dict[str, Any] = {"unchanged": deployed.is_unchanged}
        if project.is_embedded:
            more["ignored"] = [asdict(entry) for entry in without_effect]
        screen.result_json(asdict(deployed) | more | problems.as_data(doubts))
        return exits.OK
    if without_effect:
        screen.progress("without effect on this machine:")
        for entry in without_effect:
            screen.progress(f"  {entry.path}: {entry.what} ({entry.why})")
    screen.result(_text(deployed, project))
    return exits.OK


def _require_fitting(project: Project, *, stage: str | None, plan: str | None, adopt: bool) -> None:
    """Raise `UsageError` for an option that means nothing to the provider."""
    given = {"--stage": stage, "--plan": plan} if project.is_embedded else {"--adopt": adopt}
    wrong = [name for name, value in given.items() if value]
    if wrong:
        raise click.UsageError(f"{wrong[0]} means nothing to provider '{project.config.provider}'")


def _ignored(project: Project) -> tuple[Ignored, ...]:
    if not project.is_embedded:
        return ()
    from qhub.embedded.ignored import ignored

    return ignored(project.config)


def _text(deployed: Deployed | OnCluster, project: Project) -> str:
    if project.is_embedded:
        return "\n".join(_told(cast("Deployed", deployed), project))
    from qhub.cli.cluster_text import deployed_text

    return deployed_text(cast("OnCluster", deployed), project)


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
