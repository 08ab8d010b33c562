"""on_cancellation and on_crashed hooks: code of users, so they run in a forked child."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State

    from qhub.embedded.runs.messages import Kind
    from qhub.embedded.runs.worker import AgentWorker

__all__ = ["ForkedHooks"]

HOOKS_END_WITHIN_SECONDS = 300


class ForkedHooks:
    """Has the hooks of any run run: Prefect's `FlowRunHookRunner` protocol."""

    def __init__(self, worker: AgentWorker) -> None:
        self._worker = worker

    async def run_cancellation_hooks(self, flow_run: FlowRun, state: State[Any]) -> None:
        """Run the hooks of a run that is being cancelled."""
        if state.is_cancelling():
            await self._run("cancellation", flow_run, state)

    async def run_crashed_hooks(self, flow_run: FlowRun, state: State[Any]) -> None:
        """Run the hooks of a run that crashed."""
        if state.is_crashed():
            await self._run("crashed", flow_run, state)

    async def _run(self, kind: Kind, flow_run: FlowRun, state: State[Any]) -> None:
        worker, name = self._worker, f"{flow_run.id}-hooks"
        configuration = worker.configurations.get(flow_run.id) or await worker.configure(flow_run)
        process = await worker.fork(
            flow_run,
            configuration,
            {key: value for key, value in configuration.env.items() if value is not None},
            kind=kind,
            folder=str(configuration.working_dir or worker.records.working / name),
            state=state.model_dump(mode="json"),
        )
        with anyio.move_on_after(HOOKS_END_WITHIN_SECONDS):
            await process.wait()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        worker.records.clear(name)
