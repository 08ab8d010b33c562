"""`qhub secrets`: which secrets are set, missing, or other than on the cluster; never a value."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen
from qhub.cli.group import Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qhub.deploy.secrets import SecretState

secrets = Group(
    "secrets",
    help="Show which secrets are set or missing; never a value.",
    epilog="Example: qhub secrets check",
)

_IN_CLUSTER = {
    "same": "same as there",
    "differs": "another value there",
    "absent": "not there",
    "present": "there",
    "uncompared": "there, not compared",
    "forbidden": "may not be looked at",
    "surplus": "added there by hand",
    None: "",
}


@secrets.command("list", epilog="Example: qhub secrets list --output json")
@options.config_file
@options.output
def list_(config_file: Path, *, output: screen.Format) -> int:
    """List the secrets of all agents: where a value comes from, and whether it is set.

    Needs no cluster.
    """
    from qhub.api import load

    _print(load(config_file).secrets(), output)
    return exits.OK


@secrets.command(epilog="Example: qhub secrets check || qhub deploy --yes")
@options.config_file
@click.option("--yes", is_flag=True, help="Ask nothing.")
@options.output
def check(config_file: Path, *, yes: bool, output: screen.Format) -> int:
    """Compare the secrets of all agents with the cluster.

    Exit status 4 if one is missing, not on the cluster, has another value there, or was added.
    """
    from qhub.api import load
    from qhub.cli.consent import consent

    found = load(config_file).secrets(in_cluster=True, consent=consent(yes=yes))
    _print(found, output)
    return exits.OK if all(state.is_well for state in found) else exits.PROBLEM


def _print(found: Sequence[SecretState], output: screen.Format) -> None:
    if output == "json":
        screen.result_json(
            {"secrets": [asdict(state) | {"well": state.is_well} for state in found]}
        )
        return
    if not found:
        screen.progress("the config has no secrets")
        return
    table = [("NAME", "AGENT", "FOR", "FROM", "SECRET", "STATE"), *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        screen.result("  ".join(map(str.ljust, row, widths)).rstrip())


def _row(state: SecretState) -> tuple[str, ...]:
    is_own = state.in_cluster in {"present", "surplus"} or state.source.startswith("Secret ")
    here = "" if is_own else state.problem or "set"
    told = ", ".join(filter(None, (here, _IN_CLUSTER[state.in_cluster])))
    place = f"{state.secret}, key {state.key}"
    return (state.name, state.agent, state.use, state.source, place, told)
