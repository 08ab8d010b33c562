from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any, ClassVar

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


class Recording(sqlite3.Connection):
    """A connection that keeps its cursors."""

    made: ClassVar[list[sqlite3.Cursor]] = []

    def cursor(self, *arguments: Any) -> sqlite3.Cursor:  # type: ignore[override]  # of any kind
        self.made.append(super().cursor(*arguments))
        return self.made[-1]


def test_a_statement_is_one_call_and_its_cursor_is_closed_also_where_it_fails(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiosqlite
    import sqlalchemy as sa
    from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_cursor as Cursor
    from sqlalchemy.ext.asyncio import create_async_engine

    from qhub.embedded.programs.database import call_once

    calls: list[object] = []
    original: Any = aiosqlite.Connection._execute

    async def counted(*arguments: Any, **keywords: Any) -> Any:
        calls.append(arguments)
        return await original(*arguments, **keywords)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    for name in ("execute", "executemany"):
        monkeypatch.setattr(Cursor, name, getattr(Cursor, name))  # put back at the end
    call_once()

    async def use() -> list[Any]:
        engine = create_async_engine(url, connect_args={"factory": Recording})
        async with engine.connect() as connection:
            before = len(calls)
            many = [{"n": 1}, {"n": 2}]
            done = await connection.execute(sa.text("INSERT INTO numbers VALUES (:n)"), many)
            assert done.rowcount == 2
            done = await connection.execute(sa.text("UPDATE numbers SET n = n + 1 WHERE n > 0"))
            assert (done.rowcount, done.returns_rows) == (2, False)
            with pytest.raises(sa.exc.OperationalError, match="no such table"):
                await connection.execute(sa.text("SELECT * FROM nowhere"))
            found = (await connection.execute(sa.text("SELECT n FROM numbers"))).all()
            assert len(calls) == before + 4
            for cursor in Recording.made:
                with pytest.raises(sqlite3.ProgrammingError, match="closed cursor"):
                    cursor.fetchone()
        await engine.dispose()
        return [row.n for row in found]

    assert asyncio.run(use()) == [0, 2, 3]
    assert len(Recording.made) >= 4
