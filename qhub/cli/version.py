"""`qhub version`: the versions in use, for people who ask for help."""

from __future__ import annotations

import platform

import click

from qhub import __version__
from qhub.cli import exits, options, screen


@click.command(epilog="Example: qhub version --output json")
@options.output
def version(*, output: screen.Format) -> int:
    """Print the versions in use."""
    versions = {
        "qhub": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    if output == "json":
        screen.result_json(versions)
    else:
        screen.result("\n".join(f"{name} {value}" for name, value in versions.items()))
    return exits.OK
