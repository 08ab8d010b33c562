"""Whatever is killed or broken comes back: by supervisor, or by the next `qhub deploy`.

Where another process was quicker to take a port, too: with another one.
"""

from __future__ import annotations

import json
import os
import signal
import zlib
from typing import TYPE_CHECKING, Any

import psutil  # noqa: TID253 the tests' own
import pytest

from qhub.embedded import processes
from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import ONE_AGENT, Machine, machine, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full


_RANGE = 12_000
"""The ports among which free ones are looked for, from a place that follows from the path."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("platform") / "project", template=ONE_AGENT) as found:
        yield found


@pytest.fixture(scope="module")
def deployed(platform: Machine) -> Machine:
    """The platform of this file, which runs."""
    platform.deploy()
    return platform


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


def _home_with_the_same_first_port(home: Path, root: Path) -> Path:
    """Return a home like `home` whose platform `other` begins to look where that of `root` does."""
    first = zlib.crc32(os.fsencode(root)) % _RANGE
    resolved = home.resolve()
    others = (resolved.with_name(f"{home.name}{number}") for number in range(1_000_000))
    return next(o for o in others if zlib.crc32(os.fsencode(o / "other-dev")) % _RANGE == first)


def test_two_platforms_that_want_the_same_ports_run_side_by_side_in_folders_with_any_name(
    platform: Machine, tmp_path: Path
) -> None:
    strange = tmp_path / ("very long " * 9) / "mit Ümläut %(x)s ; # und \"'"
    one, home = platform, _home_with_the_same_first_port(strange, platform.layout.root)
    with machine(tmp_path / "two", "other", template=ONE_AGENT, QHUB_HOME=str(home)) as other:
        del other.environ["HOME"]
        begun = [found.start("deploy") for found in (one, other)]
        results = [process.communicate(timeout=150) for process in begun]
        assert [process.returncode for process in begun] == [0, 0], results
        assert not _ports(one) & _ports(other)
        for found in (one, other):  # each server knows its own password alone
            with found.api() as api:
                assert api.get("/variables/name/qhub_platform")["value"]["storage"] == (
                    f"file://{found.layout.flows}"
                )
            assert found.pids().keys() == {"server", "gateway", "agent-one"}
            assert found.deploy()["unchanged"] is True
    assert one.deploy()["unchanged"] is True  # the other one is destroyed


def _ports(one: Machine) -> set[int]:
    return set(json.loads(one.layout.ports.read_text()).values())


def test_the_address_of_the_page_is_printed_with_the_place_of_its_password(
    deployed: Machine,
) -> None:
    page = deployed.deploy()["page"]
    file = deployed.layout.password("api")
    told = deployed.qhub("ui", "--print")
    assert told == f"{page}\nits password is the content of {file}\n"
    assert file.read_text().strip() not in told
    assert json.loads(deployed.qhub("ui", "--print", "--output", "json")) == {
        "url": page,
        "password_file": str(file),
        "opened": False,
    }


def test_supervisor_starts_killed_programs_again_and_they_are_counted(deployed: Machine) -> None:
    before, restarts = deployed.pids(), _parts(deployed, "restarts")
    killed = ("gateway", "agent-one")
    _kill(*(before[name] for name in killed))
    until(lambda: not {None, *before.values()} & {deployed.pids()[name] for name in killed})
    told = deployed.deploy()  # waits until they are healthy
    assert told["unchanged"] is True
    assert deployed.pids()["server"] == before["server"]
    expected = restarts | {name: restarts[name] + 1 for name in ("gateway", "agent/one")}
    assert _parts(deployed, "restarts") == expected


def test_a_server_that_hangs_is_told_and_started_again(deployed: Machine) -> None:
    before = deployed.pids()
    hanging = before["server"]
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)
    found = deployed.status(fails=4)
    states = {part["name"]: part["state"] for part in found["parts"]}
    assert states["server"] in ("silent", "starting")  # so one is called at first
    assert (states["gateway"], found["runs"]) == ("running", None)
    until(lambda: not _lives(hanging), seconds=120)
    until(lambda: deployed.pids()["server"] is not None)
    assert deployed.deploy()["unchanged"] is True
    assert {**deployed.pids(), "server": 0} == {**before, "server": 0}
    assert "questions were not answered" in deployed.layout.log("server").read_text()


def _parts(deployed: Machine, key: str) -> dict[str, Any]:
    """Return one thing that the status tells of each part."""
    return {part["name"]: part[key] for part in deployed.status()["parts"]}


def test_what_asks_the_server_is_replaced_by_another_one_which_has_no_password(
    deployed: Machine,
) -> None:
    server = psutil.Process(deployed.pids()["server"])
    (asking,) = server.children()
    asking.kill()
    until(lambda: set(server.children()) - {asking}, seconds=20)
    (another,) = server.children()
    assert "qhub.embedded.programs.silence" in another.cmdline()
    environ = another.environ()
    assert environ["QHUB_STATE"] == str(deployed.layout.root)  # by which destroy finds it
    password = deployed.layout.password("api").read_text().strip()
    assert password not in "".join(environ.values())


def test_lost_passwords_are_told_by_every_command_and_made_anew(deployed: Machine) -> None:
    layout = deployed.layout
    for name in ("api", "gateway"):
        layout.password(name).unlink()
    missing = f"its password is missing: {layout.password('api')}"
    told = {p["part"]: (p["message"], p["hint"]) for p in deployed.status(fails=4)["problems"]}
    hint = "`qhub deploy` makes a new one, and restarts what uses it"
    assert told["server"] == (missing, hint)
    assert told["gateway"] == (f"its password is missing: {layout.password('gateway')}", hint)
    for command in (["flow", "list"], ["ui", "--print"], ["connect", "--", "no-such-command"]):
        assert missing in deployed.qhub(*command, status=3)
    _without_its_socket_supervisor_is_replaced(deployed)
    assert deployed.status()["healthy"]


def _without_its_socket_supervisor_is_replaced(deployed: Machine) -> None:
    """Let one deploy mend this, too: all is restarted once."""
    before = Supervisor(deployed.layout).pid()
    (asking,) = psutil.Process(deployed.pids()["server"]).children()
    deployed.layout.socket.unlink()
    told = deployed.deploy()
    assert any(f"supervisor (pid {before}) did not answer" in note for note in told["notes"])
    assert before is not None
    assert not _lives(before)
    until(lambda: not asking.is_running(), seconds=5)  # what asks a server ends with it


def test_an_edited_file_keeps_nobody_from_bringing_the_platform_up(deployed: Machine) -> None:
    deployed.deploy()
    readme = deployed.folder / "stages" / "embedded" / "README.md"
    readme.write_text("mine\n")
    pid = deployed.pids()["agent-one"]
    Supervisor(deployed.layout).stop("agent-one")
    told = deployed.deploy()
    assert told["restarted"] == ["agent-one"]
    assert deployed.pids()["agent-one"] != pid
    assert told["notes"] == [
        "edited, and left alone: stages/embedded/README.md; what runs is what the config file says"
    ]
    assert readme.read_text() == "mine\n"
    deployed.edit("    - name: one\n", "    - name: one\n      queues: [default, late]\n")
    assert "these files were edited" in deployed.qhub("deploy", status=5)
    deployed.qhub("deploy", "--force")
    assert deployed.deploy()["notes"] == []


def test_an_agent_that_does_not_start_is_told_with_the_end_of_its_log(deployed: Machine) -> None:
    deployed.edit("COLOUR: ", "PREFECT_LOGGING_LEVEL: nonsense, COLOUR: ")
    out = deployed.qhub("deploy", status=3)
    deployed.edit("PREFECT_LOGGING_LEVEL: nonsense, ", "")
    assert "agent-one does not stay up" in out
    assert "    pydantic_core._pydantic_core.ValidationError" in out
    assert "qhub logs agent/one" in out
    assert "agent-one" in deployed.deploy()["restarted"]


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
