"""Runs of deployed flows: started, watched, listed, cancelled; the worker is played here."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import qhub.flows
from qhub.flows import cancel, delete, deploy, describe_profiles, logs, run
from qhub.flows.errors import (
    ApiError,
    NotFoundError,
    ParameterError,
    RunFailedError,
    RunTimeoutError,
)
from qhub.flows.log_lines import follow
from tests.flows.projects import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")

FLOW = "from prefect import flow\n@flow\ndef {}(day: str, rows: int = 3): ...\n"


@pytest.fixture
def name(platform: Published, tmp_path: Path, request: pytest.FixtureRequest) -> str:  # noqa: ARG001 deployed there
    """A deployed flow of the test's own, by its name."""
    function = request.node.originalname.removeprefix("test_")
    write(tmp_path, {"pyproject.toml": "", f"{function}.py": FLOW.format(function)})
    deploy(tmp_path / f"{function}.py")
    return str(function)


class Worker(threading.Thread):
    """Takes the next run of a flow and gives it states and log lines."""

    def __init__(self, platform: Published, flow: str, *steps: Any) -> None:
        super().__init__(daemon=True)
        self.platform, self.flow, self.steps = platform, flow.replace("_", "-"), steps
        self.start()

    def run(self) -> None:
        body = {"flows": {"name": {"any_": [self.flow]}}}
        found: list[Any] = []
        deadline = time.monotonic() + 30
        while not found and time.monotonic() < deadline:
            found = self.platform.post("/flow_runs/filter", body)
        for step in self.steps:
            if isinstance(step, threading.Event):
                assert step.wait(60)
            elif isinstance(step, str):
                set_state(self.platform, found[0]["id"], step)
            else:
                say(self.platform, found[0]["id"], step)


def set_state(platform: Published, run: str, kind: str, *, force: bool = True) -> None:
    state = {"type": kind.upper(), "name": kind, "message": f"it is {kind.lower()}"}
    platform.post(f"/flow_runs/{run}/set_state", {"state": state, "force": force})


def say(platform: Published, run: str, line: tuple[Any, ...]) -> None:
    when = line[2] if len(line) > 2 else datetime.now(UTC)
    entry = {
        "name": "prefect.flow_runs",
        "level": line[0],
        "message": line[1],
        "timestamp": when.isoformat(),
        "flow_run_id": run,
    }
    platform.post("/logs/", [entry])  # type: ignore[arg-type] # a list, as this path wants


def test_watched(platform: Published, name: str) -> None:
    worker = Worker(
        platform,
        name,
        "Pending",
        (20, "loading"),
        "Running",
        (40, "no such city"),
        "Failed",
        (20, "Finished in state Failed()"),
    )
    told: list[str] = []
    result = run(name, {"day": "today"}, tell=told.append)
    worker.join()
    assert (result.state, result.ok, result.flow) == ("Failed", False, name)
    assert (result.message, result.state_type) == ("it is failed", "FAILED")
    text = "\n".join(told)
    order = ["run '", "loading", "no such city", "Failed: it is failed", result.url]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.count("no such city") == 1


@pytest.mark.full
def test_a_failure_is_raised_where_it_is_asked_for(platform: Published, name: str) -> None:
    Worker(platform, name, "Running", "Crashed", (20, "Finished in"))
    with pytest.raises(RunFailedError, match=r"is Crashed: it is crashed") as raised:
        run(name, {"day": "x"}, raise_on_failure=True, tell=lambda _: None)
    assert raised.value.result.state == "Crashed"
    assert raised.value.hint == f"qhub flow logs {raised.value.result.id}"


@pytest.mark.full
def test_nobody_waits_longer_than_wanted(platform: Published, name: str) -> None:
    with pytest.raises(RunTimeoutError, match=r"is Scheduled after 0.3 s; it goes on") as raised:
        run(name, {"day": "x"}, timeout_seconds=0.3, tell=lambda _: None)
    run_id = raised.value.hint.split()[3]
    assert platform.get(f"/flow_runs/{run_id}")["state_type"] == "SCHEDULED"
    assert cancel(run_id).state == "Cancelled"  # nothing ran yet
    with pytest.raises(ParameterError, match=r"is Cancelled already: nothing to cancel"):
        cancel(run_id)


