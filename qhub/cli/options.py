"""The options that every command shares; before the command or after it, the one after wins."""

from __future__ import annotations

import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Decorated = TypeVar("Decorated", bound="Callable[..., Any]")

DEFAULT_NAME = "qhub-config.yaml"


def before_command() -> list[click.Parameter]:
    """Return the shared options for the place before the command."""
    return [_config(), _folder(), _output()]


def before_subcommand() -> list[click.Parameter]:
    """Return those of them that a group's commands share, for the place before such a command."""
    return [_config(), _output()]


def config_file(command: Decorated) -> Decorated:
    """Give a command `-c/--config`, as `config_file`: a path, or `-` for standard input."""
    return _add(command, _config(settle=_config_path))


def folder(command: Decorated) -> Decorated:
    """Give a command `--dir`, as `folder`: where rendered things go."""
    return _add(command, _folder(settle=_folder_path))


def output(command: Decorated) -> Decorated:
    """Give a command `--output text|json`, as `output`."""
    return _add(command, _output(settle=lambda value: value or "text"))


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Tell whether the command line asks for JSON, also where the rest of it is wrong."""
    chosen = "text"
    for argument, following in zip_longest(arguments, arguments[1:]):
        if argument == "--output":
            chosen = following
        elif argument.startswith("--output="):
            chosen = argument.removeprefix("--output=")
    return chosen == "json"


def _config(settle: Callable[[str | None], Any] | None = None) -> click.Option:
    return _option(
        ["-c", "--config", "config_file"],
        settle,
        type=click.Path(),
        metavar="FILE",
        help="Config file; - is stdin.  [default: qhub-config.yaml]",
    )


def _folder(settle: Callable[[str | None], Any] | None = None) -> click.Option:
    return _option(
        ["--dir", "folder"],
        settle,
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="The folder that rendered things go to.  [default: .]",
    )


def _output(settle: Callable[[str | None], Any] | None = None) -> click.Option:
    return _option(
        ["--output"],
        settle,
        type=click.Choice(["text", "json"]),
        help="How to print.  [default: text]",
    )


def _option(
    names: list[str], settle: Callable[[str | None], Any] | None, **settings: Any
) -> click.Option:
    """Return an option that takes its value from here, else from before the command.

    `settle` makes of it, or of None, what the command gets; before the command there is none.
    """

    def value_of(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:
        if value is None and context.parent is not None and parameter.name is not None:
            value = context.parent.params.get(parameter.name)
        return value if settle is None else settle(value)

    return click.Option(names, callback=value_of, **settings)


def _add(command: Decorated, option: click.Option) -> Decorated:
    """Add a parameter the way that click's own decorators do."""
    params: list[click.Parameter] = command.__dict__.setdefault("__click_params__", [])
    params.append(option)
    return command


def _config_path(value: str | None) -> Path:
    from pathlib import Path  # 3 ms that the help does without

    if value == "-" and sys.stdin is None:
        raise click.UsageError("standard input is closed")
    if value == "":
        raise click.UsageError("the name of the config file is empty")
    if value is not None:
        return Path(value)
    from qhub.config.read import find

    return find(Path())


def _folder_path(value: str | None) -> Path:
    from pathlib import Path

    return Path(value or ".")
