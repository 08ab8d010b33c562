"""A run that somebody cancelled is never started again, whenever that was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.embedded.platforms import Agents, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.full

MOMENTS = ("at once", "Pending", "process", "Running", "begun")


def reach(agents: Agents, run: str, moment: str, file: Path) -> None:
    """Wait until a run is as far as that."""
    if moment == "process":
        agents.identity(run)
    elif moment == "begun":
        until(file.exists, what=f"{file}")
    elif moment != "at once":
        until(lambda: moment in types(agents, run), what=f"{run} to be {moment}")


def types(agents: Agents, run: str) -> list[str]:
    return [str(state["type"]).capitalize() for state in agents.states(run)]


def test_a_cancelled_run_is_not_started_again(agents: Agents, tmp_path: Path) -> None:
    deployment = agents.deploy("flows.py:sleep_with_a_process", SAMPLE, retries_on_crash=2)
    runs = []
    for number in range(10):
        file = tmp_path / str(number)
        run = agents.run(deployment, file=str(file))
        reach(agents, run, MOMENTS[number % len(MOMENTS)], file)
        agents.cancel(run)
        runs.append(run)
    for run in runs:
        agents.wait(run, "Cancelled", within=60)
    # a run of after them has been through the agent's next looks at the server
    other = agents.run(
        agents.deploy("flows.py:crash_once", SAMPLE, retries_on_crash=1), file=str(tmp_path / "x")
    )
    done = "the other to be completed"
    until(lambda: agents.state(other) == "Completed", within=60, what=done, every=0.5)
    for run in runs:
        told = types(agents, run)
        assert told[-1] == "Cancelled", told
        assert told.count("Running") <= 1, told
        assert told.count("Scheduled") == 1, told


@pytest.mark.parametrize(
    "message", ["it was Pending and did not begin", "it crashed and is started again"]
)
def test_what_the_platform_schedules_too_late_stays_cancelled(
    agents: Agents, tmp_path: Path, message: str
) -> None:
    run = cancelled(agents, tmp_path)
    schedule(agents, run, message)
    again = "the run to be Cancelled again"
    until(lambda: agents.state(run) == "Cancelled", what=again, every=0.2)
    assert types(agents, run).count("Running") == 1


def test_what_somebody_schedules_again_runs(agents: Agents, tmp_path: Path) -> None:
    run = cancelled(agents, tmp_path)
    schedule(agents, run, "Retry from the UI")
    agents.wait(run, "Running")
    agents.cancel(run)
    agents.wait(run, "Cancelled")


def cancelled(agents: Agents, folder: Path) -> str:
    file = folder / "pid"
    run = agents.run(agents.deploy("flows.py:sleep_with_a_process", SAMPLE), file=str(file))
    until(file.exists, what="the run to begin")
    agents.cancel(run)
    agents.wait(run, "Cancelled")
    return run


def schedule(agents: Agents, run: str, message: str) -> Any:
    """Do as an automation of the server does."""
    body = {"state": {"type": "SCHEDULED", "message": message}}
    return agents.call(f"/flow_runs/{run}/set_state", body)
