"""`qhub completion`: the script that teaches a shell to complete `qhub`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from qhub.cli import exits, options, screen
from qhub.cli.group import qhub


@click.command(epilog='Example: eval "$(qhub completion bash)"')
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
@options.output
def completion(shell: str, *, output: screen.Format) -> int:
    """Print the completion script of a shell; its profile evaluates it."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 the choices are those that click knows
    script = kind(qhub, {}, "qhub", "_QHUB_COMPLETE").source().strip()
    if output == "json":
        screen.result_json({"shell": shell, "script": script})
    else:
        screen.result(script)
    return exits.OK
