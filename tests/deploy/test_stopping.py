"""How often a process is asked to end: once at ^C, again only where waiting is of no use."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from qhub.deploy import processes
from qhub.deploy.stopping import Stopping
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Notes each signal, as Terraform does, and ends at the one that its argument says; 0 is never.
PROGRAM = """
import pathlib, signal, sys, time
count = 0
def note(*_):
    global count
    count += 1
    pathlib.Path("asked").write_text(str(count))
    if count == int(sys.argv[1]):
        sys.exit(1)
signal.signal(signal.SIGINT, note)
signal.signal(signal.SIGTERM, note)
pathlib.Path("ready").touch()
while True:
    time.sleep(0.01)
"""


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends at the signal of that number."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(request.param)], cwd=tmp_path)
    until((tmp_path / "ready").exists, what="the process")
    yield process
    process.kill()
    process.wait()


def _asked(folder: Path) -> str:
    file = folder / "asked"
    return file.read_text() if file.exists() else ""


def _go_on(stopping: Stopping, seconds: float, *, interrupted: bool = False) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stopping.look(interrupted=interrupted)
        time.sleep(0.01)


def _go_on_until(
    stopping: Stopping, over: Callable[[], bool], *, interrupted: bool = False
) -> None:
    def look() -> bool:
        stopping.look(interrupted=interrupted)
        return over()

    until(look, what="the end", seconds=20)


@pytest.mark.parametrize("started", [2], indirect=True)
def test_what_is_hopeless_is_asked_twice(started: subprocess.Popen[bytes]) -> None:
    stopping = Stopping(started, lambda: True, grace_seconds=0.3)
    _go_on_until(stopping, lambda: started.poll() is not None)
    assert stopping.is_forced
    assert not stopping.is_over


@pytest.mark.parametrize("started", [2], indirect=True)
def test_who_presses_interrupt_asks_once(started: subprocess.Popen[bytes], tmp_path: Path) -> None:
    stopping = Stopping(started, lambda: False, grace_seconds=0.1)
    _go_on(stopping, 0.2, interrupted=True)
    until(lambda: _asked(tmp_path) == "1", what="the signal")
    _go_on(stopping, 0.5, interrupted=True)
    assert _asked(tmp_path) == "1"
    assert not stopping.is_forced
    assert started.poll() is None


@pytest.mark.parametrize("started", [2], indirect=True)
def test_an_interrupt_does_not_keep_what_is_hopeless_at_work(
    started: subprocess.Popen[bytes],
) -> None:
    hopeless: list[bool] = []
    stopping = Stopping(started, lambda: bool(hopeless), grace_seconds=0.1)
    _go_on(stopping, 0.3, interrupted=True)
    hopeless.append(True)
    _go_on_until(stopping, lambda: started.poll() is not None, interrupted=True)
    assert stopping.is_forced


@pytest.mark.parametrize("started", [0], indirect=True)
def test_what_does_not_end_at_all_is_given_up(
    started: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    stopping = Stopping(started, lambda: True, grace_seconds=0.1, end_seconds=0.3)
    _go_on_until(stopping, lambda: stopping.is_over)
    assert started.poll() is None
    assert _asked(tmp_path) == "2"


@pytest.mark.parametrize("started", [1], indirect=True)
def test_nobody_is_asked_while_there_is_hope(
    started: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    _go_on(Stopping(started, lambda: False), 0.3)
    assert _asked(tmp_path) == ""


def test_what_a_program_left_in_its_group_is_ended_though_it_does_not_want_to() -> None:
    left = "(trap '' TERM; echo; exec sleep 30) &"
    with subprocess.Popen(["sh", "-c", left], process_group=0, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"\n"
        assert program.wait() == 0

        processes.end_group(program, grace_seconds=0.2)

        assert select.select([program.stdout], [], [], 10)[0], "nobody has it open"
