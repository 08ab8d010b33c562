"""The `qhub` command: names its subcommands without importing them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from qhub.cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Mapping[str, str] = {
    "init": "Write a commented config file.",
    "validate": "Check a config file.",
    "render": "Write the Terraform stages of a config file.",
    "show": "Show what a config file deploys.",
    "plan": "Show what a deploy would change on a cluster, and why.",
    "deploy": "Start the platform of a config file, or change what runs.",
    "status": "Show how the platform does.",
    "logs": "Show what a program or a flow run wrote.",
    "ui": "Open Prefect's page in the browser.",
    "connect": "Run a command with the platform's addresses and password.",
    "flow": "Deploy, run and watch flows.",
    "dask": "Show and stop Dask clusters.",
    "secrets": "Show which secrets are set or missing; never a value.",
    "destroy": "Stop the platform of a config file.",
    "schema": "Print the JSON Schema of the config file.",
    "completion": "Print the completion script of a shell.",
    "version": "Print the versions in use.",
}
"""Name → the line that `qhub --help` shows; `qhub.cli.<name>` holds `<name>`."""


WIDTH = 80
"""Of the help. To ask for the terminal's, click would import the archive formats of `shutil`."""


class UnknownCommandError(click.UsageError):
    """No such command; `hint` suggests one of those that there are."""

    def __init__(self, name: str, known: Sequence[str], context: click.Context) -> None:
        super().__init__(f"no such command '{name}'", context)
        self.hint = _suggestion(name, known)


class Group(click.Group):
    """A group of commands: suggests the nearest where one is unknown, hands shared options on."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        if not self.params:
            self.params = options.before_subcommand()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not ctx.resilient_parsing:
            raise UnknownCommandError(args[0], known, ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """The group that imports a command when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"qhub.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _suggestion(name: str, known: Sequence[str]) -> str:
    """Return the nearest command as a question, else all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(known)}"


def nearest_option(name: str, known: Sequence[str]) -> str | None:
    """Return the nearest option by its letters; the dashes are common to all."""
    from difflib import get_close_matches

    words = {one.lstrip("-"): one for one in known}
    near = get_close_matches(name.lstrip("-"), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None


def _print_version(context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value and not context.resilient_parsing:
        from qhub import __version__

        click.echo(f"qhub {__version__}")
        context.exit()


qhub = LazyGroup(
    "qhub",
    help="Turn one qhub-config.yaml into a running data-pipeline platform.",
    context_settings={"terminal_width": WIDTH, "help_option_names": ["-h", "--help"]},
    epilog="Example: qhub init, then qhub deploy; `qhub COMMAND --help` tells more.",
    params=[
        *options.before_command(),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version and end.",
        ),
    ],
)
