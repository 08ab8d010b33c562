"""What is told of flow runs, work pools and workers, from a real Prefect server."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded import run_logs
from qhub.embedded.api import Api
from qhub.embedded.errors import AmbiguousRunError, UnknownLogError
from qhub.embedded.health import server as side
from tests.embedded.server import PASSWORD, Server, serving
from tests.embedded.supervised import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("prefect")) as running:
        yield running


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    with Api(server.api, PASSWORD) as api:
        yield api


def _pool(api: Api, name: str, *, online: bool = True) -> None:
    api.post("/work_pools/", {"name": name, "type": "process"})
    if online:
        api.post(f"/work_pools/{name}/workers/heartbeat", {"name": "w"})


def _run(api: Api, flow: str, run_name: str, state: str, **more: Any) -> str:
    made = api.post("/flows/", {"name": flow})["id"]
    body = {"flow_id": made, "name": run_name, "state": {"type": "PENDING"}}
    run = str(api.post("/flow_runs/", body)["id"])
    wanted = {"type": state, **more}
    api.post(f"/flow_runs/{run}/set_state", {"state": wanted, "force": True})
    return run


def test_runs_are_counted_and_the_newest_named(api: Api) -> None:
    _pool(api, "pipelines")
    running = _run(api, "etl", "brave-otter", "RUNNING")
    crashed = _run(api, "report", "sad-fox", "CRASHED")
    due = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    details = {"scheduled_time": due}
    late = _run(api, "etl", "slow-snail", "SCHEDULED", name="Late", state_details=details)
    _run(api, "etl", "happy-hen", "COMPLETED")
    seen = side.look(api, ["pipelines"])
    assert seen.answer == "works"
    assert seen.problems == ()
    assert seen.offline == {}
    assert seen.runs is not None
    assert (seen.runs.running, seen.runs.late, seen.runs.failed) == (1, 1, 1)
    told = [(run.id, run.name, run.flow, run.state) for run in seen.runs.newest]
    assert told == [
        (running, "brave-otter", "etl", "Running"),
        (late, "slow-snail", "etl", "Late"),
        (crashed, "sad-fox", "report", "Crashed"),
    ]
    assert all(run.since is not None for run in seen.runs.newest)


def test_a_paused_pool_and_a_paused_queue_are_told(api: Api) -> None:
    _pool(api, "paused")
    api.post("/work_pools/paused/queues", {"name": "nightly"})
    api.patch("/work_pools/paused/queues/nightly", {"is_paused": True})
    api.patch("/work_pools/paused", {"is_paused": True})
    api.post("/work_pools/paused/workers/heartbeat", {"name": "w"})
    messages = [problem.message for problem in side.look(api, ["paused"]).problems]
    assert len(messages) == 2
    assert messages[0].startswith("its work pool 'paused' is paused: no run starts")
    assert messages[1].startswith("the work queue 'nightly' is paused: its runs do not start")


def test_an_agent_that_never_asked_for_work_is_offline(api: Api) -> None:
    _pool(api, "new", online=False)
    seen = side.look(api, ["new"])
    assert seen.offline == {"new": "it never did"}
    assert seen.heartbeats == {}


def test_an_agent_that_asks_for_work_has_a_heartbeat(api: Api) -> None:
    _pool(api, "asking")
    seen = side.look(api, ["asking"])
    assert seen.offline == {}
    assert 0 <= seen.heartbeats["asking"] < 30


def test_a_pool_that_is_gone_is_told(api: Api) -> None:
    seen = side.look(api, ["gone"])
    assert [problem.message for problem in seen.problems] == ["its work pool does not exist"]


def test_a_run_is_found_by_its_id_by_how_it_begins_and_by_its_name(api: Api) -> None:
    run = _run(api, "etl", "lonely-wolf", "COMPLETED")
    for word in (run, run[:18], run[:18].upper(), "lonely-wolf"):
        assert run_logs.find(api, word) == run


def test_a_name_of_several_runs_is_told_with_their_ids(api: Api) -> None:
    runs = [_run(api, "etl", "twin", "COMPLETED") for _ in range(2)]
    with pytest.raises(AmbiguousRunError) as raised:
        run_logs.find(api, "twin")
    assert str(raised.value).startswith("'run/twin' are several flow runs: run/")
    assert all(f"run/{run}" in str(raised.value) for run in runs)


def test_an_unknown_run_is_told_with_the_nearest(api: Api) -> None:
    _run(api, "etl", "clever-crow", "COMPLETED")
    with pytest.raises(UnknownLogError) as raised:
        run_logs.find(api, "clever-cow")
    assert str(raised.value) == "nothing here is called 'run/clever-cow'"
    assert raised.value.hint == "did you mean 'run/clever-crow'?"


def _write(api: Api, run: str, *texts: str, level: int = 20) -> None:
    now = datetime.now(UTC)
    api.post(
        "/logs/",
        [
            {
                "name": "prefect.flow_runs",
                "level": level,
                "message": text,
                "timestamp": (now + timedelta(microseconds=number)).isoformat(),
                "flow_run_id": run,
            }
            for number, text in enumerate(texts)
        ],
    )


def test_the_last_lines_of_a_run_are_shown_in_order(api: Api) -> None:
    run = _run(api, "etl", "chatty", "RUNNING")
    _write(api, run, *(f"line {number}" for number in range(450)))
    _write(api, run, "oh no", level=40)
    found = list(run_logs.of_run(api, run, lines=301))
    assert [line.text for line in found] == [*(f"line {n}" for n in range(150, 450)), "oh no"]
    assert (found[-1].level, found[-1].logger) == ("ERROR", "prefect.flow_runs")
    since = found[-1].time
    assert [line.text for line in run_logs.of_run(api, run, lines=9, since=since)] == ["oh no"]


def test_a_run_is_followed_until_its_end_and_no_line_comes_twice(api: Api) -> None:
    run = _run(api, "etl", "watched", "RUNNING")
    _write(api, run, "before")
    following = run_logs.of_run(api, run, lines=9, follow=True)
    assert next(following).text == "before"
    _write(api, run, "meanwhile")
    assert next(following).text == "meanwhile"
    api.post(f"/flow_runs/{run}/set_state", {"state": {"type": "COMPLETED"}, "force": True})
    _write(api, run, "after its end")
    assert [line.text for line in following] == ["after its end"]


def test_a_database_that_refuses_is_told(server: Server) -> None:
    """The last one here: it breaks the server of the others."""
    database = server.layout.server / "prefect.db"
    with closing(sqlite3.connect(database, timeout=30)) as opened:
        opened.execute("ALTER TABLE flow_run RENAME TO lost")
    with Api(server.api, PASSWORD, timeout_seconds=3) as api:
        until(lambda: side.look(api, []).answer == "refusing", 60)
        assert side.look(api, []).runs is None
