from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil  # noqa: TID253 the tests' own
import pytest

from tests.embedded.platforms import until
from tests.embedded.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVER = """
import http.server, sys, time
from qhub.embedded.programs.silence import Patience, end_when_silent

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        print(self.path, flush=True)

port, path, slow = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
end_when_silent(port, path, Patience(0.1, 0.1, answer_within_seconds=0.1, unanswered=3))
time.sleep(slow)
http.server.HTTPServer(("127.0.0.1", port), Answers).serve_forever()
"""


@contextmanager
def guarded(slow: float = 0) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """Run a server that was asked at least once, and what asks it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(free_port()), "/well", str(slow)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "/well\n"
            (asking,) = psutil.Process(process.pid).children()
            yield process, asking
        finally:
            process.kill()


def test_a_server_that_hangs_is_ended() -> None:
    with guarded() as (server, asking):
        os.kill(server.pid, signal.SIGSTOP)
        assert server.wait(10) == -signal.SIGKILL
        assert server.stderr is not None
        assert "3 questions were not answered" in server.stderr.read()
        until(lambda: not asking.is_running(), what="what asked to leave", within=5)


def test_what_asks_is_replaced_when_it_dies_before_its_server() -> None:
    with guarded() as (server, asking):
        asking.kill()
        until(lambda: _asking(server, other_than=asking), what="another one that asks", within=5)
        assert not asking.is_running()  # nor a zombie
        port = psutil.Process(server.pid).cmdline()[3]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/between", timeout=5):
            pass
        assert server.stdout is not None
        while server.stdout.readline() != "/between\n":
            pass  # what the one that died had asked
        assert server.stdout.readline() == "/well\n"
        os.kill(server.pid, signal.SIGSTOP)
        assert server.wait(10) == -signal.SIGKILL


def _asking(server: subprocess.Popen[str], other_than: psutil.Process) -> bool:
    return any(child.pid != other_than.pid for child in psutil.Process(server.pid).children())


def test_a_server_that_pauses_or_starts_slowly_is_let_alone() -> None:
    with guarded(slow=1) as (server, _):
        os.kill(server.pid, signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(0.15)
        os.kill(server.pid, signal.SIGCONT)
        assert server.stdout is not None
        for _ in range(3):
            assert server.stdout.readline() == "/well\n"
        assert server.poll() is None


def test_what_asks_a_server_ends_with_it() -> None:
    with guarded() as (server, asking):
        server.terminate()
        server.wait(5)
        ended = time.monotonic()
        until(lambda: not asking.is_running(), what="what asked to leave", within=5)
        assert time.monotonic() - ended < 2