@pytest.mark.usefixtures("platform")
def test_a_notebook_with_its_running_loop_can_ask() -> None:
    async def cell() -> int:
        return len(describe_profiles())

    assert asyncio.run(cell()) == 3


def test_a_run_that_nobody_takes_is_explained(name: str) -> None:
    offline = "the run waits: no worker of the pool 'pipelines' is online (qhub status)"
    told: list[str] = []
    with pytest.raises(RunTimeoutError):
        run(name, {"day": "x"}, timeout_seconds=1.1, tell=told.append)
    assert told[2:] == [offline]
    told.clear()
    run(name, {"day": "x"}, watch=False, tell=told.append)
    assert told == [offline]


def test_an_interrupt_ends_the_watching_and_not_the_run(platform: Published, name: str) -> None:
    told: list[str] = []

    def interrupted(text: str) -> None:
        told.append(text)
        if text.endswith(" Scheduled"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(name, {"day": "x"}, tell=interrupted)
    run_id = told[-1].split()[-1]
    assert told[-1] == f"the run goes on; stop it with: qhub flow cancel {run_id}"
    assert platform.get(f"/flow_runs/{run_id}")["state_type"] == "SCHEDULED"


@pytest.mark.parametrize(
    ("flow", "parameters", "message", "hint"),
    [
        ("{}", {}, "the flow '{}' needs 'day'", "qhub flow run {} -p day=…"),
        ("{}", {"day": 3}, "parameters of '{}': day: 3 is not a text", ""),
        ("{}", {"dya": "x"}, "there is no parameter 'dya' of the flow '{}'", "did you mean 'day'?"),
        ("{}_", {}, "there is no deployed flow '{}_'", "did you mean '{}"),
    ],
    ids=["missing", "of a wrong type", "unknown", "unknown flow"],
)
def test_refused(name: str, flow: str, parameters: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises((ParameterError, NotFoundError)) as raised:
        run(flow.format(name), parameters, tell=lambda _: None)
    assert str(raised.value) == message.format(name)
    assert raised.value.hint.startswith(hint.format(name))


@pytest.mark.full
def test_logs_are_filtered_searched_and_followed(platform: Published, name: str) -> None:
    begun = run(name, {"day": "x"}, watch=False)
    set_state(platform, begun.id, "Running")
    for line in ((20, "Reading taxi.csv"), (30, "slow disk"), (40, "no taxi"), (10, "detail")):
        say(platform, begun.id, line)
    assert [line.message for line in logs(begun.id)] == [
        "Reading taxi.csv",
        "slow disk",
        "no taxi",
        "detail",
    ]
    assert [line.level for line in logs(begun.name, level="warning")] == ["WARNING", "ERROR"]
    assert [line.message for line in logs(name, search="TAXI", level=30)] == ["no taxi"]
    assert logs(begun.id, task="load") == []
    assert logs(begun.id, since=timedelta(seconds=-60)) == []
    assert len(logs(begun.id, since=timedelta(minutes=5))) == 4
    with pytest.raises(NotFoundError, match=r"^there is no log level 'WARNNG'"):
        logs(begun.id, level="WARNNG")
    with pytest.raises(NotFoundError, match=r"^there is no run 'nothing'"):
        logs("nothing")
    Worker(platform, name, (20, "later"), "Completed", (20, "Finished in state Completed()"))
    followed = [line.message for line in follow(begun.id, level="INFO")]
    assert followed[3:] == ["later", "Finished in state Completed()"]


@pytest.mark.full
def test_many_lines_come_whole_and_in_order(platform: Published, name: str) -> None:
    begun = run(name, {"day": "x"}, watch=False)
    start = datetime.now(UTC)
    entries = [
        {
            "name": "prefect.flow_runs",
            "level": 20,
            "message": f"line {number}",
            "timestamp": (start + timedelta(milliseconds=number)).isoformat(),
            "flow_run_id": begun.id,
        }
        for number in range(450)
    ]
    platform.post("/logs/", entries)  # type: ignore[arg-type] # a list, as this path wants
    assert [line.message for line in logs(begun.id)] == [f"line {n}" for n in range(450)]


@pytest.mark.full
def test_deleted(platform: Published, name: str, tmp_path: Path) -> None:
    done = deploy(
        tmp_path / "deleted.py", schedule="* * * * *", parameters={"day": "x"}, profile="small"
    )[0]
    ended = run(name, {"day": "x"}, watch=False)
    set_state(platform, ended.id, "Completed")
    waiting = {"deployments": {"id": {"any_": [done.id]}}}
    _until(lambda: len(platform.post("/flow_runs/filter", waiting)) > 1)
    (row,) = [item for item in qhub.flows.list() if item.id == done.id]
    assert (row.name, row.schedule, row.last_run) == (
        "deleted/default",
        ("* * * * * (UTC)",),
        "Completed",
    )
    assert delete(name) == "deleted/default"
    assert [item for item in qhub.flows.list() if item.id == done.id] == []
    left = platform.post("/flow_runs/filter", {"flows": {"name": {"any_": ["deleted"]}}})
    assert [item["id"] for item in left] == [ended.id]
    with pytest.raises(NotFoundError, match=r"^there is no deployed flow 'deleted'"):
        delete(name)


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.usefixtures("platform")
def test_profiles_are_data_and_a_table() -> None:
    found = describe_profiles()
    assert [(item.name, item.kind, item.default) for item in found] == [
        ("large", "flow_run", False),
        ("small", "flow_run", True),
        ("Small Worker", "dask_worker", True),
    ]
    assert repr(found).splitlines() == [
        "profile                 for           cpu       memory    more",
        "large                   flow runs     4         8Gi",
        "small (default)         flow runs     1         1Gi",
        "Small Worker (default)  Dask workers  1.5 to 2  5G to 8G  2 threads",
    ]


@pytest.mark.parametrize(
    ("url", "password", "message"),
    [
        pytest.param(
            *("http://127.0.0.1:1/api", "x:y", "Prefect's API at {} cannot be reached: "),
            marks=pytest.mark.full,  # it tries for a while
        ),
        ("{server}", "qhub:wrong-hunter2", "Prefect's API at {} refuses the password (status 401)"),
        ("{server}", "", "Prefect's API at {} asks for a password (status 401)"),
        ("{page}", "x:y", "what answers at {} is not Prefect's API"),
        ("", "", "it is not known where Prefect's API is"),
    ],
    ids=["down", "wrong password", "no password", "wrong address", "no address"],
)
def test_trouble_with_the_api_is_told_in_a_sentence(
    platform: Published, url: str, password: str, message: str
) -> None:
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    api = platform.server.api
    url = url.format(server=api, page=api.removesuffix("/api"))
    settings = {PREFECT_API_URL: url or None, PREFECT_API_AUTH_STRING: password or None}
    with temporary_settings(settings), pytest.raises(ApiError) as raised:
        qhub.flows.list()
    assert str(raised.value).startswith(message.format(url))
    assert "hunter2" not in str(raised.value) + raised.value.hint
    assert raised.value.hint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tags": "abc"}, "run(): tags has to be a list of texts, and is of the type str"),
        ({"parameters": [1]}, "run(): parameters has to be a mapping with texts as keys"),
        ({"timeout_seconds": "5"}, "run(): timeout_seconds has to be a number, and is of the "),
    ],
    ids=["tags", "parameters", "time-out"],
)
def test_an_option_of_a_wrong_kind_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        run("etl", **options)
    assert str(raised.value).startswith(message)
