"""An agent that dies, or is stopped, leaves its runs alone; the next one takes them over."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platforms import Agents, agent, until
from tests.embedded.runs.conftest import SAMPLE
from tests.embedded.runs.test_trouble import gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.embedded.server import Server

pytestmark = pytest.mark.full


@pytest.fixture
def mortal(server: Server, request: pytest.FixtureRequest) -> Iterator[Agents]:
    """An agent of this test alone."""
    with agent(server, f"mortal-{abs(hash(request.node.name))}") as running:
        yield running


def begun(agents: Agents, flow: str, file: Path) -> str:
    run = agents.run(agents.deploy(f"flows.py:{flow}", SAMPLE), file=str(file))
    agents.wait(run, "Running")
    return run


def die(agents: Agents, who: str) -> None:
    """Kill worker, parent or both; wait until both are gone."""
    assert agents.process is not None
    parent, worker = agents.process.pid, agents.worker
    for pid in {"worker": [worker], "parent": [parent], "both": [parent, worker]}[who]:
        os.kill(pid, signal.SIGKILL)
    agents.process.wait(5)
    until(lambda: gone(worker), what="the worker to leave", within=5)


@pytest.mark.parametrize("who", ["worker", "parent", "both"])
def test_a_run_outlives_a_killed_agent(mortal: Agents, tmp_path: Path, who: str) -> None:
    run = begun(mortal, "until_told", tmp_path / "told")
    until((tmp_path / "told.running").exists)
    die(mortal, who)
    assert mortal.identity(run).alive
    mortal.start()
    (tmp_path / "told").touch()
    mortal.wait(run, "Completed")
    assert mortal.call(f"/flow_runs/{run}")["run_count"] == 1


def test_sigterm_stops_an_agent_and_not_its_runs(mortal: Agents, tmp_path: Path) -> None:
    run = begun(mortal, "hooked", tmp_path / "hooks")
    until((tmp_path / "hooks").exists)
    assert mortal.process is not None
    worker, asked = mortal.worker, time.monotonic()
    mortal.process.terminate()
    assert mortal.process.wait(5) == 0
    assert time.monotonic() - asked < 3
    assert gone(worker)
    identity = mortal.identity(run)
    assert identity.alive
    assert mortal.state(run) == "Running"
    mortal.start()
    mortal.cancel(run)
    mortal.wait(run, "Cancelled")
    assert gone(identity.pid)
    assert "cancelled Cancelling" in (tmp_path / "hooks").read_text()
    assert "crashed" not in (tmp_path / "hooks").read_text()


def test_the_death_of_an_adopted_run_is_noticed(mortal: Agents, tmp_path: Path) -> None:
    run = begun(mortal, "hooked", tmp_path / "hooks")
    identity = mortal.identity(run)
    die(mortal, "both")
    mortal.start()
    assert mortal.worker
    os.kill(identity.pid, signal.SIGKILL)
    mortal.wait(run, "Crashed", within=15)
    until(lambda: "crashed Crashed" in (tmp_path / "hooks").read_text(), what="the hook")


def test_runs_that_died_with_their_agent_are_concluded_at_its_start(
    mortal: Agents, tmp_path: Path
) -> None:
    crashed = begun(mortal, "hooked", tmp_path / "crashed")
    cancelled = begun(mortal, "hooked", tmp_path / "cancelled")
    identities = [mortal.identity(run) for run in (crashed, cancelled)]
    until(lambda: all(mortal.call(f"/flow_runs/{r}")["infrastructure_pid"] for r in (crashed,)))
    die(mortal, "both")
    for identity in identities:
        os.kill(identity.pid, signal.SIGKILL)
    mortal.cancel(cancelled)
    mortal.start()
    mortal.wait(crashed, "Crashed", within=15)
    mortal.wait(cancelled, "Cancelled", within=15)


def test_what_runs_detached_ends_with_them_also_when_their_agent_died(
    mortal: Agents, tmp_path: Path
) -> None:
    adopted = begun(mortal, "detach", tmp_path / "adopted")
    dead = begun(mortal, "detach", tmp_path / "dead")
    until(lambda: all((tmp_path / name).exists() for name in ("adopted", "dead")))
    pids = [int((tmp_path / name).read_text()) for name in ("adopted", "dead")]
    until(lambda: mortal.call(f"/flow_runs/{dead}")["infrastructure_pid"])
    die(mortal, "both")
    os.kill(mortal.identity(dead).pid, signal.SIGKILL)
    assert not any(map(gone, pids))
    mortal.start()
    mortal.wait(dead, "Crashed", within=15)
    mortal.cancel(adopted)
    mortal.wait(adopted, "Cancelled", within=15)
    until(lambda: all(map(gone, pids)), what="the processes to go", within=8)


def test_another_process_with_the_pid_of_a_dead_run_is_not_taken_for_it(
    mortal: Agents, tmp_path: Path
) -> None:
    run = begun(mortal, "hooked", tmp_path / "hooks")
    identity = mortal.identity(run)
    until(lambda: mortal.call(f"/flow_runs/{run}")["infrastructure_pid"])
    die(mortal, "both")
    os.kill(identity.pid, signal.SIGKILL)
    until(lambda: not identity.alive)
    ours = os.getpid()
    (mortal.records.running / run).write_text(f"{ours}:{identity.started}")
    mortal.start()
    mortal.wait(run, "Crashed", within=15)


def test_a_server_that_is_away_for_a_while_loses_no_run(tmp_path: Path) -> None:
    from tests.embedded.server import serving

    with serving(tmp_path / "platform") as server, agent(server, "patient") as agents:
        run = begun(agents, "until_told", tmp_path / "told")
        dead = begun(agents, "until_told", tmp_path / "never")
        worker = agents.worker
        os.kill(server.pid, signal.SIGSTOP)
        try:
            os.kill(agents.identity(dead).pid, signal.SIGKILL)
            time.sleep(30)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        (tmp_path / "told").touch()
        agents.wait(run, "Completed", within=60)
        agents.wait(dead, "Crashed", within=60)
        assert agents.worker == worker
        agents.wait(agents.run(agents.deploy("flows.py:trivial", SAMPLE)), "Completed", within=30)


def test_a_second_agent_of_a_name_waits_until_the_first_is_gone(
    mortal: Agents, tmp_path: Path
) -> None:
    first = Agents(mortal.server, mortal.name, mortal.process)
    worker = first.worker
    second = mortal.start()
    run = begun(mortal, "until_told", tmp_path / "told")
    until((tmp_path / "told.running").exists)
    assert os.getpgid(mortal.identity(run).pid) == mortal.identity(run).pid
    assert first.process is not None
    first.process.terminate()
    assert first.process.wait(5) == 0
    assert gone(worker)
    assert mortal.worker
    assert second.poll() is None
    (tmp_path / "told").touch()
    mortal.wait(run, "Completed")
