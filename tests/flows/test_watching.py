"""What a user sees of a run: why it waits, its story in order, and why it ended so."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from qhub.flows import cancel, deploy, run
from qhub.flows.errors import ParameterError
from qhub.flows.log_lines import follow
from tests.flows.projects import write
from tests.flows.test_runs import FLOW, Worker, say, set_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")


@pytest.fixture
def name(platform: Published, tmp_path: Path, request: pytest.FixtureRequest) -> str:  # noqa: ARG001 deployed there
    """A deployed flow of the test's own, by its name."""
    function = str(request.node.originalname.removeprefix("test_"))
    write(tmp_path, {"pyproject.toml": "", f"{function}.py": FLOW.format(function)})
    deploy(tmp_path / f"{function}.py")
    return function


def fail(place: str, *notes: str) -> str:
    """Return a traceback as Prefect logs it."""
    site = "/venv/lib/python3.11/site-packages/prefect"
    return "\n".join(
        (
            "Encountered exception during execution: CityError('no taxi')",
            "Traceback (most recent call last):",
            f'  File "{site}/flow_engine.py", line 791, in run_context',
            "    yield self",
            f'  File "/state/agents/a/runs/x/code-0123456789ab-k_3/{place}", line 7, in load',
            "    raise CityError('no taxi')",
            "    ^^^^^^^^^^^^^^^^^^^^^^^^^^",
            f'  File "{site}/tasks.py", line 9, in more',
            "    return fn()",
            "cities.CityError: no taxi",
            *notes,
        )
    )


def test_a_failure_ends_with_its_reason_and_has_one_traceback(
    platform: Published, name: str
) -> None:
    both = [(40, fail("etl.py", "ask for one")), (40, fail("etl.py", "ask for one"))]
    Worker(platform, name, "Running", *both, "Failed", (20, "Finished in state Failed()"))
    told: list[str] = []
    result = run(name, {"day": "x"}, tell=told.append)
    assert result.reason == "it is failed; CityError: no taxi (etl.py:7)\n  ask for one"
    assert f": {result.reason}\n  {result.url}" in told[-1]
    assert "\n".join(told).count("Traceback") == 1
    assert any(text.endswith("CityError('no taxi') (its traceback is above)") for text in told)


def test_states_and_lines_are_told_in_the_order_of_their_times(
    platform: Published, name: str
) -> None:
    steps = ["Running", (20, "working"), "Completed", (20, "Finished in state Completed()")]
    Worker(platform, name, "Pending", *steps)
    told: list[str] = []
    run(name, {"day": "x"}, tell=told.append)
    times = [text[:19] for text in told[1:-1]]
    assert times == sorted(times)
    order = ["Scheduled", "Pending", "Running", "working", "Completed", "Finished in"]
    heads = [text.partition(": ")[0] for text in told[1:-1]]
    assert [next(word for word in reversed(order) if word in head) for head in heads] == order


@pytest.mark.full
def test_a_state_waits_for_lines_of_before_it(platform: Published, name: str) -> None:
    earlier = datetime.now(UTC)
    late = (20, "pulling", earlier)
    Worker(platform, name, "Pending", "Running", late, "Completed", (20, "Finished in"))
    told: list[str] = []
    run(name, {"day": "x"}, tell=told.append)
    text = "\n".join(told)
    assert text.index("pulling") < text.index("STATE    Running")


@pytest.mark.full
def test_a_crash_that_is_to_be_tried_again_ends_no_watching(
    platform: Published, name: str, tmp_path: Path
) -> None:
    deploy(tmp_path / f"{name}.py", retries_on_crash=1)
    again = ["Scheduled", "Pending", "Running", "Completed", (20, "Finished in state Completed()")]
    Worker(platform, name, "Pending", "Running", "Crashed", told_of := threading.Event(), *again)
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        if text == "the run crashed; it is started again (1 of 1)":
            told_of.set()

    result = run(name, {"day": "x"}, tell=hear)
    assert told_of.is_set()
    assert result.state == "Completed"


