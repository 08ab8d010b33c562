"""`qhub destroy`: nothing of the platform of a config file runs any more."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.embedded.destroy import Destroyed


@click.command(epilog="Example: qhub destroy --confirm pipelines")
@options.config_file
@click.option("--confirm", metavar="NAME", help="The project's name, instead of being asked.")
@click.option("--adopt", is_flag=True, help="Destroy what another config file deployed.")
@click.option("--data", is_flag=True, help="Remove its data, too: runs, logs, flows, passwords.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long running flows may go on.",
)
@options.output
def destroy(
    config_file: Path,
    *,
    confirm: str | None,
    adopt: bool,
    data: bool,
    timeout: float,
    output: screen.Format,
) -> int:
    """Stop the platform of a config file; what it keeps stays, unless --data.

    New runs are held back, running ones may end; then agents, Dask clusters and servers stop.
    """
    from qhub.api import load
    from qhub.cli.progress import Steps
    from qhub.embedded import owner, processes
    from qhub.embedded.deploy import layout_of

    project = load(config_file)
    layout = layout_of(project.config)
    file, platform = project.document.file, project.platform
    owner.require(layout, file, platform, adopt=adopt, instead=owner.DESTROY)
    if layout.root.is_dir() or processes.lost(layout):
        _confirm(project.platform.project, confirm, data=data)
    destroyed = project.destroy(data=data, adopt=adopt, timeout_seconds=timeout, progress=Steps())
    if output == "json":
        screen.result_json(asdict(destroyed))
    else:
        name = f"{project.platform.project} ({project.platform.namespace})"
        screen.result("\n".join(_told(destroyed, name)))
    return exits.OK


def _confirm(name: str, given: str | None, *, data: bool) -> None:
    if given is None and not (sys.stdin is not None and sys.stdin.isatty()):
        raise click.UsageError(f"this is no terminal to ask on; give --confirm {name}")
    what = "everything that it keeps is removed" if data else "what it keeps stays"
    question = f"This stops {name}; {what}. Its name, to go on"
    answer = click.prompt(question, err=True) if given is None else given
    if answer != name:
        raise click.UsageError(f"'{answer}' is not the project's name, {name}; nothing was done")


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
