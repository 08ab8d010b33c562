"""What is told of a platform whose parts are dead, silent or wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qhub.embedded import control
from qhub.embedded.health import programs, server
from qhub.embedded.health.files import Snapshot
from qhub.embedded.health.model import Part, Runs, iso
from qhub.embedded.layout import Layout
from qhub.embedded.status import Sides, look
from qhub.embedded.tails import tail
from tests.embedded.supervised import ENDS, IDLES, snapshot, supervising, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.embedded.health.model import Status
    from qhub.embedded.supervise import Supervisor


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "pipelines-dev")


@pytest.fixture
def supervised(layout: Layout) -> Iterator[Supervisor]:
    """A platform with one agent, none of whose programs listens."""
    snapshot(layout, {"pipelines": ()}, gateway=True)
    programs = dict.fromkeys(("server", "gateway", "agent-pipelines"), IDLES)
    layout.log("supervisord").write_text("of an earlier day INFO spawned: 'server' with pid 7\n")
    with supervising(layout, programs) as supervisor:
        until(lambda: all(tail(layout.log(name), 1) == ["at work"] for name in programs))
        yield supervisor


def _part(status: Status, name: str) -> Part:
    (part,) = (part for part in status.parts if part.name == name)
    return part


def _messages(status: Status, part: str) -> list[str]:
    return [problem.message for problem in status.problems if problem.part == part]


def test_a_platform_that_is_not_deployed_is_told_with_the_command_that_does(
    layout: Layout,
) -> None:
    status = look(layout)
    assert (status.deployed, status.healthy, status.parts) == (False, False, ())
    (problem,) = status.problems
    assert problem.message == f"it is not deployed: {layout.root}"
    assert problem.hint == "run `qhub deploy`"


@pytest.mark.parametrize("file", ["platform.json", "agents/pipelines.json", "../ports.json"])
@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_damaged_files_of_a_deploy_are_told(file: str, content: str, layout: Layout) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=False)
    (layout.config / file).write_text(content)
    (problem,) = look(layout).problems
    assert problem.message == f"files of its last deploy are gone or damaged in {layout.root}"


def test_each_program_is_told_with_its_age_and_memory(
    supervised: Supervisor, layout: Layout
) -> None:
    status = look(layout)
    ports = json.loads(layout.ports.read_text())
    assert [part.name for part in status.parts] == [
        "supervisor",
        "server",
        "gateway",
        "agent/pipelines",
    ]
    assert _part(status, "supervisor").pid == supervised.pid()
    assert _part(status, "server").address == f"http://127.0.0.1:{ports['server']}"
    assert _part(status, "gateway").address == f"http://127.0.0.1:{ports['gateway_proxy']}"
    for part in status.parts:
        assert part.memory_mb is not None
        assert 1 < part.memory_mb < 60
        assert part.since is not None
    assert [part.restarts for part in status.parts] == [None, 0, 0, 0]


@pytest.mark.usefixtures("supervised")
def test_a_young_program_that_does_not_answer_is_starting(layout: Layout) -> None:
    status = look(layout)
    assert [part.state for part in status.parts] == ["running", "starting", "starting", "running"]
    assert not status.healthy
    assert _messages(status, "server") == ["it is starting"]


@pytest.mark.parametrize(
    ("heartbeat", "state"),
    [(5.0, "running"), (25.0, "starting")],
    ids=["its own", "the last one's"],
)
def test_a_young_agent_runs_when_it_was_heard_of(heartbeat: float, state: str) -> None:
    part = Part("agent/one", "starting", iso(time.time() - 10), 7, 90.0, None, 0)
    sides = Sides(
        programs.Seen({"agent-one": part}, ()),
        server.Seen("works", "", Runs(0, 0, 0, ()), heartbeats={"one": heartbeat}),
        None,
        60,
    )
    [told], problems = sides.judged(Snapshot(("one",), False, {}, {}))  # noqa: FBT003 no gateway
    assert told.state == state
    assert [problem.message for problem in problems] == (
        [] if state == "running" else ["it is starting"]
    )


@pytest.mark.usefixtures("supervised")
def test_one_that_does_not_listen_is_silent(layout: Layout) -> None:
    status = look(layout, start_seconds=0)
    ports = json.loads(layout.ports.read_text())
    assert [part.state for part in status.parts] == ["running", "silent", "silent", "running"]
    assert _messages(status, "server") == [
        f"nobody listens at http://127.0.0.1:{ports['server']}/api"
    ]
    assert _messages(status, "gateway") == [
        f"nobody listens at http://127.0.0.1:{ports['gateway_proxy']}"
    ]
    assert (status.runs, status.clusters) == (None, None)


@pytest.mark.full
@pytest.mark.usefixtures("supervised")
def test_a_server_that_listens_and_says_nothing_is_told_within_seconds(layout: Layout) -> None:
    port = json.loads(layout.ports.read_text())["server"]
    with socket.create_server(("127.0.0.1", port)):
        begun = time.monotonic()
        status = look(layout, start_seconds=0)
        assert time.monotonic() - begun < 8
    assert _messages(status, "server") == [f"it does not answer at http://127.0.0.1:{port}/api"]


def test_a_program_that_was_killed_and_started_again_has_a_restart(
    supervised: Supervisor, layout: Layout
) -> None:
    (agent,) = (p for p in supervised.programs() if p.name == "agent-pipelines")
    assert agent.pid is not None
    os.kill(agent.pid, signal.SIGKILL)
    until(
        lambda: any(
            p.name == agent.name and p.state == "RUNNING" and p.pid not in (None, agent.pid)
            for p in supervised.programs()
        )
    )
    assert _part(look(layout), "agent/pipelines").restarts == 1


def test_one_that_was_asked_to_start_again_has_none(supervised: Supervisor, layout: Layout) -> None:
    supervised.restart("agent-pipelines", "gateway")
    until(lambda: {p.state for p in supervised.programs()} == {"RUNNING"})
    assert [part.restarts for part in look(layout).parts] == [None, 0, 0, 0]


@pytest.mark.full
def test_a_program_that_ends_again_and_again_is_told_with_its_last_lines(layout: Layout) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=False)
    programs = {"server": IDLES, "agent-pipelines": ENDS}
    with supervising(layout, programs) as supervisor:
        until(lambda: "FATAL" in {p.state for p in supervisor.programs()})
        status = look(layout)
    assert _part(status, "agent/pipelines").state == "failed"
    assert _messages(status, "agent/pipelines") == [
        "it ended too early again and again, and is not tried any more; its last lines:\n"
        "  the disk said no"
    ]


def test_a_program_that_somebody_stopped_is_told(supervised: Supervisor, layout: Layout) -> None:
    supervised.stop("gateway")
    status = look(layout)
    assert _part(status, "gateway").state == "stopped"
    assert _part(status, "gateway").memory_mb is None
    assert len(_messages(status, "gateway")) == 1


def test_a_dead_supervisor_is_told_and_its_programs_are_found(
    supervised: Supervisor, layout: Layout
) -> None:
    before = {program.name: program.pid for program in supervised.programs()}
    pid = supervised.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: supervised.pid() is None)
    status = look(layout)
    assert control.socket_path(layout).exists()
    assert _part(status, "supervisor").state == "stopped"
    assert _messages(status, "supervisor") == [
        "it is dead, so nobody starts programs again that end"
    ]
    assert _part(status, "agent/pipelines").pid == before["agent-pipelines"]


@pytest.mark.full
def test_a_supervisor_that_does_not_answer_is_told_apart_from_a_dead_one(
    supervised: Supervisor, layout: Layout
) -> None:
    pid = supervised.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        status = look(layout)
        assert time.monotonic() - begun < 8
    finally:
        os.kill(pid, signal.SIGCONT)
    assert _part(status, "supervisor").state == "silent"
    assert _messages(status, "supervisor") == [f"it does not answer (pid {pid})"]
    assert _part(status, "agent/pipelines").state == "running"


def test_when_nothing_runs_one_problem_says_so(layout: Layout) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=True)
    status = look(layout)
    assert status.deployed
    assert {part.state for part in status.parts} == {"stopped"}
    assert [p.message for p in status.problems] == ["nothing of this platform runs"]


def test_secrets_whose_files_are_gone_are_named(layout: Layout) -> None:
    snapshot(layout, {"pipelines": ("S3_KEY", "TOKEN")}, gateway=False)
    volume = layout.secrets("pipelines")
    volume.mkdir()
    (volume / "TOKEN").write_text("planted")
    assert _messages(look(layout), "agent/pipelines") == [
        f"secrets are missing in {volume}: S3_KEY"
    ]


def test_a_file_that_asks_for_something_else_is_told(layout: Layout) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=False)
    same = {
        path.relative_to(layout.config).as_posix(): path.read_bytes()
        for path in layout.config.rglob("*.json")
    }
    assert _messages(look(layout, wanted=same | {"README.md": b"other words"}), "config") == []
    other = {**same, "platform.json": b"{}", "agents/new.json": b"{}"}
    assert _messages(look(layout, wanted=other), "config") == [
        "the file asks for something else than what runs (agents/new.json, platform.json)"
    ]


def test_a_platform_of_another_file_and_without_an_agent_is_noted(
    layout: Layout, tmp_path: Path
) -> None:
    snapshot(layout, {}, gateway=False)
    (layout.root / "deployed-from").write_text(str(tmp_path / "a.yaml"))
    assert look(layout, file=str(tmp_path / "a.yaml")).notes == (
        "it has no agent, so no flow runs: prefect.enabled is false",
    )
    assert look(layout, file=str(tmp_path / "b.yaml")).notes[0] == (
        f"it was deployed from {tmp_path / 'a.yaml'}"
    )


def test_a_program_that_runs_with_older_files_is_told(layout: Layout) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=False)
    (layout.root / "outdated.json").write_text('["agent-pipelines"]')
    assert _messages(look(layout), "agent/pipelines") == [
        "what it reads changed since it started, and it was not started again"
    ]


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("total_mb", "free_mb", "told"),
    [
        pytest.param(1_000, 199, True, id="a small disk with 199 MB"),
        pytest.param(1_000, 201, False, id="a small disk with 201 MB"),
        pytest.param(100_000, 1_900, True, id="a large disk with less than a fiftieth"),
        pytest.param(100_000, 2_100, False, id="a large disk with more than a fiftieth"),
    ],
)
def test_a_disk_that_is_nearly_full_is_told(
    total_mb: int,
    free_mb: int,
    *,
    told: bool,
    layout: Layout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snapshot(layout, {"pipelines": ()}, gateway=False)
    usage = _Usage(total_mb * 10**6, (total_mb - free_mb) * 10**6, free_mb * 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    status = look(layout)
    assert status.disk_free_mb == free_mb
    assert bool(_messages(status, "disk")) is told


def test_a_lost_password_is_told(layout: Layout) -> None:
    programs = {"server": IDLES, "gateway": IDLES}
    snapshot(layout, {}, gateway=True)
    layout.password("api").unlink()
    layout.password("gateway").unlink()
    with supervising(layout, programs):
        status = look(layout)
    assert _part(status, "server").state == "refusing"
    assert _part(status, "gateway").state == "refusing"
