"""The worker's process: what runs in it from its fork to SIGTERM."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from typing import TYPE_CHECKING

import anyio

from qhub.embedded.runs.housekeeping import remove_old_logs, remove_working_folders
from qhub.embedded.runs.link import Link
from qhub.embedded.runs.reconcile import Reconciler
from qhub.embedded.runs.worker import AgentWorker

if TYPE_CHECKING:
    import socket

    from qhub.embedded.layout import Layout
    from qhub.embedded.runs.records import Records

__all__ = ["work"]

CANCEL_SECONDS = 1
RECONCILE_SECONDS = 10
HOUSEKEEPING_SECONDS = 600
# For runs that are just being handed to a process when SIGTERM comes.
FINISH_SECONDS = 1.5


def work(layout: Layout, agent: str, end: socket.socket, records: Records) -> None:
    """Be the worker until SIGTERM; then leave the runs to the next one. Never returns."""
    random.seed()
    status = asyncio.run(_work(AgentWorker(layout, agent, Link(end), records), layout))
    os._exit(status)


async def _work(worker: AgentWorker, layout: Layout) -> int:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.link.listen)
        tasks.start_soon(_serve, worker, layout)
        await stop.wait()
        await worker.finish_submitting(FINISH_SECONDS)
        sys.stdout.flush()
        # Leaving worker and client the usual way would end the processes of the runs.
        os._exit(0)
    return 1


async def _serve(worker: AgentWorker, layout: Layout) -> None:
    async with worker, anyio.create_task_group() as tasks:
        reconciler = Reconciler(worker, tasks)
        tasks.start_soon(worker.synchronise)
        await worker.synchronised.wait()
        tasks.start_soon(worker.repeat, reconciler.look, RECONCILE_SECONDS)
        tasks.start_soon(worker.repeat, reconciler.cancel_watched, CANCEL_SECONDS)
        tasks.start_soon(worker.poll)

        async def keep_house() -> None:
            remove_old_logs(layout.run_log("any").parent)
            remove_working_folders(worker.records, map(str, worker.active))

        tasks.start_soon(worker.repeat, keep_house, HOUSEKEEPING_SECONDS)
