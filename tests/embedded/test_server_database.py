from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Prefect's server is imported: 3 s.
pytestmark = pytest.mark.full

WRITERS = 20


def count(configuration: Any) -> int:
    """Let many transactions read a number and write one more; return what it is at the end."""
    import sqlalchemy as sa

    async def add() -> None:
        session = await configuration.session(await configuration.engine())
        async with session, configuration.begin_transaction(session):
            number = (await session.execute(sa.text("SELECT n FROM numbers"))).scalar_one()
            await asyncio.sleep(0.01)  # what a request does between its reading and its writing
            await session.execute(sa.text("UPDATE numbers SET n = :n"), {"n": number + 1})

    async def every() -> int:
        await asyncio.gather(*(add() for _ in range(WRITERS)))
        engine = await configuration.engine()
        async with engine.connect() as connection:
            found: int = (await connection.execute(sa.text("SELECT n FROM numbers"))).scalar_one()
        await engine.dispose()
        return found

    return asyncio.run(every())


@pytest.fixture
def url(tmp_path: Path) -> str:
    file = tmp_path / "numbers.db"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE numbers (n INTEGER)")
        made.execute("INSERT INTO numbers VALUES (0)")
    made.close()
    return f"sqlite+aiosqlite:///{file}"


def test_transactions_that_read_and_write_at_once_all_succeed(url: str) -> None:
    from qhub.embedded.programs.database import OneWriter

    assert count(OneWriter(connection_url=url)) == WRITERS


def test_prefects_own_way_refuses_some_of_them(url: str) -> None:
    """Else what is ours is not needed any more."""
    from prefect.server.database.configurations import AioSqliteConfiguration
    from sqlalchemy.exc import OperationalError

    with pytest.raises(OperationalError, match="database is locked"):
        count(AioSqliteConfiguration(connection_url=url))


def read(url: str, *, apart: bool) -> int:
    """Read in a transaction within another one, of the same task or of another one."""
    import sqlalchemy as sa

    from qhub.embedded.programs.database import OneWriter

    configuration = OneWriter(connection_url=url)

    async def inner() -> int:
        session = await configuration.session(await configuration.engine())
        async with session, configuration.begin_transaction(session):
            found: int = (await session.execute(sa.text("SELECT n FROM numbers"))).scalar_one()
            return found

    async def outer() -> int:
        engine = await configuration.engine()
        session = await configuration.session(engine)
        async with session, configuration.begin_transaction(session):
            await session.execute(sa.text("UPDATE numbers SET n = 1"))
            found = await (asyncio.create_task(inner()) if apart else inner())
        await engine.dispose()
        return found

    return asyncio.run(asyncio.wait_for(outer(), 20))


def test_a_transaction_within_another_does_not_wait_for_it(url: str) -> None:
    assert read(url, apart=False) == 0


def test_no_transaction_waits_for_ever(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qhub.embedded.programs.database.PATIENCE_SECONDS", 0.2)
    assert read(url, apart=True) == 0


def test_the_cursor_of_a_failed_statement_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiosqlite
    from aiosqlite.cursor import Cursor

    from qhub.embedded.programs.database import end_failed_cursors

    monkeypatch.setattr(Cursor, "_execute", Cursor._execute)  # put back at the end
    end_failed_cursors()

    async def fail() -> None:
        async with aiosqlite.connect(tmp_path / "empty.db") as connection:
            cursor = await connection.cursor()
            with pytest.raises(sqlite3.OperationalError, match="no such table"):
                await cursor.execute("SELECT * FROM nowhere")
            with pytest.raises(sqlite3.ProgrammingError, match="closed cursor"):
                await cursor.fetchone()

    asyncio.run(fail())
