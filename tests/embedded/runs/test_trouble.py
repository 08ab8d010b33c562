"""Runs whose process dies, or that somebody cancels: how they end, and which are tried again."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.runs.identity import Identity
from tests.embedded.platforms import Agents, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.full

MOMENTS = ("at once", "Pending", "process", "Running", "begun")


def gone(pid: int) -> bool:
    return Identity.of(pid) is None


def started(agents: Agents, file: Path, flow: str, **variables: object) -> str:
    """Run a flow that writes the file once it is under way."""
    run = agents.run(agents.deploy(f"flows.py:{flow}", SAMPLE, **variables), file=str(file))
    agents.wait(run, "Running")
    until(file.exists, what=f"{file} of {flow}")
    return run


def test_a_run_whose_process_is_killed_is_crashed_at_once(agents: Agents, tmp_path: Path) -> None:
    run = started(agents, tmp_path / "pid", "sleep_with_a_process")
    os.kill(agents.identity(run).pid, signal.SIGKILL)
    agents.wait(run, "Crashed", within=5)
    assert "-9" in agents.call(f"/flow_runs/{run}")["state"]["message"]
    until(lambda: gone(int((tmp_path / "pid").read_text())), what="its process to go", within=8)


@pytest.mark.parametrize("entrypoint", ["flows.py:leave_at_once", "broken.py:any"])
def test_a_process_that_leaves_without_a_word_is_crashed(agents: Agents, entrypoint: str) -> None:
    agents.wait(agents.run(agents.deploy(entrypoint, SAMPLE)), "Crashed", within=15)


def test_a_cancelled_run_ends_with_all_its_processes(agents: Agents, tmp_path: Path) -> None:
    run = started(agents, tmp_path / "pid", "sleep_with_a_process")
    identity = agents.identity(run)
    asked = time.monotonic()
    agents.cancel(run)
    agents.wait(run, "Cancelled", within=10)
    assert time.monotonic() - asked < 6
    assert not identity.alive
    until(lambda: gone(int((tmp_path / "pid").read_text())), what="its process to go", within=5)


def test_processes_that_left_the_session_of_a_cancelled_run_end_with_it(
    agents: Agents, tmp_path: Path
) -> None:
    run = started(agents, tmp_path / "pid", "detach")
    other = started(agents, tmp_path / "other", "detach")
    agents.cancel(run)
    agents.wait(run, "Cancelled", within=20)
    until(lambda: gone(int((tmp_path / "pid").read_text())), what="its process to go", within=8)
    assert not gone(int((tmp_path / "other").read_text()))
    agents.cancel(other)
    until(lambda: gone(int((tmp_path / "other").read_text())), what="its process to go")


def test_a_run_that_ignores_sigterm_is_killed(agents: Agents, tmp_path: Path) -> None:
    run = started(agents, tmp_path / "deaf", "deaf")
    identity = agents.identity(run)
    asked = time.monotonic()
    agents.cancel(run)
    agents.wait(run, "Cancelled", within=20)
    assert 9 < time.monotonic() - asked < 15
    assert not identity.alive


def test_hooks_of_a_cancelled_run_run_in_another_process(agents: Agents, tmp_path: Path) -> None:
    run = started(agents, tmp_path / "hooks", "hooked")
    agents.cancel(run)
    agents.wait(run, "Cancelled", within=15)
    runs, cancelled = (tmp_path / "hooks").read_text().splitlines()
    assert cancelled.startswith("cancelled Cancelling ")
    pids = {int(line.split()[-1]) for line in (runs, cancelled)}
    assert agents.process is not None
    assert len(pids | {agents.process.pid, agents.worker}) == 4


def test_hooks_of_a_crashed_run_run(agents: Agents, tmp_path: Path) -> None:
    run = started(agents, tmp_path / "hooks", "hooked")
    os.kill(agents.identity(run).pid, signal.SIGKILL)
    agents.wait(run, "Crashed", within=5)
    until(lambda: "crashed Crashed" in (tmp_path / "hooks").read_text(), what="the hook")


def test_a_crashed_run_is_tried_again_where_its_deployment_asks_for_it(
    agents: Agents, tmp_path: Path
) -> None:
    deployment = agents.deploy("flows.py:crash_once", SAMPLE, retries_on_crash=1)
    run = agents.run(deployment, file=str(tmp_path / "crashed"))
    done = "the second try"
    until(lambda: agents.state(run) == "Completed", within=40, what=done, every=0.5)
    assert agents.call(f"/flow_runs/{run}")["run_count"] == 2
    assert [s["name"] for s in agents.states(run)].count("AwaitingRetry") == 1


def test_a_run_is_not_tried_more_often_than_asked(agents: Agents) -> None:
    always = agents.run(agents.deploy("flows.py:crash_always", SAMPLE, retries_on_crash=1))
    never = agents.run(agents.deploy("broken.py:any", SAMPLE, retries_on_crash=1))

    def both_given_up() -> bool:
        return all(
            [s["name"] for s in agents.states(run)].count("AwaitingRetry") == 1
            and agents.state(run) == "Crashed"
            for run in (always, never)
        )

    until(both_given_up, within=60, what="two tries of each", every=0.5)
    time.sleep(12)  # longer than the pause between two looks: nothing more must happen
    assert both_given_up()


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


@pytest.fixture(scope="module")
def cancelled(agents: Agents, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run that began and was cancelled; those below schedule it again, the last one for good."""
    run = started(agents, tmp_path_factory.mktemp("cancelled") / "pid", "sleep_with_a_process")
    agents.cancel(run)
    agents.wait(run, "Cancelled")
    return run


@pytest.mark.parametrize(
    "message", ["it was Pending and did not begin", "it crashed and is started again"]
)
def test_what_the_platform_schedules_too_late_stays_cancelled(
    agents: Agents, cancelled: str, message: str
) -> None:
    schedule(agents, cancelled, message)
    again = "the run to be Cancelled again"
    until(lambda: agents.state(cancelled) == "Cancelled", what=again, every=0.2)
    assert types(agents, cancelled).count("Running") == 1


def test_what_somebody_schedules_again_runs(agents: Agents, cancelled: str) -> None:
    schedule(agents, cancelled, "Retry from the UI")
    agents.wait(cancelled, "Running")
    agents.cancel(cancelled)
    agents.wait(cancelled, "Cancelled")


def schedule(agents: Agents, run: str, message: str) -> Any:
    """Do as an automation of the server does."""
    body = {"state": {"type": "SCHEDULED", "message": message}}
    return agents.call(f"/flow_runs/{run}/set_state", body)
