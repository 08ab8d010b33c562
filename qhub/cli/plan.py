"""`qhub plan`: what a deploy would change on a cluster, and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, problems, screen, warnings

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: qhub plan --out plans.tar, then qhub deploy --plan plans.tar")
@options.config_file
@options.folder
@click.option(
    "--out",
    metavar="FILE",
    help="Keep the plans for `qhub deploy --plan FILE`; no secret's value is kept.",
)
@click.option("--detailed-exitcode", is_flag=True, help="End with 4 if there are changes.")
@click.option("--stage", metavar="NAME", help="Plan this Terraform stage alone.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Overwrite edited generated files, and any FILE.")
@options.output
def plan(
    config_file: Path,
    *,
    folder: Path,
    out: str | None,
    detailed_exitcode: bool,
    stage: str | None,
    yes: bool,
    force: bool,
    output: screen.Format,
) -> int:
    """Show what a deploy would change on a cluster, and why.

    Renders into DIR/stages and plans each Terraform stage; one behind a stage that changes is
    planned when that is applied. It needs the values of the secrets, and shows none.
    """
    if out is not None and (not out or out.endswith("/")):
        raise click.UsageError(f"--out: '{out}' is no name of a file, such as plans.tar")
    from qhub.api import load
    from qhub.cli.cluster_text import planned_text
    from qhub.cli.consent import consent
    from qhub.cli.progress import Steps

    project = load(config_file)
    doubts = warnings.of_rendering(project)
    if output == "text":
        warnings.warn(doubts)
    planned = project.plan(
        folder, force=force, stage=stage, out=out, consent=consent(yes=yes), progress=Steps()
    )
    if output == "json":
        more = {"unchanged": planned.is_empty}
        screen.result_json(asdict(planned) | more | problems.as_data(doubts))
    else:
        screen.result(planned_text(planned, project))
    return exits.PROBLEM if detailed_exitcode and not planned.is_empty else exits.OK
