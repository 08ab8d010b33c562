"""When an agent asks for runs: a real database, in the mode in which Prefect has its own."""

from __future__ import annotations

import socket
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.layout import Layout
from qhub.embedded.runs.link import Link
from qhub.embedded.runs.news import DUE_SECONDS, News
from qhub.embedded.runs.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list whose one number is the time; it stands still unless a test lets it pass."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def _database(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "prefect.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE runs (name)")
    database.commit()
    return database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(_database(tmp_path)) as database:
        yield database


@pytest.mark.usefixtures("clock")
def test_what_is_written_is_news_once(tmp_path: Path, database: sqlite3.Connection) -> None:
    is_news = News(tmp_path)
    assert [is_news(), is_news()] == [True, False]
    database.execute("INSERT INTO runs VALUES ('one')")
    assert not is_news(), "what is not committed is not there"
    database.commit()
    assert [is_news(), is_news(), is_news()] == [True, False, False]


@pytest.mark.usefixtures("database")
def test_runs_become_due_by_their_time_alone(tmp_path: Path, clock: list[float]) -> None:
    is_news = News(tmp_path)
    assert is_news()
    clock[0] += DUE_SECONDS * 0.9
    assert not is_news()
    clock[0] += DUE_SECONDS * 0.2
    assert [is_news(), is_news()] == [True, False]


def test_until_a_run_may_become_due_only_what_is_written_is_news(
    tmp_path: Path, clock: list[float], database: sqlite3.Connection
) -> None:
    is_news = News(tmp_path)
    assert is_news()
    is_news.none_due_within(10)
    clock[0] += 9.9
    assert not is_news()
    clock[0] += 0.2
    assert [is_news(), is_news()] == [True, False]
    is_news.none_due_within(10)
    database.execute("INSERT INTO runs VALUES ('one')")
    database.commit()
    assert [is_news(), is_news()] == [True, False], "what is told of is no more than was written"
    clock[0] += DUE_SECONDS * 1.1
    assert is_news()


@pytest.mark.usefixtures("database", "clock")
def test_what_was_not_taken_is_asked_for_again(tmp_path: Path) -> None:
    is_news = News(tmp_path)
    assert [is_news(), is_news()] == [True, False]
    is_news.forget()
    assert [is_news(), is_news()] == [True, False]


@pytest.mark.usefixtures("clock")
def test_of_another_database_nothing_is_known(tmp_path: Path) -> None:
    is_news = News(tmp_path)
    assert [is_news(), is_news()] == [True, True]


@pytest.mark.usefixtures("clock")
def test_an_agent_looks_at_the_database_of_its_server(tmp_path: Path) -> None:
    from qhub.embedded.runs.worker import AgentWorker

    layout = Layout(tmp_path)
    layout.server.mkdir()
    ours, parents = socket.socketpair()
    with ours, parents, closing(_database(layout.server)) as database:
        worker = AgentWorker(layout, "etl", Link(ours), Records(layout.agent("etl")))
        assert [worker.has_news(), worker.has_news()] == [True, False]
        database.execute("INSERT INTO runs VALUES ('one')")
        database.commit()
        assert worker.has_news()
