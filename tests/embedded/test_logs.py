"""What is shown of a program's log: its newest lines, those that come, across rotation."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import logs
from qhub.embedded.errors import UnknownLogError
from qhub.embedded.layout import Layout
from tests.embedded.supervised import snapshot, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    path.write_text("".join(f"line {number}\n" for number in range(10)))
    return path


def _texts(log: Path, lines: int) -> list[str]:
    return [line.text for line in logs.of_file(log, lines=lines)]


@pytest.mark.parametrize("lines", [0, 1, 3, 10, 99])
def test_the_last_lines_are_shown(lines: int, log: Path) -> None:
    assert _texts(log, lines) == [f"line {number}" for number in range(10)][max(0, 10 - lines) :]


def test_lines_of_rotated_files_are_shown_where_the_newest_has_too_few(log: Path) -> None:
    log.rename(f"{log}.2")
    (log.parent / "server.log.1").write_text("older\n")
    log.write_text("newest\n")
    assert _texts(log, 4) == ["line 8", "line 9", "older", "newest"]


def test_a_log_that_is_larger_than_what_is_read_at_once_is_cut_at_lines(log: Path) -> None:
    log.write_text("".join(f"{number:099}\n" for number in range(5000)))
    assert [int(text) for text in _texts(log, 2000)] == list(range(3000, 5000))


def test_what_is_not_text_and_what_has_no_end_is_shown_all_the_same(log: Path) -> None:
    log.write_bytes(b"a\xff\r\nb")
    assert _texts(log, 5) == ["a\ufffd", "b"]


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert _texts(tmp_path / "gateway.log", 5) == []


class Follower:
    """Follows a log in a thread of its own, until it is told that no more comes."""

    def __init__(self, log: Path) -> None:
        self.texts: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=(log,))
        self._thread.start()

    def _follow(self, log: Path) -> None:
        for line in logs.of_file(log, lines=1, ended=self._over.is_set):
            self.texts.append(line.text)

    def end(self) -> list[str]:
        self._over.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.texts


@pytest.fixture
def follow() -> Iterator[Callable[[Path], Follower]]:
    followers: list[Follower] = []

    def start(log: Path) -> Follower:
        followers.append(Follower(log))
        return followers[-1]

    yield start
    for follower in followers:
        follower.end()


def test_lines_are_followed_as_they_come(log: Path, follow: Callable[[Path], Follower]) -> None:
    follower = follow(log)
    until(lambda: follower.texts == ["line 9"])
    with log.open("a", buffering=1) as out:
        out.write("half")
        out.write(" a line\nanother\n")
        until(lambda: follower.texts[1:] == ["half a line", "another"])
        out.write("the end of it")
    assert follower.end()[3:] == ["the end of it"]


def test_no_line_is_lost_when_the_log_is_rotated(
    log: Path, follow: Callable[[Path], Follower]
) -> None:
    follower = follow(log)
    until(lambda: follower.texts == ["line 9"])
    expected = ["line 9"]
    for generation in range(3):
        with log.open("a") as out:
            for number in range(100):
                out.write(f"{generation}.{number}\n")
                expected.append(f"{generation}.{number}")
        log.rename(f"{log}.1")
        log.write_text(f"after rotation {generation}\n")
        expected.append(f"after rotation {generation}")
        until(lambda: follower.texts == expected)


def test_a_log_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, follow: Callable[[Path], Follower]
) -> None:
    log = tmp_path / "gateway.log"
    follower = follow(log)
    log.write_text("at last\n")
    until(lambda: follower.texts == ["at last"])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()


def test_lines_since_a_time_are_shown_with_those_that_belong_to_them(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text(
        "INFO:     Started server process [1]\n"
        "23:59:50.100 | INFO    | prefect.server - before midnight\n"
        "Traceback of it\n"
        "00:00:10.200 | ERROR   | prefect.server - after midnight\n"
        "Traceback of that\n"
        "[I 2026-03-02 00:01:00.300 DaskGateway] a gateway's line\n"
        "2026-03-02 00:02:00,400 INFO a supervisor's line\n"
    )
    written = _at("2026-03-02T00:02:00").timestamp()
    os.utime(log, (written, written))
    found = list(logs.of_file(log, lines=99, since=_at("2026-03-02T00:00:00")))
    assert [line.text[-20:] for line in found] == [
        "ver - after midnight",
        "Traceback of that",
        "ay] a gateway's line",
        "O a supervisor's line"[-20:],
    ]
    assert found[0].time == _at("2026-03-02T00:00:10")
    everything = list(
        logs.of_file(log, lines=99, since=_at("2026-03-02T00:00:00") - timedelta(days=1))
    )
    assert len(everything) == 6
    assert everything[0].time == _at("2026-03-01T23:59:50")


def test_a_program_is_found_by_the_name_that_status_shows(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    snapshot(layout, {"pipelines": (), "other": ()}, gateway=True)
    assert logs.names(layout) == (
        "server",
        "gateway",
        "agent/other",
        "agent/pipelines",
        "supervisor",
    )
    assert logs.of_program(layout, "agent/other") == layout.log("agent-other")
    assert logs.of_program(layout, "supervisor") == layout.log("supervisord")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("agent/piplines", "did you mean 'agent/pipelines'?", id="a typo"),
        pytest.param(
            "x", "the names are server, agent/pipelines, supervisor, run/ID", id="nothing near"
        ),
        pytest.param("../secrets/x", None, id="a path"),
    ],
)
def test_an_unknown_program_is_told_with_the_names_that_there_are(
    name: str, hint: str | None, tmp_path: Path
) -> None:
    layout = Layout(tmp_path)
    snapshot(layout, {"pipelines": ()}, gateway=False)
    with pytest.raises(UnknownLogError) as raised:
        logs.of_program(layout, name)
    assert str(raised.value) == f"nothing here is called '{name}'"
    assert hint is None or raised.value.hint == hint
