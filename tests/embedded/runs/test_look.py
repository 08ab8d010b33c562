"""What an agent that starts does about the runs of its pool that it did not begin itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platforms import Agents, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.embedded.server import Server

pytestmark = pytest.mark.full


@contextmanager
def idle(server: Server, name: str) -> Iterator[Agents]:
    """A pool whose agent a test starts."""
    agents = Agents(server, name)
    agents.configure()
    try:
        yield agents
    finally:
        agents.stop()


def put(agents: Agents, run: str, kind: str) -> str:
    """Give a run a state, whatever it was; return the run."""
    body = {"state": {"type": kind}, "force": True}
    agents.call(f"/flow_runs/{run}/set_state", body)
    return run


def test_a_run_that_crashed_long_ago_is_not_begun_again(server: Server) -> None:
    with idle(server, "late") as agents:
        again = agents.deploy("flows.py:trivial", SAMPLE, retries_on_crash=1)
        old, fresh = (put(agents, agents.run(again), "CRASHED") for _ in range(2))
        age(server, old, hours=2)
        agents.start()
        # One look is at both.
        until(lambda: agents.state(fresh) == "Completed", what="the fresh one", every=0.2)
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


def test_the_runs_of_another_worker_of_the_pool_are_left_alone(server: Server) -> None:
    with idle(server, "shared") as agents:
        deployment = agents.deploy("flows.py:trivial", SAMPLE)
        foreign, dead = (put(agents, agents.run(deployment), "RUNNING") for _ in range(2))
        name(agents, foreign, "a worker by hand")
        name(agents, dead, "qhub-shared")
        agents.start()
        agents.wait(dead, "Crashed", within=15)
        agents.wait(agents.run(deployment), "Completed")
        assert agents.state(foreign) == "Running"


def name(agents: Agents, run: str, worker: str) -> None:
    """Note which worker began a run, as Prefect's workers do."""
    labels = {"prefect.worker.name": worker}
    agents.call(f"/flow_runs/{run}/labels", labels, method="PATCH")
