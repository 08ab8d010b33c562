"""An agent that dies, or is stopped, leaves its runs alone; the next one takes them over.

And what an agent that starts does about the runs of its pool that it did not begin itself.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platforms import Agents, agent, until
from tests.embedded.runs.conftest import SAMPLE
from tests.embedded.runs.test_trouble import gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.embedded.runs.identity import Identity
    from tests.embedded.server import Server

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def mortal(server: Server) -> Iterator[Agents]:
    """An agent of this file alone: who ends it starts another one."""
    with agent(server, "mortal") as running:
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


def test_a_run_outlives_its_agent_whoever_of_it_is_killed(mortal: Agents, tmp_path: Path) -> None:
    run = begun(mortal, "until_told", tmp_path / "told")
    until((tmp_path / "told.running").exists)
    for who in ("worker", "parent", "both"):
        die(mortal, who)
        assert mortal.identity(run).alive
        mortal.start()
    (tmp_path / "told").touch()
    mortal.wait(run, "Completed")
    assert mortal.call(f"/flow_runs/{run}")["run_count"] == 1


def test_sigterm_stops_an_agent_and_not_its_runs_and_lets_a_second_one_take_over(
    mortal: Agents, tmp_path: Path
) -> None:
    import psutil

    first = Agents(mortal.server, mortal.name, mortal.process)
    assert first.process is not None
    worker = first.worker
    second = mortal.start()
    run = begun(mortal, "hooked", tmp_path / "hooks")
    until((tmp_path / "hooks").exists)
    identity = mortal.identity(run)
    assert psutil.Process(identity.pid).ppid() == first.process.pid
    asked = time.monotonic()
    first.process.terminate()
    assert first.process.wait(5) == 0
    assert time.monotonic() - asked < 3
    assert gone(worker)
    assert identity.alive
    assert mortal.state(run) == "Running"
    assert mortal.worker
    assert second.poll() is None
    mortal.cancel(run)
    mortal.wait(run, "Cancelled")
    assert gone(identity.pid)
    assert "cancelled Cancelling" in (tmp_path / "hooks").read_text()
    assert "crashed" not in (tmp_path / "hooks").read_text()


def test_a_server_that_is_away_for_a_while_loses_no_run(mortal: Agents, tmp_path: Path) -> None:
    run = begun(mortal, "until_told", tmp_path / "told")
    dead = begun(mortal, "until_told", tmp_path / "never")
    worker, identity = mortal.worker, mortal.identity(dead)
    os.kill(mortal.server.pid, signal.SIGSTOP)
    try:
        os.kill(identity.pid, signal.SIGKILL)
        time.sleep(30)
    finally:
        os.kill(mortal.server.pid, signal.SIGCONT)
    (tmp_path / "told").touch()
    mortal.wait(run, "Completed", within=60)
    mortal.wait(dead, "Crashed", within=60)
    assert mortal.worker == worker
    mortal.wait(mortal.run(mortal.deploy("flows.py:trivial", SAMPLE)), "Completed", within=30)


@dataclass(frozen=True, slots=True)
class Left:
    """Runs by name, begun by an agent that was killed; the next one of its name has started."""

    agents: Agents
    folder: Path
    runs: dict[str, str]
    identities: dict[str, Identity]


FLOWS = {
    "adopted": "hooked",
    "crashed": "hooked",
    "cancelled": "hooked",
    "replaced": "hooked",
    "detached": "detach",
    "detached and dead": "detach",
}
DEAD = ("crashed", "cancelled", "replaced", "detached and dead")


@pytest.fixture(scope="module")
def left(mortal: Agents, tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("left")
    runs = {
        name: mortal.run(mortal.deploy(f"flows.py:{flow}", SAMPLE), file=str(folder / name))
        for name, flow in FLOWS.items()
    }
    until(lambda: all((folder / name).exists() for name in runs), what="the runs", within=60)
    until(lambda: all(noted(mortal, run) for run in runs.values()), what="their processes")
    identities = {name: mortal.identity(run) for name, run in runs.items()}
    die(mortal, "both")
    killed = [identities[name] for name in DEAD]
    for identity in killed:
        os.kill(identity.pid, signal.SIGKILL)
    until(lambda: not any(identity.alive for identity in killed))
    mortal.cancel(runs["cancelled"])
    another = f"{os.getpid()}:{identities['replaced'].started}"
    (mortal.records.running / runs["replaced"]).write_text(another)
    assert not any(map(gone, detached(folder)))
    runs |= begun_by_nobody(mortal)
    mortal.start()
    return Left(mortal, folder, runs, identities)


def begun_by_nobody(mortal: Agents) -> dict[str, str]:
    """Make runs that no agent began, in states that say that one did."""
    again = mortal.deploy("flows.py:trivial", SAMPLE, retries_on_crash=1)
    runs = {name: put(mortal, mortal.run(again), "CRASHED") for name in ("old", "fresh")}
    age(mortal.server, runs["old"], hours=2)
    deployment = mortal.deploy("flows.py:trivial", SAMPLE)
    for name, worker in (("foreign", "a worker by hand"), ("dead", "qhub-mortal")):
        runs[name] = put(mortal, mortal.run(deployment), "RUNNING")
        labels = {"prefect.worker.name": worker}  # so Prefect's workers note who began a run
        mortal.call(f"/flow_runs/{runs[name]}/labels", labels, method="PATCH")
    return runs


def noted(agents: Agents, run: str) -> bool:
    """Tell whether Prefect knows the process of a run."""
    return bool(agents.call(f"/flow_runs/{run}")["infrastructure_pid"])


def detached(folder: Path) -> list[int]:
    """Return the processes that runs started in sessions of their own."""
    return [int((folder / name).read_text()) for name, flow in FLOWS.items() if flow == "detach"]


def test_runs_that_died_with_their_agent_are_concluded_at_its_start(left: Left) -> None:
    left.agents.wait(left.runs["crashed"], "Crashed")
    left.agents.wait(left.runs["cancelled"], "Cancelled")


def test_another_process_with_the_pid_of_a_dead_run_is_not_taken_for_it(left: Left) -> None:
    left.agents.wait(left.runs["replaced"], "Crashed")


def test_what_runs_detached_ends_with_them_also_when_their_agent_died(left: Left) -> None:
    left.agents.wait(left.runs["detached and dead"], "Crashed")
    left.agents.cancel(left.runs["detached"])
    left.agents.wait(left.runs["detached"], "Cancelled")
    until(lambda: all(map(gone, detached(left.folder))), what="what they left to go", within=8)


def test_the_death_of_an_adopted_run_is_noticed(left: Left) -> None:
    adopted = left.runs["adopted"]
    assert left.agents.state(adopted) == "Running"
    os.kill(left.identities["adopted"].pid, signal.SIGKILL)
    left.agents.wait(adopted, "Crashed", within=15)
    hooks = left.folder / "adopted"
    until(lambda: "crashed Crashed" in hooks.read_text(), what="the hook")


def put(agents: Agents, run: str, kind: str) -> str:
    """Give a run a state, whatever it was; return the run."""
    body = {"state": {"type": kind}, "force": True}
    agents.call(f"/flow_runs/{run}/set_state", body)
    return run


def test_a_run_that_crashed_long_ago_is_not_begun_again(left: Left) -> None:
    agents, old = left.agents, left.runs["old"]
    # One look is at both.
    until(lambda: agents.state(left.runs["fresh"]) == "Completed", what="the fresh one", every=0.2)
    assert agents.state(old) == "Crashed"
    assert len(agents.states(old)) == 2


def age(server: Server, run: str, *, hours: int) -> None:
    """Make all states of a run older: no request can."""
    older = f"strftime('%Y-%m-%d %H:%M:%f000', timestamp, '-{hours} hours')"
    with closing(sqlite3.connect(server.layout.server / "prefect.db", timeout=30)) as database:
        text = f"UPDATE flow_run_state SET timestamp = {older} WHERE flow_run_id = ?"  # noqa: S608
        changed = database.execute(text, (run,)).rowcount
        database.commit()
    assert changed == 2


def test_the_runs_of_another_worker_of_the_pool_are_left_alone(left: Left) -> None:
    left.agents.wait(left.runs["dead"], "Crashed", within=15)
    left.agents.wait(left.agents.run(left.agents.deploy("flows.py:trivial", SAMPLE)), "Completed")
    assert left.agents.state(left.runs["foreign"]) == "Running"
