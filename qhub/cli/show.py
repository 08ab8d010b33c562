"""`qhub show`: what a config file deploys, as a tree or a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from qhub.cli import exits, options, screen, warnings

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.platform.model import Platform


@click.command(epilog="Example: qhub show --format svg > platform.svg")
@options.config_file
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "mermaid", "svg"]),
    default="tree",
    show_default=True,
    help="What to print.",
)
@options.output
def show(
    config_file: Path, *, form: Literal["tree", "mermaid", "svg"], output: screen.Format
) -> int:
    """Show what a config file deploys; secrets by name only."""
    from qhub.api import load

    project = load(config_file)
    platform = project.platform
    warnings.warn(project.problems)
    if output == "json" and form == "tree":
        from qhub.cli.outline import as_data

        screen.result_json(as_data(platform))
        return exits.OK
    text = _drawn(platform, form)
    if output == "json":
        screen.result_json({"format": form, "text": text})
    else:
        screen.result(text)
    return exits.OK


def _drawn(platform: Platform, form: Literal["tree", "mermaid", "svg"]) -> str:
    if form == "tree":
        from qhub.cli import outline

        return outline.as_text(outline.tree(platform))
    from qhub.cli import picture

    drawing = picture.draw(platform)
    return picture.as_svg(drawing) if form == "svg" else picture.as_mermaid(drawing)
