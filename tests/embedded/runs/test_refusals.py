"""What the server refuses while a run is handed over says nothing of the run: it begins later."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platforms import Agents, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.embedded.server import Server

pytestmark = pytest.mark.full


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
