"""How the worker watches a process and ends it: Prefect's own parts, put together for all runs.

Written for Prefect 3.8; with `child.py` the only module that knows its private parts. Prefect's
`FlowRunExecutorContext` opens two event websockets for each run and kills its processes when
it is left; here all runs share one control channel, cancellation is found by asking, and
processes outlive the worker.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
from prefect.events.clients import NullEventsClient
from prefect.runner._cancel_finalizer import finalize_cancelled_state
from prefect.runner._cancellation_manager import CancellationManager
from prefect.runner._control_channel import ControlChannel
from prefect.runner._event_emitter import EventEmitter
from prefect.runner._flow_run_executor import FlowRunExecutionResult, FlowRunExecutor
from prefect.runner._process_manager import ProcessHandle, ProcessManager
from prefect.runner._state_proposer import StateProposer

from qhub.embedded.runs.child import CANCEL
from qhub.embedded.runs.identity import Identity

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.runner._flow_run_executor import ProcessStarter
    from prefect.runner._hook_runner import FlowRunHookRunner

__all__ = [
    "Adopted",
    "FlowRunExecutionResult",
    "ProcessHandle",
    "Session",
    "Supervision",
]

GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.1


class Session:
    """Ends a run and what it started: the session that its process leads."""

    wait_after_graceful_kill = True

    def __init__(self, identity: Identity, *, adopted: bool = False) -> None:
        self._identity = identity
        self._adopted = adopted

    def is_alive(self, pid: int) -> bool:
        """Whether the run's own process lives; the pid may be another's by now."""
        return pid == self._identity.pid and self._identity.alive

    def graceful_kill(self, pid: int) -> None:
        """Ask the session to end; an adopted run is told first that this is a cancellation."""
        if not self.is_alive(pid):
            raise ProcessLookupError(pid)
        if self._adopted:  # its control channel went with the worker that started it
            os.kill(pid, CANCEL)
        os.killpg(pid, signal.SIGTERM)

    def hard_kill(self, pid: int) -> None:
        """Kill the session, also where only its other processes are left."""
        if self.is_alive(pid) or Identity.of(pid) is None:
            os.killpg(pid, signal.SIGKILL)

    def close(self) -> None:
        """Hold nothing that must be given back."""


class Adopted:
    """A run's process that an earlier worker started: its exit status is nobody's to know."""

    returncode = None

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.pid = identity.pid

    async def wait(self) -> None:
        """Wait until the process is gone, and end what it left."""
        while self.identity.alive:
            await asyncio.sleep(3 * LOOK_SECONDS)
        with suppress(ProcessLookupError, PermissionError):
            Session(self.identity).hard_kill(self.pid)


class Processes(ProcessManager):
    """The living processes of runs. Kills after 10 s, not 30, and sees an end at once."""

    async def kill(
        self, flow_run_id: UUID, grace_seconds: float = GRACE_SECONDS, *, force: bool = False
    ) -> None:
        """End the session of a run: SIGTERM, and SIGKILL for what is left at the end."""
        handle = self.get(flow_run_id)
        if handle is None:
            return
        with suppress(ProcessLookupError):
            if not force:
                handle.graceful_kill()
                with anyio.move_on_after(min(grace_seconds, GRACE_SECONDS)):
                    while handle.is_alive():
                        await anyio.sleep(LOOK_SECONDS)
            handle.hard_kill()


class Supervision:
    """All that watches the runs of one worker."""

    def __init__(self, client: PrefectClient, hooks: FlowRunHookRunner) -> None:
        self.channel = ControlChannel()
        self.processes = Processes(on_remove=self._forget)
        self._client = client
        self._hooks = hooks
        self._proposer = StateProposer(client=client)
        # The server tells of each cancellation; a websocket to tell it twice is not worth it.
        self._events = EventEmitter(
            runner_name="qhub", client=client, get_events_client=NullEventsClient
        )
        self._canceller = CancellationManager(
            process_manager=self.processes,
            hook_runner=hooks,
            state_proposer=self._proposer,
            event_emitter=self._events,
            client=client,
            control_channel=self.channel,
        )

    async def open(self) -> None:
        """Listen for the engines of runs. There is no closing: the process ends with it."""
        await self._events.__aenter__()
        await self.channel.__aenter__()

    def executor(self, flow_run: FlowRun, starter: ProcessStarter) -> FlowRunExecutor:
        """Return what sees one run through, from the start of its process to its end."""
        return FlowRunExecutor(
            flow_run=flow_run,
            starter=starter,
            process_manager=self.processes,
            state_proposer=self._proposer,
            hook_runner=self._hooks,
            get_attempt_conclusion=self.channel.get_conclusion,
            propose_submitting=False,
        )

    async def connected(self, flow_run_id: UUID) -> None:
        """Wait until the engine of a registered run has called, which is when the run begins."""
        registration = self.channel._registrations.get(flow_run_id)  # there is no public way
        if registration is not None:
            await registration.connected.wait()

    async def cancel(self, flow_run: FlowRun) -> None:
        """End a run's process, run its hooks, and say that it is Cancelled."""
        await self._canceller.cancel(flow_run)

    async def bury_cancelled(self, flow_run: FlowRun) -> None:
        """Conclude a Cancelling run that has no process any more."""
        if flow_run.state is not None:
            await self._hooks.run_cancellation_hooks(flow_run, flow_run.state)
        await finalize_cancelled_state(
            flow_run=flow_run,
            state_proposer=self._proposer,
            client=self._client,
            logger=self._canceller._logger,
            state_updates={"message": "Flow run was cancelled; its process had ended before."},
        )

    async def bury_crashed(self, flow_run: FlowRun, message: str) -> None:
        """Conclude a run whose process died while nobody watched it."""
        crashed = await self._proposer.propose_crashed(flow_run, message)
        if crashed is not None:
            await self._hooks.run_crashed_hooks(flow_run, crashed)

    async def _forget(self, flow_run_id: UUID) -> None:
        self.channel.unregister(flow_run_id)
