"""What Prefect itself does about runs of which nobody hears any more, when no agent is there."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.automations import automations
from tests.embedded.platforms import Agents, agent, until
from tests.embedded.runs.conftest import SAMPLE
from tests.embedded.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    with (
        serving(tmp_path_factory.mktemp("platform")) as server,
        agent(server, "pipelines") as running,
    ):
        for automation in automations():
            running.call("/automations/", automation)
        yield running


def heartbeats(agents: Agents, run: str) -> list[Any]:
    resource = {"id": [f"prefect.flow-run.{run}"]}
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": resource}
    found: list[Any] = agents.call("/events/filter", {"filter": wanted})["events"]
    return found


def test_lost_runs_are_crashed_and_stuck_ones_scheduled_within_two_minutes(
    agents: Agents, tmp_path: Path
) -> None:
    deployment = agents.deploy("flows.py:until_told", SAMPLE)
    again = agents.deploy("flows.py:until_told", SAMPLE, retries_on_crash=1)
    lost = agents.run(again, file=str(tmp_path / "lost"))
    lasting = agents.run(deployment, file=str(tmp_path / "lasting"))
    for run in (lost, lasting):
        agents.wait(run, "Running")
        # One at its start, and the next after 30 s: whoever sends one only is dead.
        until(lambda run=run: len(heartbeats(agents, run)) > 1, within=60, every=1)  # type: ignore[misc]  # `until` does not say of what
    assert agents.process is not None
    flow, parent, worker = agents.identity(lost).pid, agents.process.pid, agents.worker
    for pid in (parent, worker, flow):
        os.kill(pid, signal.SIGKILL)
    agents.process.wait(5)
    killed = time.monotonic()
    stuck = agents.run(deployment, file=str(tmp_path / "stuck"))
    agents.call(f"/flow_runs/{stuck}/set_state", {"state": {"type": "PENDING"}})
    assert agents.state(stuck) == "Pending"
    until(lambda: agents.state(stuck) == "Scheduled", within=100, every=1)
    until(lambda: agents.state(lost) == "Crashed", within=120, every=1)
    assert time.monotonic() - killed < 120
    state = agents.call(f"/flow_runs/{lost}")["state"]
    assert state["message"] == "its process sent no heartbeat any more"
    assert agents.state(lasting) == "Running"
    for name in ("lost", "lasting", "stuck"):
        (tmp_path / name).touch()
    agents.start()
    for run, begun in ((lost, 2), (lasting, 1), (stuck, 1)):
        until(lambda run=run: agents.state(run) == "Completed", within=60, what="its end")  # type: ignore[misc]  # `until` does not say of what
        assert agents.call(f"/flow_runs/{run}")["run_count"] == begun
