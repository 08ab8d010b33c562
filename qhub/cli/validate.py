"""`qhub validate`: every problem of one config file, in file order."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, problems, screen
from qhub.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.config import Problem


@click.command(epilog="Example: qhub validate -c ci/prod.yaml --strict --output json")
@options.config_file
@click.option("--strict", is_flag=True, help="A warning fails, too.")
@options.output
def validate(config_file: Path, *, strict: bool, output: screen.Format) -> int:
    """Check a config file; needs no network, cluster or Terraform."""
    found = _problems(config_file)
    if output == "json":
        screen.result_json(problems.as_data(found))
    else:
        screen.result(problems.as_text(found, stream=sys.stdout) or f"{config_file}: valid")
    failing = ("error", "warning") if strict else ("error",)
    return exits.CONFIG if any(p.severity in failing for p in found) else exits.OK


def _problems(config_file: Path) -> tuple[Problem, ...]:
    from qhub.api import load

    try:
        return load(config_file).validate()
    except ConfigError as error:
        return error.problems
