"""How the Prefect server uses its SQLite file: one writer at a time, each in its turn.

Prefect 3.8 lets every request open a transaction of its own and leaves it to SQLite who waits.
With some dozen requests at once that went wrong in two ways, both seen with its own worker, too:

- A transaction that reads first and writes later cannot be given the write lock when another has
  written in between. It fails at once, "database is locked", and the client gets a 503.
- The cursor of the failed statement stays, unfinished, until the garbage collector finds it, in
  the thread of the event loop. Its end needs its connection. When a thread waits for the write
  lock with that connection meanwhile, and the lock's holder for the event loop, the
  whole server stands still until the former gives up: for 60 seconds.

So transactions queue here, for which no thread has to wait, and cursors end where they fail.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from aiosqlite.cursor import Cursor
from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

__all__ = ["OneWriter", "end_failed_cursors", "prepare"]

PATIENCE_SECONDS = 60.0


def prepare(url: str) -> None:
    """Let the server of this process use its database so."""
    MODELS_DEPENDENCIES["database_config"] = OneWriter(connection_url=url)
    end_failed_cursors()


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


def end_failed_cursors() -> None:
    """Let a cursor whose statement failed, or was given up, end in its connection's thread."""
    original: Callable[..., Any] = Cursor._execute

    async def execute(self: Cursor, *arguments: Any, **keywords: Any) -> Any:
        try:
            return await original(self, *arguments, **keywords)
        except BaseException:
            # After the statement itself, and without waiting: this task may be cancelled.
            self._conn._tx.put_nowait((None, self._cursor.close))
            raise

    Cursor._execute = execute  # type: ignore[method-assign]
