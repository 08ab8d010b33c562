"""Runs of which server and agent cannot hear: refused while handed over, or without any agent.

The former begin later, which is looked at while the latter are given up.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.automations import automations
from tests.embedded.platforms import Agents, agent, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.embedded.server import Server

pytestmark = pytest.mark.full


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Runs by name, and since when there is no agent that knows of them."""

    agents: Agents
    folder: Path
    runs: dict[str, str]
    since: float


@pytest.fixture(scope="module")
def forgotten(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forgotten]:
    """One whose process was killed, one that goes on, and one that does not begin."""
    folder = tmp_path_factory.mktemp("forgotten")
    with agent(server, "forgotten") as agents:
        made = [agents.call("/automations/", automation)["id"] for automation in automations()]
        deployment = agents.deploy("flows.py:until_told", SAMPLE)
        again = agents.deploy("flows.py:until_told", SAMPLE, retries_on_crash=1)
        runs = {
            "lost": agents.run(again, file=str(folder / "lost")),
            "lasting": agents.run(deployment, file=str(folder / "lasting")),
        }
        for run in runs.values():
            agents.wait(run, "Running")
            # One at its start, and the next after 30 s: whoever sends one only is dead.
            until(lambda run=run: len(heartbeats(agents, run)) > 1, within=60, every=1)  # type: ignore[misc]  # `until` does not say of what
        assert agents.process is not None
        for pid in (agents.process.pid, agents.worker, agents.identity(runs["lost"]).pid):
            os.kill(pid, signal.SIGKILL)
        agents.process.wait(5)
        killed = time.time()
        runs["stuck"] = agents.run(deployment, file=str(folder / "stuck"))
        agents.call(f"/flow_runs/{runs['stuck']}/set_state", {"state": {"type": "PENDING"}})
        yield Forgotten(agents, folder, runs, killed)
        for automation in made:
            agents.call(f"/automations/{automation}", method="DELETE")


def heartbeats(agents: Agents, run: str) -> list[Any]:
    resource = {"id": [f"prefect.flow-run.{run}"]}
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": resource}
    found: list[Any] = agents.call("/events/filter", {"filter": wanted})["events"]
    return found


def test_without_an_agent_runs_go_on_and_are_not_given_up_at_once(forgotten: Forgotten) -> None:
    states = {name: forgotten.agents.state(run) for name, run in forgotten.runs.items()}
    assert states == {"lost": "Running", "lasting": "Running", "stuck": "Pending"}


class Refusing(ThreadingHTTPServer):
    """Hands requests on to a server, but for those whose path holds a text, as often as told."""

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = f"http://127.0.0.1:{server.port}"
        self.refused: list[str] = []
        self.refuses = ""
        self.status = 0
        self.times = 0

    def refuse(self, text: str, status: int, times: int = 1) -> None:
        """Answer so; the status 0 is no answer."""
        self.refuses, self.status, self.times = text, status, times


_NOT_HANDED_ON = {"host", "upgrade", "accept-encoding"}


class _Handler(BaseHTTPRequestHandler):
    server: Refusing

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.server.times and self.server.refuses in self.path:
            self.server.times -= 1
            self.server.refused.append(self.path)
            if self.server.status:
                self._answer(self.server.status, b"{}")
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_HANDED_ON}
        request = urllib.request.Request(  # noqa: S310 a server of the tests
            self.server.target + self.path, body or None, headers, method=self.command
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310
                self._answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.read())

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 as it asks for

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing(server: Server) -> Iterator[Refusing]:
    with Refusing(server) as between:
        thread = threading.Thread(target=between.serve_forever)
        thread.start()
        yield between
        between.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def between(server: Server) -> Iterator[Refusing]:
    with refusing(server) as found:
        yield found


@pytest.fixture(scope="module")
def refused(server: Server, between: Refusing) -> Iterator[Agents]:
    """An agent whose requests go through what refuses some; its runs ask the server itself."""
    variables = {
        "QHUB_SERVER_PORT": str(between.server_port),
        "PREFECT_CLIENT_MAX_RETRIES": "0",  # else one refusal is tried again for a minute
    }
    found = Agents(server, "refused", extra=variables)
    found.configure()
    found.start()
    try:
        yield found
    finally:
        found.stop()


@pytest.mark.parametrize("status", [503, 500, 0])
@pytest.mark.parametrize("path", ["/labels", "/api/deployments/"])
def test_a_run_that_cannot_be_handed_over_begins_later(
    refused: Agents, between: Refusing, path: str, status: int
) -> None:
    worker = refused.worker
    env = {"PREFECT_API_URL": refused.server.api}
    deployment = refused.deploy("flows.py:trivial", SAMPLE, env=env)
    before = len(between.refused)
    between.refuse(path, status, times=2)
    run = refused.run(deployment)
    begun = "the run to begin"
    until(lambda: refused.state(run) == "Completed", within=60, what=begun, every=0.5)
    assert len(between.refused) == before + 2
    assert "CRASHED" not in {state["type"] for state in refused.states(run)}
    assert refused.call(f"/flow_runs/{run}")["run_count"] == 1
    assert refused.worker == worker


def _states(agents: Agents, run: str) -> dict[tuple[str, str], float]:
    """Return when a run got into which state, by its name and message: it may be in another now."""
    return {
        (state["name"], state["message"]): datetime.fromisoformat(state["timestamp"]).timestamp()
        for state in agents.states(run)
    }


def test_lost_runs_are_crashed_and_stuck_ones_scheduled_within_two_minutes(
    forgotten: Forgotten,
) -> None:
    agents, runs = forgotten.agents, forgotten.runs
    said = {
        "stuck": ("Scheduled", "it was Pending and did not begin"),
        "lost": ("Crashed", "its process sent no heartbeat any more"),
    }
    for name, expected in said.items():

        def when(run: str = runs[name], state: tuple[str, str] = expected) -> float | None:
            return _states(agents, run).get(state)

        left = max(forgotten.since + 130 - time.time(), 5)
        until(when, within=left, what=" ".join(expected), every=1)
        assert (when() or 0) - forgotten.since < 120
    assert agents.state(runs["lost"]) == "Crashed"
    assert agents.state(runs["lasting"]) == "Running"
    for name in runs:
        (forgotten.folder / name).touch()
    agents.start()
    for name, begun in (("lost", 2), ("lasting", 1), ("stuck", 1)):
        until(lambda n=name: agents.state(runs[n]) == "Completed", within=60, what="its end")  # type: ignore[misc]  # `until` does not say of what
        assert agents.call(f"/flow_runs/{runs[name]}")["run_count"] == begun
