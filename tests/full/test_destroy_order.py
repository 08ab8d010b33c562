"""In which order `qhub destroy` stops a platform, and what becomes of runs that have begun."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import Machine, machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full

_FLOW = "from prefect import flow\n\n@flow\ndef main(): ..."


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "project") as found:
        found.deploy()
        yield found


def test_what_others_need_is_stopped_after_them(deployed: Machine) -> None:
    log = deployed.layout.log("supervisord")
    before = len(log.read_text())
    deployed.qhub("destroy", "--confirm", "pipelines")
    stopped = re.findall(r"stopped: (\S+)", log.read_text()[before:])
    assert {*stopped[:2]} == {"agent-one", "agent-two"}
    assert stopped[2:] == ["gateway", "server"]


def test_a_run_gets_the_state_that_fits_how_far_it_was(deployed: Machine) -> None:
    Supervisor(deployed.layout).stop("agent-one")  # nobody but destroy is to see to these
    ends = {
        _begun(deployed, "RUNNING"): ("CRASHED", "the platform was stopped while it ran"),
        _begun(deployed, "RUNNING", "CANCELLING"): (
            "CANCELLED",
            "the platform was stopped while it was cancelled",
        ),
        _begun(deployed, "PENDING"): ("SCHEDULED", "the platform was stopped before it began"),
    }
    deployed.qhub("destroy", "--confirm", "pipelines", "--timeout", "0")
    deployed.deploy()
    assert {run: _stopped(deployed, run) for run in ends} == {
        run: [end] for run, end in ends.items()
    }


def _begun(deployed: Machine, *states: str) -> str:
    run = deployed.run("one", _FLOW)
    with deployed.api() as api:
        for state in states:
            api.post(f"/flow_runs/{run}/set_state", {"state": {"type": state}, "force": True})
    return run


def _stopped(deployed: Machine, run: str) -> list[tuple[str, str]]:
    """Return the states that a destroy gave a run, and what it said: the next deploy goes on."""
    with deployed.api() as api:
        states: list[dict[str, Any]] = api.get(f"/flow_run_states/?flow_run_id={run}")
    return [(s["type"], s["message"]) for s in states if "was stopped" in (s["message"] or "")]
