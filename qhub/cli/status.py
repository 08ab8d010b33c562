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

    Each part with its memory and address, flow runs that run, are late or failed in the last day,
    Dask clusters, and for every problem what to do. Exit status 4 if there is a problem.
    """
    from qhub.api import load
    from qhub.embedded.deploy import layout_of
    from qhub.embedded.status import look

    project = load(config_file)
    found = look(layout_of(project.config), wanted=_stage(project), file=project.document.file)
    if output == "json":
        screen.result_json(asdict(found))
    else:
        from qhub.cli.status_text import as_text

        screen.result(as_text(found))
    return exits.OK if found.healthy else exits.PROBLEM


def _stage(project: Project) -> dict[str, bytes]:
    """Return the files of the stage as the config file renders them now."""
    from qhub.embedded.snapshot import STAGE

    return {
        path.removeprefix(STAGE): content
        for path, content in project.bundle.items()
        if path.startswith(STAGE)
    }
