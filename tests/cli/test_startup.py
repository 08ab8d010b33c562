"""What `qhub --help` loads: click, and none of the commands."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from qhub.cli.group import COMMANDS, qhub
from tests.cli.process import environ

PROGRAM = """
import json, sys
from qhub.cli import main
main(json.loads(sys.argv[1]))
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
HEAVY = (
    *("dask", "distributed", "httpx", "jinja2", "jsonschema", "kubernetes", "prefect", "psutil"),
    *("python_terraform", "supervisor", "yaml"),
)


def _loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)],
        env=environ({}),
        capture_output=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_loads_no_command_and_no_heavy_package() -> None:
    loaded = _loaded("--help")
    assert "qhub.cli.group" in loaded
    assert loaded.isdisjoint(f"qhub.cli.{name}" for name in COMMANDS)
    assert loaded.isdisjoint(HEAVY)
    assert loaded.isdisjoint({"qhub.config", "qhub.platform", "qhub.render"})


def test_a_command_loads_itself_alone() -> None:
    loaded = _loaded("version")
    assert "qhub.cli.version" in loaded
    assert loaded.isdisjoint(f"qhub.cli.{name}" for name in COMMANDS if name != "version")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_in_the_help_is_how_its_own_help_begins(name: str) -> None:
    command = qhub.get_command(qhub.make_context("qhub", [name]), name)
    assert command is not None
    assert command.help is not None
    assert command.help.startswith(COMMANDS[name].rstrip("."))
