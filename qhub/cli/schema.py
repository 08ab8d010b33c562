"""`qhub schema`: the JSON Schema of the config file."""

from __future__ import annotations

import click

from qhub import bundle
from qhub.cli import exits, options, screen


@click.command(epilog="Example: qhub schema > qhub-config.schema.json")
@options.output
def schema(**_shared: object) -> int:
    """Print the JSON Schema of the config file, for editors and other tools."""
    path = bundle.folder("schemas") / "qhub-config.schema.json"
    screen.result(path.read_text(encoding="utf-8").rstrip("\n"))
    return exits.OK
