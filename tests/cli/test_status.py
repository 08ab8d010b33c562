"""`qhub status`: as text and as data, and what it ends with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qhub.cli import main
from qhub.cli.status_text import as_text, duration
from qhub.embedded.health.model import Cluster, Part, Problem, Run, Runs, Status
from tests.cli import configs

if TYPE_CHECKING:
    from pathlib import Path

EMBEDDED = """\
project_name: pipelines
namespace: dev
provider: embedded
prefect: {enabled: true}
"""
HEALTHY = Status(
    platform="pipelines-dev",
    folder="/state/pipelines-dev",
    deployed=True,
    healthy=True,
    memory_mb=265.5,
    disk_free_mb=79_100.0,
    parts=(
        Part("supervisor", "running", None, 1, 16.2, None, None),
        Part("server", "running", None, 2, 249.3, "http://127.0.0.1:27411", 1),
    ),
    runs=Runs(1, 0, 0, (Run("0f3e", "brave-otter", "etl", "Running", None),)),
    clusters=(Cluster("ab12", "pipelines", "etl", "running", 2, 75, "http://127.0.0.1:1/c"),),
    problems=(),
)
HEALTHY_TEXT = """\
pipelines-dev in /state/pipelines-dev

part        state    for  memory  restarts  address
supervisor  running       16 MB
server      running       249 MB  1         http://127.0.0.1:27411
memory 266 MB, disk 79.1 GB free

flow runs: 1 running, 0 late, 0 failed in the last 24 hours
  running  brave-otter  etl    run/0f3e

Dask clusters: 1
  running  ab12  pipelines: etl  2 workers  1 min 15 s  http://127.0.0.1:1/c

healthy"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QHUB_HOME", str(tmp_path / "home"))


def test_everything_is_shown_below_each_other() -> None:
    assert as_text(HEALTHY) == HEALTHY_TEXT


def test_problems_come_last_with_what_to_do() -> None:
    problem = Problem("agent/pipelines", "it ended; its last lines:\n  no", "run `qhub deploy`")
    text = as_text(replace(HEALTHY, healthy=False, problems=(problem,)))
    assert text.endswith(
        "\n\nagent/pipelines: it ended; its last lines:\n    no\n  run `qhub deploy`"
    )
    assert "healthy" not in text


def test_more_runs_than_are_named_are_told() -> None:
    runs = Runs(1, 0, 11, (Run("0f3e", "brave-otter", "etl", "Running", None),))
    lines = as_text(replace(HEALTHY, runs=runs)).splitlines()
    after = lines.index("  running  brave-otter  etl    run/0f3e") + 1
    assert lines[after] == "  and 11 more: Prefect's page (`qhub ui`), Runs"


def test_notes_come_before_problems() -> None:
    text = as_text(replace(HEALTHY, notes=("it was deployed from /a",)))
    assert text.endswith("\n\nnote: it was deployed from /a\nhealthy")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7_500, "2 h 5 min"),
        (86_405, "1 d"),
        (-1, "0 s"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_a_platform_that_is_not_deployed_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, EMBEDDED)
    state = tmp_path / "home" / "pipelines-dev"
    assert main(["status"]) == 4
    assert capsys.readouterr() == (
        f"pipelines-dev in {state}\n\nplatform: it is not deployed: {state}\n  run `qhub deploy`; "
        f"it is looked for in QHUB_HOME, {state.parent}\n",
        "",
    )
    assert not state.exists()


def test_the_same_is_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configs.write(tmp_path, EMBEDDED)
    assert main(["status", "--output", "json"]) == 4
    found = json.loads(capsys.readouterr().out)
    assert (found["platform"], found["deployed"], found["healthy"]) == (
        "pipelines-dev",
        False,
        False,
    )
    assert [problem["part"] for problem in found["problems"]] == ["platform"]
    assert found["runs"] is None


@pytest.mark.parametrize("command", [["ui"], ["connect"]], ids=lambda c: c[0])
def test_a_file_for_another_provider_is_told(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD)
    assert main(command) == 3
    assert "provider 'existing' does not run on this machine" in capsys.readouterr().err
