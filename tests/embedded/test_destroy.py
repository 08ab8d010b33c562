"""`qhub destroy` on real parts: an orderly end, no process left, data kept unless asked."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from unittest import mock

import h11
import pytest

from qhub.embedded import processes
from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import Machine, machine, until
from tests.embedded.supervised import IDLES, supervising

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full

_FLOW = """
import pathlib, time
from prefect import flow

@flow
def main():
    while not pathlib.Path("go-on").exists():
        time.sleep(0.1)
"""
_LEFT = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.setsid()
print(flush=True)
time.sleep(600)
"""
_DESTROY = ("destroy", "--confirm", "pipelines")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("platform") / "project") as found:
        yield found


@pytest.fixture
def deployed(platform: Machine) -> Machine:
    """The platform of this file, which runs: it is started where a test destroyed it."""
    platform.deploy()
    return platform


def _running(deployed: Machine) -> str:
    """Return the id of a run that runs until the file `go-on` is there."""
    (deployed.folder / "go-on").unlink(missing_ok=True)
    run = deployed.run("one", _FLOW)
    until(lambda: deployed.state_of(run) == "RUNNING")
    return run


def _are_paused(deployed: Machine) -> bool:
    with deployed.api() as api:
        return all(pool["is_paused"] for pool in api.every("/work_pools/filter"))


def test_a_command_in_between_finds_the_platform_and_its_status_is_handed_on(
    deployed: Machine,
) -> None:
    program = "import os; print(os.environ['PREFECT_API_URL']); raise SystemExit(7)"
    process = deployed.start("connect", "--", sys.executable, "-c", program)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 7, err
    with deployed.api() as api:
        assert out == f"{api.url}\n"
    assert "cannot run 'no-such-command': No such file" in deployed.qhub(
        "connect", "--", "no-such-command", status=3
    )


def test_a_destroy_that_was_interrupted_stops_nothing(deployed: Machine) -> None:
    run = _running(deployed)
    with deployed.api() as api:
        api.patch("/work_pools/two", {"is_paused": True})  # by hand
    begun = deployed.start(*_DESTROY, "--timeout", "60")
    until(lambda: _are_paused(deployed))
    begun.send_signal(signal.SIGINT)
    _, err = begun.communicate(timeout=30)
    assert begun.returncode == 130
    assert "note: nothing was stopped: runs start again" in err
    with deployed.api() as api:
        pools = {pool["name"]: pool["is_paused"] for pool in api.every("/work_pools/filter")}
        assert pools == {"one": False, "two": True}
        api.patch("/work_pools/two", {"is_paused": False})
    for requests in range(1, 6):
        _destroy_interrupted_after(requests, deployed)
        assert not _are_paused(deployed)
    assert deployed.state_of(run) == "RUNNING"
    assert deployed.deploy()["unchanged"] is True


def _destroy_interrupted_after(requests: int, deployed: Machine) -> None:
    """Press ^C while httpx makes a connection ready for another request: none works on it then."""
    count = itertools.count(1)

    def ready(connection: h11.Connection) -> None:
        if next(count) == requests:
            raise KeyboardInterrupt
        again(connection)

    again = h11.Connection.start_next_cycle
    with mock.patch("h11.Connection.start_next_cycle", ready):
        told = deployed.qhub(*_DESTROY, "--timeout", "60", status=130)
    assert ("nothing was stopped" in told) is (requests > 1)  # the first asks whether it is there


def test_a_destroy_that_was_killed_is_told_and_taken_back_by_a_deploy(deployed: Machine) -> None:
    _running(deployed)
    begun = deployed.start(*_DESTROY, "--timeout", "60")
    until(lambda: _are_paused(deployed))
    begun.kill()
    begun.communicate(timeout=30)
    out = deployed.qhub("status", status=4)
    assert "its work pool 'one' is held back by a `qhub destroy` that did not end" in out
    assert "`qhub deploy` lets runs start again, `qhub destroy` goes on" in out
    assert deployed.deploy()["unchanged"] is False  # pools go on
    assert not _are_paused(deployed)


