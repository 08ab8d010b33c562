"""`qhub schema`: the JSON Schema of the config file."""

from __future__ import annotations

import click

from qhub.cli import exits, options, screen


@click.command(epilog="Example: qhub schema > qhub-config.schema.json")
@options.output
def schema(**_shared: object) -> int:
    """Print the JSON Schema of the config file, for editors and other tools."""
    from qhub.config.schema import published_text

    screen.result(published_text().rstrip("\n"))
    return exits.OK
