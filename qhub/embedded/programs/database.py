"""How the Prefect server uses its SQLite file: one writer at a time, each in its turn.

Prefect 3.8 lets every request open a transaction of its own and leaves it to SQLite who waits.
With some dozen requests at once that went wrong in two ways, both seen with its own worker, too:

- A transaction that reads first and writes later cannot be given the write lock when another has
  written in between. It fails at once, "database is locked", and the client gets a 503.
- The cursor of the failed statement stays, unfinished, until the garbage collector finds it, in
  the thread of the event loop. Its end needs its connection. When a thread waits for the write
  lock with that connection meanwhile, and the lock's holder for the event loop, the
  whole server stands still until the former gives up: for 60 seconds.

So transactions queue here, for which no thread has to wait, and a cursor ends where it is made: a
statement is one call in its connection's thread, its rows and the end of its cursor included.
SQLAlchemy makes four of it, and their ways there and back are a quarter of the server's work.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_cursor as Cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

__all__ = ["OneWriter", "call_once", "prepare"]

PATIENCE_SECONDS = 60.0


def prepare(url: str) -> None:
    """Let the server of this process use its database so."""
    MODELS_DEPENDENCIES["database_config"] = OneWriter(connection_url=url)
    call_once()


class OneWriter(AioSqliteConfiguration):
    """SQLite whose transactions wait for each other in the order of their coming."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turn] = WeakKeyDictionary()

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: FBT001 FBT002 as inherited
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin with the write lock, when it is this transaction's turn."""
        turn = self._turns.setdefault(asyncio.get_running_loop(), _Turn())
        if not await turn.come():
            async with super().begin_transaction(session, with_for_update) as transaction:
                yield transaction
            return
        mode = SQLITE_BEGIN_MODE.set("IMMEDIATE")
        try:
            async with session.begin() as transaction:
                await session.connection()  # it begins here, not with its first statement:
                SQLITE_BEGIN_MODE.set("DEFERRED")  # what reads meanwhile must not want the lock
                yield transaction
        finally:
            SQLITE_BEGIN_MODE.reset(mode)
            turn.go()


class _Turn:
    """Whose turn it is in one event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    async def come(self) -> bool:
        """Wait for one's turn; False for one that may be within the transaction it waits for."""
        if self._holder is asyncio.current_task():
            return False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._lock.acquire()
        except TimeoutError:  # as long as SQLite would wait, and then tries that
            return False
        self._holder = asyncio.current_task()
        return True

    def go(self) -> None:
        """Let the next one come."""
        self._holder = None
        self._lock.release()


def call_once() -> None:
    """Let each statement of this process be one call, also where it fails or is given up."""
    Cursor.execute = _execute  # type: ignore[method-assign]
    Cursor.executemany = _execute_many  # type: ignore[method-assign,assignment]


def _execute(self: Cursor, operation: Any, parameters: Any = None) -> None:
    _call(self, "execute", operation, () if parameters is None else parameters)


def _execute_many(self: Cursor, operation: Any, parameters: Any) -> None:
    _call(self, "executemany", operation, parameters)


def _call(adapted: Cursor, method: str, operation: Any, parameters: Any) -> None:
    connection: Any = adapted._connection

    def call() -> tuple[Any, deque[Any], Any, int]:
        with closing(connection._conn.cursor()) as cursor:
            getattr(cursor, method)(operation, parameters)
            if cursor.description:
                return cursor.description, deque(cursor.fetchall()), -1, -1
            return None, deque(), cursor.lastrowid, cursor.rowcount

    try:
        told = adapted.await_(connection._execute(call))
    except Exception as error:  # noqa: BLE001 which raises it
        adapted._adapt_connection._handle_exception(error)
    adapted.description, adapted._rows, adapted.lastrowid, adapted.rowcount = told
