"""`qhub connect`: a command, or a shell, that finds the platform of a config file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from qhub.cli import options, screen
from qhub.errors import QhubError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn


@click.command(
    context_settings={"ignore_unknown_options": False},
    epilog="Example: qhub connect -- prefect deployment ls",
)
@options.config_file
@options.output
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def connect(config_file: Path, *, output: screen.Format, command: tuple[str, ...]) -> int:  # noqa: ARG001 as everywhere
    """Run a command with the platform's addresses and passwords; without one, your shell.

    Prefect's and Dask Gateway's clients, and qhub.flows, find the platform in their environment.
    The exit status is the command's.
    """
    from qhub.api import load
    from qhub.cli.embedded import environment

    project = load(config_file)
    found = environment(project)
    if not command:
        command = (os.environ.get("SHELL") or "/bin/sh",)
        screen.progress(f"connected to {project.platform.project}; `exit` leaves")
    _become(command, {**os.environ, **found})


def _become(command: tuple[str, ...], environment: dict[str, str]) -> NoReturn:
    screen.flush()
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 to become it is the point
    except OSError as error:
        raise QhubError(
            f"cannot run '{command[0]}': {error.strerror}",
            hint="it is looked for in PATH",
        ) from error
