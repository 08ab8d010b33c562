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
from itertools import product
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
    """Hands requests on to a server, but for some: what their path holds → how they are answered.

    Each answer is given once; the status 0 is none.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = f"http://127.0.0.1:{server.port}"
        self.refuses: dict[str, list[int]] = {}

    def statuses(self, path: str) -> list[int]:
        return next((statuses for text, statuses in self.refuses.items() if text in path), [])


_NOT_HANDED_ON = {"host", "upgrade", "accept-encoding"}


class _Handler(BaseHTTPRequestHandler):
    server: Refusing

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if statuses := self.server.statuses(self.path):
            if status := statuses.pop():
                self._answer(status, b"{}")
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


@dataclass(frozen=True, slots=True)
class Refused:
    """Runs by what is refused and how: the text of the path, and the run."""

    agents: Agents
    between: Refusing
    runs: dict[tuple[str, int], tuple[str, str]]
    worker: int


PATHS = ("/flow_runs/{run}/labels", "/deployments/{deployment}")
STATUSES = (503, 500, 0)


@pytest.fixture(scope="module")
def refused(server: Server) -> Iterator[Refused]:
    """An agent whose requests go through what refuses two for each run; runs ask the server."""
    with refusing(server) as between:
        variables = {
            "QHUB_SERVER_PORT": str(between.server_port),
            "PREFECT_CLIENT_MAX_RETRIES": "0",  # else one refusal is tried again for a minute
        }
        agents = Agents(server, "refused", extra=variables)
        agents.configure()
        runs = {}
        for path, status in product(PATHS, STATUSES):
            env = {"PREFECT_API_URL": server.api}
            deployment = agents.deploy("flows.py:trivial", SAMPLE, env=env)
            run = agents.run(deployment)
            text = path.format(run=run, deployment=deployment)
            between.refuses[text] = [status, status]
            runs[path, status] = text, run
        agents.start()
        try:
            yield Refused(agents, between, runs, agents.worker)
        finally:
            agents.stop()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("path", PATHS)
def test_a_run_that_cannot_be_handed_over_begins_later(
    refused: Refused, path: str, status: int
) -> None:
    agents, (text, run) = refused.agents, refused.runs[path, status]
    begun = "the run to begin"
    until(lambda: agents.state(run) == "Completed", within=90, what=begun, every=0.5)
    assert refused.between.refuses[text] == []
    assert "CRASHED" not in {state["type"] for state in agents.states(run)}
    assert agents.call(f"/flow_runs/{run}")["run_count"] == 1
    assert agents.worker == refused.worker


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
