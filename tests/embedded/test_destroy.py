"""`qhub destroy` on real parts: an orderly end, no process left, data kept unless asked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import processes
from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import Machine, machine, until

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


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "project") as found:
        found.deploy()
        yield found


def _running(deployed: Machine) -> str:
    """Return the id of a run that runs until the file `go-on` is there."""
    run = deployed.run("one", _FLOW)
    until(lambda: deployed.state_of(run) == "RUNNING")
    return run


def test_nothing_is_left_and_the_data_is_there_for_the_next_deploy(deployed: Machine) -> None:
    run = _running(deployed)
    left = subprocess.Popen(
        [sys.executable, "-c", _LEFT],
        env={**os.environ, "QHUB_STATE": str(deployed.layout.root)},
        stdout=subprocess.PIPE,
    )
    with left:
        assert left.stdout is not None
        left.stdout.readline()
        out = deployed.qhub("destroy", "--confirm", "pipelines", "--timeout", "0.5")
        assert f"was left     pid {left.pid}, " in out
        assert left.wait(10) == -signal.SIGKILL
    assert "ended runs   " in out
    assert deployed.processes() == []
    assert not deployed.layout.socket.exists()
    assert not deployed.layout.pid_file.exists()
    assert "did not run" in deployed.qhub("destroy", "--confirm", "pipelines")
    assert deployed.deploy()["started"] is True
    with deployed.api() as api:
        found = api.get(f"/flow_runs/{run}")
        assert found["state_type"] == "CRASHED"
        assert [pool["is_paused"] for pool in api.every("/work_pools/filter")] == [False, False]


def test_a_run_that_comes_to_its_end_in_time_is_completed(deployed: Machine) -> None:
    run = _running(deployed)
    begun = deployed.start("destroy", "--confirm", "pipelines", "--timeout", "100")
    until(lambda: _are_paused(deployed))
    (deployed.folder / "go-on").touch()
    out, err = begun.communicate(timeout=150)
    assert begun.returncode == 0, err
    assert "ended runs" not in out
    assert deployed.processes() == []
    deployed.deploy()
    assert deployed.state_of(run) == "COMPLETED"


def _are_paused(deployed: Machine) -> bool:
    with deployed.api() as api:
        return all(pool["is_paused"] for pool in api.every("/work_pools/filter"))


def test_everything_is_removed_only_when_asked_and_only_of_this_platform(
    deployed: Machine,
) -> None:
    other = deployed.layout.root.parent / "of-somebody"
    other.mkdir()
    out = deployed.qhub("destroy", "--confirm", "pipelines", "--data")
    assert f"removed      {deployed.layout.root}" in out
    assert list(deployed.layout.root.parent.iterdir()) == [other]
    assert "is not deployed on this machine" in deployed.qhub("destroy")


def test_the_same_names_in_another_folder_stop_and_remove_nothing(
    deployed: Machine, tmp_path: Path
) -> None:
    other = Machine(tmp_path / "other", environ={"QHUB_HOME": deployed.environ["QHUB_HOME"]})
    told = other.qhub("destroy", "--data", "--confirm", "pipelines", status=3)
    assert f"pipelines (dev) was deployed from {deployed.config}" in told
    assert "destroy it with that file, or take it over with --adopt" in told
    assert json.loads(deployed.qhub("status", "--output", "json"))["healthy"]
    told = other.qhub("destroy", "--data", "--adopt", "--confirm", "pipelines")
    assert f"taken over from {deployed.config}" in told
    assert not deployed.layout.root.exists()
    assert processes.find(deployed.layout) == []


def test_what_lost_its_folder_is_told_and_ended(deployed: Machine) -> None:
    assert len(processes.find(deployed.layout)) >= 4
    shutil.rmtree(deployed.layout.root)
    told = deployed.qhub("status", status=4)
    assert "its state is gone" in told
    assert "`qhub destroy` ends it" in told
    assert "was left" in deployed.qhub("destroy", "--confirm", "pipelines")
    assert processes.find(deployed.layout) == []


def test_a_lost_password_is_told_by_every_command_and_made_anew(deployed: Machine) -> None:
    layout = deployed.layout
    for name in ("api", "gateway"):
        layout.password(name).unlink()
    missing = f"its password is missing: {layout.password('api')}"
    status = json.loads(deployed.qhub("status", "--output", "json", status=4))
    told = {p["part"]: (p["message"], p["hint"]) for p in status["problems"]}
    hint = "`qhub deploy` makes a new one, and restarts what uses it"
    assert told["server"] == (missing, hint)
    assert told["gateway"] == (f"its password is missing: {layout.password('gateway')}", hint)
    for command in (["flow", "list"], ["ui", "--print"], ["connect", "--", "true"]):
        assert missing in deployed.qhub(*command, status=3)
    deployed.deploy()
    assert json.loads(deployed.qhub("status", "--output", "json"))["healthy"]


def test_what_survived_its_supervisor_is_ended_too(deployed: Machine) -> None:
    pid = Supervisor(deployed.layout).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    out = deployed.qhub("destroy", "--confirm", "pipelines")
    assert "pipelines (dev) did not run" in out
    assert "qhub.embedded.programs.server: ended" in out
    assert deployed.processes() == []


def test_a_destroy_that_was_interrupted_stops_nothing(deployed: Machine) -> None:
    run = _running(deployed)
    with deployed.api() as api:
        api.patch("/work_pools/two", {"is_paused": True})  # by hand
    begun = deployed.start("destroy", "--confirm", "pipelines", "--timeout", "60")
    until(lambda: _are_paused(deployed))
    begun.send_signal(signal.SIGINT)
    _, err = begun.communicate(timeout=30)
    assert begun.returncode == 130
    assert "note: nothing was stopped: runs start again" in err
    with deployed.api() as api:
        pools = {pool["name"]: pool["is_paused"] for pool in api.every("/work_pools/filter")}
    assert pools == {"one": False, "two": True}
    assert deployed.state_of(run) == "RUNNING"
    assert deployed.deploy()["unchanged"] is True


def test_a_destroy_that_was_killed_is_told_and_finished_by_the_next(deployed: Machine) -> None:
    _running(deployed)
    begun = deployed.start("destroy", "--confirm", "pipelines", "--timeout", "60")
    until(lambda: _are_paused(deployed))
    begun.kill()
    begun.communicate(timeout=30)
    out = deployed.qhub("status", status=4)
    assert "its work pool 'one' is held back by a `qhub destroy` that did not end" in out
    assert "`qhub deploy` lets runs start again, `qhub destroy` goes on" in out
    assert deployed.deploy()["unchanged"] is False  # pools go on
    assert not _are_paused(deployed)
    deployed.qhub("destroy", "--confirm", "pipelines", "--timeout", "0")
    assert deployed.processes() == []


def test_a_command_in_between_finds_the_platform_and_its_status_is_handed_on(
    deployed: Machine,
) -> None:
    program = "import os; print(os.environ['PREFECT_API_URL']); raise SystemExit(7)"
    out = deployed.qhub("connect", "--", sys.executable, "-c", program, status=7)
    with deployed.api() as api:
        assert out == f"{api.url}\n"
    assert "cannot run 'no-such-command': No such file" in deployed.qhub(
        "connect", "--", "no-such-command", status=3
    )
    deployed.qhub("destroy", "--confirm", "pipelines", "--timeout", "0")
    told = deployed.qhub("connect", "--", "true", status=3)
    assert "the platform pipelines (dev) does not run on this machine" in told