def test_runs_that_come_to_their_end_in_time_are_completed_and_the_rest_stops_in_order(
    deployed: Machine,
) -> None:
    run = _running(deployed)
    log = deployed.layout.log("supervisord")
    before = len(log.read_text())
    begun = deployed.start(*_DESTROY, "--timeout", "100")
    until(lambda: _are_paused(deployed))
    (deployed.folder / "go-on").touch()
    out, err = begun.communicate(timeout=150)
    assert begun.returncode == 0, err
    assert "ended runs" not in out
    assert deployed.processes() == []
    with closing(sqlite3.connect(deployed.layout.server / "prefect.db")) as database:
        found = database.execute("SELECT id, state_type FROM flow_run").fetchall()
    assert (run, "COMPLETED") in found
    assert {state for _, state in found} == {"COMPLETED"}
    stopped = re.findall(r"stopped: (\S+)", log.read_text()[before:])
    assert {*stopped[:2]} == {"agent-one", "agent-two"}
    assert stopped[2:] == ["gateway", "server"]  # what others need is stopped after them
    deployed.edit("    - {name: two, queues: [etl]}\n", "")  # the test below needs one agent
    _deploy_while_its_port_is_taken(deployed)
    assert deployed.state_of(run) == "COMPLETED"
    assert not _are_paused(deployed)


def _deploy_while_its_port_is_taken(deployed: Machine) -> None:
    port = json.loads(deployed.layout.ports.read_text())["server"]
    with closing(socket.socket()) as foreign:
        foreign.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        foreign.bind(("127.0.0.1", port))
        foreign.listen()
        again = deployed.deploy()
    assert again["started"] is True
    assert again["page"] != f"http://127.0.0.1:{port}"  # which somebody took meanwhile
    assert "ports.json" in again["changed"]


def test_nothing_is_left_and_runs_that_were_ended_say_so(deployed: Machine) -> None:
    running = _running(deployed)
    Supervisor(deployed.layout).stop("agent-one")  # nobody but destroy is to see to these
    ends = {
        _begun(deployed, "RUNNING"): ("CRASHED", "the platform was stopped while it ran"),
        _begun(deployed, "RUNNING", "CANCELLING"): (
            "CANCELLED",
            "the platform was stopped while it was cancelled",
        ),
        _begun(deployed, "PENDING"): ("SCHEDULED", "the platform was stopped before it began"),
    }
    left = subprocess.Popen(
        [sys.executable, "-c", _LEFT],
        env={**os.environ, "QHUB_STATE": str(deployed.layout.root)},
        stdout=subprocess.PIPE,
    )
    with left:
        assert left.stdout is not None
        left.stdout.readline()
        out = deployed.qhub(*_DESTROY, "--timeout", "0.5")
        assert f"was left     pid {left.pid}, " in out
        assert left.wait(10) == -signal.SIGKILL
    assert "ended runs   " in out
    assert deployed.processes() == []
    assert not deployed.layout.socket.exists()
    assert not deployed.layout.pid_file.exists()
    assert "did not run" in deployed.qhub(*_DESTROY)
    told = deployed.qhub("connect", "--", "no-such-command", status=3)
    assert "the platform pipelines (dev) does not run on this machine" in told
    with closing(sqlite3.connect(deployed.layout.server / "prefect.db")) as database:
        crashed = "SELECT state_type FROM flow_run WHERE id = ?"
        assert database.execute(crashed, (running,)).fetchall() == [("CRASHED",)]
        stopped = "SELECT type, message FROM flow_run_state WHERE flow_run_id = ?"
        stopped += " AND message LIKE '%was stopped%'"
        found = {run: database.execute(stopped, (run,)).fetchall() for run in ends}
    assert found == {run: [end] for run, end in ends.items()}


def _begun(deployed: Machine, *states: str) -> str:
    run = deployed.run("one", _FLOW)
    with deployed.api() as api:
        for state in states:
            api.post(f"/flow_runs/{run}/set_state", {"state": {"type": state}, "force": True})
    return run


def test_what_survived_its_supervisor_is_ended_too(tmp_path: Path) -> None:
    left = Machine(tmp_path / "project")
    left.layout.make()
    with supervising(left.layout, {"server": IDLES}) as supervisor:
        until(lambda: len(processes.find(left.layout)) == 2)
        [server] = supervisor.programs()
        pid = supervisor.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        out = left.qhub(*_DESTROY)
        assert "pipelines (dev) did not run" in out
        assert f"was left     pid {server.pid}, " in out
        assert processes.find(left.layout) == []


def test_what_lost_its_folder_is_told_and_ended(tmp_path: Path) -> None:
    lost = Machine(tmp_path / "project")
    lost.layout.make()
    with supervising(lost.layout, {"server": IDLES, "agent-one": IDLES}):
        until(lambda: len(processes.find(lost.layout)) == 3)
        shutil.rmtree(lost.layout.root)
        told = lost.qhub("status", status=4)
        assert "its state is gone" in told
        assert "`qhub destroy` ends it" in told
        assert "was left" in lost.qhub(*_DESTROY)
        assert processes.find(lost.layout) == []