@pytest.mark.full
def test_a_crash_too_many_ends_the_watching(platform: Published, name: str) -> None:
    Worker(platform, name, "Running", "Crashed", (20, "Finished in"))
    result = run(name, {"day": "x"}, tell=lambda _: None)
    assert (result.state, result.reason) == ("Crashed", "it is crashed")


@pytest.mark.full
def test_a_memory_limit_that_hits_is_named(platform: Published, name: str, tmp_path: Path) -> None:
    deploy(tmp_path / f"{name}.py", profile="small")
    error = fail("etl.py").replace("cities.CityError: no taxi", "MemoryError")
    Worker(platform, name, "Running", (40, error), "Failed", (20, "Finished in"))
    result = run(name, {"day": "x"}, tell=lambda _: None)
    assert result.reason.splitlines() == [
        "it is failed; MemoryError (etl.py:7)",
        "  the run's memory limit is 1Gi (profile small); choose another profile",
    ]


def test_a_run_whose_pod_does_not_come_is_told_once(
    platform: Published, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.flows.watching._UNTAKEN_SECONDS", 0.3)
    waits = "the run waits: it is Pending: what it runs in has not started (qhub status)"
    is_told, is_looked_at_again = threading.Event(), threading.Event()
    steps = (is_told, (20, "still pulling"), is_looked_at_again, "Running", "Completed")
    Worker(platform, name, "Pending", *steps, (20, "Finished in"))
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        if text == waits:
            is_told.set()
        if text.endswith("still pulling"):
            is_looked_at_again.set()

    assert run(name, {"day": "x"}, tell=hear, timeout_seconds=50).ok
    assert told.count(waits) == 1


def test_a_pause_is_told_at_once(platform: Published, name: str, tmp_path: Path) -> None:
    deploy(tmp_path / f"{name}.py", queue="nightly")
    heard: list[str] = []
    platform.patch("/work_pools/gpu", {"is_paused": True})
    try:
        run(name, {"day": "x"}, watch=False, tell=heard.append)
    finally:
        platform.patch("/work_pools/gpu", {"is_paused": False})
    paused = "the work pool 'gpu' is paused (prefect work-pool resume gpu)"
    assert heard == [f"the run waits: {paused}"]


@pytest.mark.full
def test_limits_that_are_reached_are_told(platform: Published, name: str, tmp_path: Path) -> None:
    deploy(tmp_path / f"{name}.py", concurrency=1, pool="gpu")
    body = {"name": f"w-{name}", "heartbeat_interval_seconds": 30}
    platform.post("/work_pools/gpu/workers/heartbeat", body)
    heard: list[str] = []
    first = run(name, {"day": "x"}, watch=False, tell=heard.append)
    assert heard == []
    set_state(platform, first.id, "Pending", force=False)
    run(name, {"day": "x"}, watch=False, tell=heard.append)
    platform.patch("/work_pools/gpu", {"concurrency_limit": 1})
    run(name, {"day": "x"}, watch=False, tell=heard.append)
    platform.patch("/work_pools/gpu", {"concurrency_limit": None})
    assert heard == [
        "the run waits: the limit of its deployment, 1 run at a time, is reached",
        "the run waits: the limit of the work pool 'gpu', 1 run at a time, is reached",
    ]


@pytest.mark.full
def test_a_queue_that_is_paused_or_full_is_told(
    platform: Published, name: str, tmp_path: Path
) -> None:
    deploy(tmp_path / f"{name}.py", queue="nightly")
    body = {"name": f"w-{name}", "heartbeat_interval_seconds": 30}
    platform.post("/work_pools/gpu/workers/heartbeat", body)
    heard: list[str] = []
    queue = "/work_pools/gpu/queues/nightly"
    try:
        platform.patch(queue, {"is_paused": True})
        first = run(name, {"day": "x"}, watch=False, tell=heard.append)
        platform.patch(queue, {"is_paused": False, "concurrency_limit": 1})
        set_state(platform, first.id, "Pending", force=False)
        run(name, {"day": "x"}, watch=False, tell=heard.append)
    finally:
        platform.patch(queue, {"is_paused": False, "concurrency_limit": None})
    resume = "prefect work-queue resume nightly --pool gpu"
    assert heard == [
        f"the run waits: the work queue 'nightly' of the pool 'gpu' is paused ({resume})",
        "the run waits: the limit of the work queue 'nightly', 1 run at a time, is reached",
    ]


@pytest.mark.full
def test_a_run_whose_pool_was_deleted_is_told(
    platform: Published, name: str, tmp_path: Path
) -> None:
    done = deploy(tmp_path / f"{name}.py")[0]
    platform.patch(f"/deployments/{done.id}", {"work_pool_name": None})
    heard: list[str] = []
    run(name, {"day": "x"}, watch=False, tell=heard.append)
    assert heard == [
        "the run waits: its deployment has no work pool (any more): deploy the flow again"
    ]


@pytest.mark.full
def test_cancel_takes_the_latest_run_that_goes_on(platform: Published, name: str) -> None:
    ids = [run(name, {"day": "x"}, watch=False, tell=lambda _: None).id for _ in range(3)]
    set_state(platform, ids[0], "Running")
    set_state(platform, ids[1], "Running")
    set_state(platform, ids[2], "Completed")
    assert (cancel(name).id, cancel(name).id) == (ids[1], ids[0])


def test_a_flow_stands_for_its_name(name: str) -> None:
    from prefect import flow

    @flow(name=name.replace("_", "-"))
    def mine(day: str) -> None: ...

    assert run(mine, {"day": "x"}, watch=False, tell=lambda _: None).flow == mine.name
    with pytest.raises(ParameterError, match=r"run\(\) does not take list"):
        run([mine], {"day": "x"})  # type: ignore[arg-type]


class Relay:
    """Stands before the server, and is away when a test wants it: then nobody answers there."""

    def __init__(self, port: int) -> None:
        self._target, self._ends = port, list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._serve()

    def leave(self) -> None:
        for end in [self._listener, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def come_back(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                end, _ = listener.accept()
                other = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [end, other]
                for pair in ((end, other), (other, end)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def relay(platform: Published) -> Iterator[Relay]:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    between = Relay(platform.server.port)
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{between.port}/api"}):
        yield between
    between.leave()


@pytest.mark.full
def test_a_server_that_is_away_for_a_moment_ends_no_watching(
    platform: Published, name: str, relay: Relay
) -> None:
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        if text.endswith("STATE    Scheduled"):
            relay.leave()
        if text == "Prefect's API does not answer; waiting up to 60 s":
            relay.come_back()
            Worker(platform, name, "Running", "Completed", (20, "Finished in"))

    assert run(name, {"day": "x"}, tell=hear).ok
    assert "Prefect's API does not answer; waiting up to 60 s" in told


@pytest.mark.full
def test_a_log_is_followed_through_a_restart_of_the_server(
    platform: Published, name: str, relay: Relay
) -> None:
    begun = run(name, {"day": "x"}, watch=False, tell=lambda _: None)
    set_state(platform, begun.id, "Running")
    say(platform, begun.id, (20, "one"))
    lines = follow(begun.id)
    assert next(lines).message == "one"
    relay.leave()
    back = threading.Timer(4, relay.come_back)
    back.start()
    Worker(platform, name, "Completed", (20, "Finished in"))
    assert [line.message for line in lines] == ["Finished in"]
    back.join()


def test_an_outage_is_borne_for_its_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    from qhub.flows.connection import Outage

    monkeypatch.setattr(Outage, "SECONDS", 30)
    monkeypatch.setattr(Outage, "_PAUSE", 0)
    outage = Outage()

    def ask() -> None:
        with outage.tolerated():
            raise httpx.ConnectError("gone")

    ask()
    monkeypatch.setattr(Outage, "SECONDS", 0)
    with pytest.raises(httpx.ConnectError):
        ask()
