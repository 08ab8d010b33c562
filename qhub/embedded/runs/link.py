"""The worker's end of the socket pair: asks the warmed parent for processes, and awaits them."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import TYPE_CHECKING, Any

from qhub.embedded.runs import messages
from qhub.embedded.runs.errors import ForkError
from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.messages import Ended, Job, Refused, Started

if TYPE_CHECKING:
    import socket

__all__ = ["Forked", "Link"]


class Forked:
    """A child of the warmed parent: has what Prefect looks for in a process."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._identity: asyncio.Future[Identity] = asyncio.get_running_loop().create_future()
        self._status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def identity(self) -> Identity:
        """Which process it is; known when `Link.fork` returns."""
        return self._identity.result()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self.identity.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, negative for a signal, None while it lives."""
        return self._status.result() if self._status.done() else None

    async def wait(self) -> int:
        """Return the exit status, once there is one."""
        return await asyncio.shield(self._status)

    def hear(self, message: Started | Ended | Refused) -> None:
        """Take what the parent said of it."""
        if isinstance(message, Ended):
            self._status.set_result(message.status)
        elif isinstance(message, Refused):
            self._identity.set_exception(ForkError(message.reason))
        elif identity := Identity.parse(message.identity):
            self._identity.set_result(identity)

    async def started(self) -> None:
        """Wait until the parent has forked, or said that it cannot."""
        await self._identity


class Link:
    """Talks to the warmed parent; when that is gone this process ends at once."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._numbers = itertools.count(1)
        self._processes: dict[int, Forked] = {}
        self._writer: asyncio.StreamWriter | None = None

    async def listen(self) -> None:
        """Hear the parent for as long as it lives. Never returns."""
        reader, self._writer = await asyncio.open_connection(sock=self._end)
        while line := await reader.readline():
            message = messages.read(line)
            if isinstance(message, Started | Ended | Refused):
                self._hear(message)
        # Without the parent nothing can be started; supervisor starts both anew.
        os._exit(1)

    async def fork(self, **fields: Any) -> Forked:
        """Return the process of a new `Job` of these fields. Raises `ForkError`."""
        if self._writer is None:
            raise ForkError("the warmed parent is not heard yet")
        number = next(self._numbers)
        self._processes[number] = process = Forked(number)
        self._writer.write(messages.write(Job(number=number, **fields)))
        await self._writer.drain()
        await process.started()
        return process

    def _hear(self, message: Started | Ended | Refused) -> None:
        process = self._processes[message.number]
        process.hear(message)
        if not isinstance(message, Started):
            del self._processes[message.number]
