"""Whatever is killed comes back: by supervisor, or by the next `qhub deploy`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import processes
from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import Machine, machine, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

_RUN = """
import os, sys, time
os.setsid()
print(os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("platform") / "project") as found:
        found.deploy()
        yield found


_FLOW = """
import pathlib, time
from prefect import flow

@flow
def main():
    while not pathlib.Path("go-on").exists():
        time.sleep(0.1)
"""


def _kill(*pids: int | None) -> None:
    for pid in pids:
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(_lives(pid) for pid in pids if pid))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return processes.started(pid) is not None and bool(processes.environment(pid))


def _can_bind(server: socket.socket, port: int) -> bool:
    with contextlib.suppress(OSError):
        server.bind(("127.0.0.1", port))
        return True
    return False


@pytest.mark.parametrize("name", ["server", "gateway", "agent-one"])
def test_supervisor_starts_a_killed_program_again(deployed: Machine, name: str) -> None:
    before = deployed.pids()
    _kill(before[name])
    until(lambda: deployed.pids()[name] not in (None, before[name]))
    told = deployed.deploy()  # waits until it is healthy
    assert told["unchanged"] is True
    assert {**deployed.pids(), name: 0} == {**before, name: 0}


def test_a_server_that_hangs_is_started_again(deployed: Machine) -> None:
    before = deployed.pids()
    assert before["server"] is not None
    os.kill(before["server"], signal.SIGSTOP)
    until(lambda: deployed.pids()["server"] not in (None, before["server"]), seconds=120)
    assert deployed.deploy()["unchanged"] is True
    assert {**deployed.pids(), "server": 0} == {**before, "server": 0}
    assert "questions were not answered" in deployed.layout.log("server").read_text()


def test_after_supervisor_was_killed_a_deploy_replaces_its_programs_and_keeps_runs(
    deployed: Machine,
) -> None:
    before = deployed.pids()
    run = deployed.run("one", _FLOW)
    until(lambda: deployed.state_of(run) == "RUNNING")
    _kill(Supervisor(deployed.layout).pid())
    assert all(_lives(pid) for pid in before.values() if pid)
    told = deployed.deploy()
    assert told["started"] is True
    assert any("supervisor was gone; its programs were ended" in n for n in told["notes"])
    assert not any(_lives(pid) for pid in before.values() if pid)
    assert deployed.state_of(run) == "RUNNING"
    (deployed.folder / "go-on").touch()
    until(lambda: deployed.state_of(run) == "COMPLETED")
    assert deployed.deploy()["unchanged"] is True


def test_after_a_power_cut_everything_starts_again(deployed: Machine) -> None:
    with deployed.api() as api:
        api.post("/variables/", {"name": "theirs", "value": "kept"})
    pid = Supervisor(deployed.layout).pid()
    _kill(pid, *deployed.pids().values())
    until(lambda: not deployed.processes())
    assert deployed.layout.pid_file.exists()
    assert deployed.layout.socket.exists()
    told = deployed.deploy()
    assert (told["started"], told["changed"]) == (True, [])
    with deployed.api() as api:
        assert api.get("/variables/name/theirs")["value"] == "kept"


def test_a_stale_pid_file_that_names_a_foreign_process_harms_nobody(deployed: Machine) -> None:
    _kill(Supervisor(deployed.layout).pid(), *deployed.pids().values())
    foreign = subprocess.Popen([sys.executable, "-c", _RUN], stdout=subprocess.PIPE)
    with foreign:
        assert foreign.stdout is not None
        foreign.stdout.readline()
        deployed.layout.pid_file.write_text(str(foreign.pid))
        assert deployed.deploy()["started"] is True
        assert foreign.poll() is None
        foreign.kill()
    assert deployed.layout.pid_file.read_text().strip() == str(Supervisor(deployed.layout).pid())


def test_a_supervisor_whose_socket_is_gone_is_replaced(deployed: Machine) -> None:
    before = Supervisor(deployed.layout).pid()
    deployed.layout.socket.unlink()
    told = deployed.deploy()
    assert any(f"supervisor (pid {before}) did not answer" in note for note in told["notes"])
    assert before is not None
    assert not _lives(before)


def test_a_free_port_that_somebody_took_meanwhile_is_given_up(deployed: Machine) -> None:
    ports = json.loads(deployed.layout.ports.read_text())
    _kill(Supervisor(deployed.layout).pid(), *deployed.pids().values())
    with contextlib.closing(socket.socket()) as foreign:
        foreign.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until(lambda: _can_bind(foreign, ports["server"]))  # a dying process lets go of it late
        foreign.listen()
        told = deployed.deploy()
    assert told["page"] != f"http://127.0.0.1:{ports['server']}"
    assert told["changed"][0] == "ports.json"


def test_a_program_that_was_stopped_by_hand_is_started(deployed: Machine) -> None:
    Supervisor(deployed.layout).stop("agent-two")
    assert deployed.deploy()["restarted"] == ["agent-two"]


def test_a_deploy_that_was_interrupted_is_finished_by_the_next(deployed: Machine) -> None:
    before = deployed.pids()
    deployed.edit("COLOUR: red", "COLOUR: green")
    begun = deployed.start("deploy")
    changed = deployed.layout.config / "agents" / "one.json"
    until(lambda: b"green" in changed.read_bytes())
    begun.send_signal(signal.SIGKILL)
    begun.communicate()
    deployed.deploy()
    assert deployed.pids()["agent-one"] != before["agent-one"]
    assert deployed.pids()["server"] == before["server"]
