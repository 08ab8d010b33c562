"""Ends a temporary cluster whose owner is gone; a preload of its scheduler.

The process that made the cluster is its client. One that is killed cannot stop it; its scheduler
sees the connection go and, when no client comes back for a while, asks the gateway to end all.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tornado.httpclient import HTTPError

if TYPE_CHECKING:
    from distributed import Scheduler

__all__ = ["dask_setup", "dask_teardown"]

ALONE_SECONDS = 15.0
"""How long a cluster waits for a client, at its start or after one was lost."""
_PERIOD = 1.0
_EXTENSION = "qhub-ownership"

logger = logging.getLogger("distributed.qhub")


async def dask_setup(scheduler: Scheduler) -> None:
    """Watch the clients of a scheduler that starts."""
    scheduler.extensions[_EXTENSION] = asyncio.ensure_future(_watch(scheduler))


async def dask_teardown(scheduler: Scheduler) -> None:
    """Watch no longer."""
    scheduler.extensions.pop(_EXTENSION).cancel()


async def _watch(scheduler: Scheduler) -> None:
    loop = asyncio.get_running_loop()
    seen = loop.time()
    while True:
        await asyncio.sleep(_PERIOD)
        if scheduler.clients.keys() - {"fire-and-forget"}:
            seen = loop.time()
        elif loop.time() - seen >= ALONE_SECONDS:
            logger.warning("no client for %g seconds, the cluster ends", ALONE_SECONDS)
            try:
                await scheduler.services["gateway"].gateway.shutdown()
            except (OSError, HTTPError) as error:  # it may be back the next time
                logger.warning("the gateway does not end it: %s", error)
            else:
                return
