"""The worker of an agent: polls its work pool and has the warmed parent fork each run.

A subclass of Prefect's own process worker. It runs no code of users: hooks, too, run in a child.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import anyio
import httpx
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.exceptions import Abort, PrefectException
from prefect.states import AwaitingRetry
from prefect.utilities.engine import propose_state
from prefect.workers.base import BaseWorker
from prefect.workers.process import (
    ProcessJobConfiguration,
    ProcessWorker,
    ProcessWorkerResult,
)

from qhub.embedded.runs.errors import LimitError
from qhub.embedded.runs.hooks import ForkedHooks
from qhub.embedded.runs.news import News, waiting
from qhub.embedded.runs.revivals import bury_revived
from qhub.embedded.runs.starting import AgentJobConfiguration, Identified, Starter
from qhub.embedded.runs.supervision import ProcessHandle, Supervision

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from uuid import UUID

    import anyio.abc
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, State

    from qhub.embedded.layout import Layout
    from qhub.embedded.runs.link import Link
    from qhub.embedded.runs.records import Records

__all__ = ["AgentWorker"]

POLL_SECONDS = 0.25
POLL_AT_LEAST_SECONDS = 10
SYNC_SECONDS = 10
# How many runs may be between their fetch and their first line of user code. More would make
# each of them slower without making all of them faster; the others wait as Scheduled.
STARTING_AT_MOST = 4
TRANSIENT = (httpx.HTTPError, PrefectException, OSError)
# What the server could not say while a run was handed over is asked again after this.
AGAIN_SECONDS = 10


class AgentWorker(ProcessWorker):
    """Polls a work pool for one agent."""

    job_configuration = AgentJobConfiguration

    def __init__(self, layout: Layout, agent: str, link: Link, records: Records) -> None:
        super().__init__(
            work_pool_name=agent,
            name=f"qhub-{agent}",
            create_pool_if_not_found=False,
            prefetch_seconds=0,
            heartbeat_interval_seconds=10,
        )
        self.records = records
        self.active: set[UUID] = set()
        self.configurations: dict[UUID, AgentJobConfiguration] = {}
        self.link = link
        self.synchronised = anyio.Event()
        self._layout = layout
        self._starting: set[UUID] = set()
        self.has_news = News(layout.server)
        self._asked = 0.0
        self._stopping = False
        self._more = anyio.Event()
        self._supervision: Supervision | None = None

    @classmethod
    def __dispatch_key__(cls) -> str:
        return "qhub-process"  # `process` stays Prefect's own worker in its registry

    async def __aenter__(self) -> AgentWorker:
        # Not the process worker's: it opens a runner with websockets for ad-hoc submissions.
        await BaseWorker.__aenter__(self)
        self._supervision = Supervision(self.client, ForkedHooks(self))
        await self.supervision.open()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await BaseWorker.__aexit__(self, *exc_info)

    @property
    def supervision(self) -> Supervision:
        """What watches the runs; there is one while the worker is entered."""
        if self._supervision is None:
            raise RuntimeError("the worker was not entered")
        return self._supervision

    async def poll(self) -> None:
        """Fetch and start runs, for ever."""
        while True:
            self._more = anyio.Event()
            with suppress(*TRANSIENT):
                await self.get_and_submit_flow_runs()
            with anyio.move_on_after(POLL_SECONDS * random.uniform(0.9, 1.1)):  # noqa: S311
                await self._more.wait()

    async def repeat(self, what: Callable[[], Awaitable[object]], seconds: float) -> None:
        """Do something every so often, for ever; a server that is away is asked again."""
        while True:
            with self.forgiving():
                await what()
            await anyio.sleep(seconds)

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """Let the work go on when the server refuses or is away; it is looked at again."""
        try:
            yield
        except TRANSIENT as error:
            self._logger.warning("%s: %s", type(error).__name__, error)

    async def synchronise(self) -> None:
        """Tell the server that this worker lives, and learn what its pool is like, for ever."""
        while True:
            with self.forgiving():
                await self._sync_and_initialize()
            if self._has_successfully_synced:
                self.synchronised.set()
            # Before that the server, or the pool, is about to come.
            await anyio.sleep(SYNC_SECONDS if self._has_successfully_synced else 1)

    async def finish_submitting(self, seconds: float) -> None:
        """Take no more runs; give those that are handed over right now a moment for it."""
        self._stopping = True
        with anyio.move_on_after(seconds):
            while self._submitting_flow_run_ids:
                await anyio.sleep(0.05)

    async def _get_scheduled_flow_runs(self) -> list[WorkerFlowRunResponse]:
        """Return as many due runs as may start now. Prefect's own answers with all that wait."""
        free = STARTING_AT_MOST - len(self._starting)
        if free <= 0 or self._stopping or not await self._is_work_waiting():
            return []
        response = await self.client.request(
            "POST",
            "/work_pools/{name}/get_scheduled_flow_runs",
            path_params={"name": self._work_pool_name},
            json={"scheduled_before": str(datetime.now(UTC)), "limit": STARTING_AT_MOST},
        )
        self._asked = time.monotonic()
        due = WorkerFlowRunResponse.model_validate_list(response.json())
        if due:
            self.has_news.forget()
        chosen = [entry for entry in due if await self._may_start(entry.flow_run)][:free]
        self._starting.update(entry.flow_run.id for entry in chosen)
        return chosen

    async def _may_start(self, flow_run: FlowRun) -> bool:
        """Whether a due run has no process yet, and was not scheduled again by mistake."""
        lives = self.supervision.processes.get(flow_run.id) is not None
        if lives or flow_run.id in self.active:
            return False
        return not await bury_revived(self.client, flow_run)

    async def _is_work_waiting(self) -> bool:
        """Whether to ask for runs: that writes to the server's database, counting does not."""
        if time.monotonic() - self._asked > POLL_AT_LEAST_SECONDS:
            return True  # by which the server knows that the queues are served
        if not self.has_news():
            return False
        now = datetime.now(UTC)
        soon = now + timedelta(seconds=POLL_AT_LEAST_SECONDS)
        if not await waiting(self.client, self._work_pool_name, soon):
            self.has_news.none_due_within(POLL_AT_LEAST_SECONDS)
            return False
        return await waiting(self.client, self._work_pool_name, now) > 0

    async def _worker_metadata(self) -> None:
        """Tell the server of no integrations: to list them, Prefect imports Dask, 30 MB of it."""

    async def _submit_run(self, flow_run: FlowRun) -> None:
        self.active.add(flow_run.id)
        try:
            with self.forgiving():  # Prefect would end the worker
                await super()._submit_run(flow_run)
        finally:
            self._submitting_flow_run_ids.discard(flow_run.id)
            if flow_run.id not in self.configurations:  # it was not started after all
                self._release_limit_slot(flow_run.id)
                self.active.discard(flow_run.id)
                self._begun(flow_run.id)

    async def _submit_run_and_capture_errors(
        self, flow_run: FlowRun, task_status: anyio.abc.TaskStatus[int | Exception] | None = None
    ) -> Any:
        self.active.add(flow_run.id)
        try:
            return await super()._submit_run_and_capture_errors(flow_run, task_status)
        finally:
            self.active.discard(flow_run.id)
            self.configurations.pop(flow_run.id, None)
            self._begun(flow_run.id)

    async def _propose_crashed_state(
        self, flow_run: FlowRun, message: str, client: PrefectClient | None = None
    ) -> None:
        """Let a run crash; one that could not begin because the server was away begins later."""
        if not _is_of_server(sys.exception()):
            await super()._propose_crashed_state(flow_run, message, client)
            return
        # Where even this is not heard, the run is found as Pending later: see `Reconciler`.
        with self.forgiving(), suppress(Abort):  # it was cancelled, or begins elsewhere
            again = datetime.now(UTC) + timedelta(seconds=AGAIN_SECONDS)
            state: State[Any] = AwaitingRetry(scheduled_time=again, message=message)
            await propose_state(self.client, state, flow_run_id=flow_run.id)

    def _begun(self, flow_run_id: UUID) -> None:
        """Let another run start in place of this one."""
        if flow_run_id in self._starting:
            self._starting.discard(flow_run_id)
            self._more.set()

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> ProcessWorkerResult:
        """Run a flow in a forked child, or by the command that its deployment asks for."""
        assert isinstance(configuration, AgentJobConfiguration)  # noqa: S101 `job_configuration`
        self.configurations[flow_run.id] = configuration
        task_status = task_status or anyio.TASK_STATUS_IGNORED
        status = Identified(task_status)
        if configuration.has_command:
            self._begun(flow_run.id)
            return await super().run(flow_run, configuration, status)
        try:
            _ = configuration.limits  # told before a process is there
        except LimitError as error:
            return await self._refused(flow_run, error, task_status)
        return await self._run_forked(flow_run, configuration, status)

    async def _refused(
        self, flow_run: FlowRun, error: LimitError, task_status: anyio.abc.TaskStatus[Any]
    ) -> ProcessWorkerResult:
        """Let a run crash in one sentence; what is raised, Prefect logs with its traceback."""
        told = f"{error}; {error.hint}"
        self.get_flow_run_logger(flow_run).error(told)
        await self._propose_crashed_state(flow_run, told)
        task_status.started(error)
        return ProcessWorkerResult(status_code=0, identifier="")

    async def _run_forked(
        self,
        flow_run: FlowRun,
        configuration: AgentJobConfiguration,
        status: Identified,
    ) -> ProcessWorkerResult:
        executor = self.supervision.executor(flow_run, Starter(self, configuration))
        result = None

        async def execute(*, task_status: anyio.abc.TaskStatus[ProcessHandle]) -> None:
            nonlocal result
            result = await executor.submit(task_status=task_status)

        async with anyio.create_task_group() as group:
            handle = await group.start(execute)
            status.started(handle.pid)
            group.start_soon(self._await_beginning, flow_run.id)
        if result is None or result.status_code is None:
            raise RuntimeError("the process of the flow run could not be started")
        return ProcessWorkerResult(
            status_code=result.status_code, identifier=str(result.handle.pid)
        )

    async def _await_beginning(self, flow_run_id: UUID) -> None:
        handle = self.supervision.processes.get(flow_run_id)
        async with anyio.create_task_group() as group:
            if handle is not None:
                group.start_soon(self._await_exit, handle, group.cancel_scope)
            await self.supervision.connected(flow_run_id)
            group.cancel_scope.cancel()
        self._begun(flow_run_id)

    async def _await_exit(self, handle: ProcessHandle, scope: anyio.CancelScope) -> None:
        await handle.raw_process.wait()  # type: ignore[union-attr]  # a `Forked`
        scope.cancel()

    async def configure(self, flow_run: FlowRun) -> AgentJobConfiguration:
        """Return the configuration of a run that an earlier worker started."""
        return await self.job_configuration.resolve_for_flow_run(
            flow_run,
            client=self.client,
            work_pool=self.work_pool,
            worker_name=self.name,
            worker_id=self.backend_id,
        )

    async def fork(
        self,
        flow_run: FlowRun,
        configuration: AgentJobConfiguration,
        environment: dict[str, str],
        **fields: Any,
    ) -> Any:
        """Return a new child of the warmed parent for a run or its hooks."""
        limits = configuration.limits
        return await self.link.fork(
            run=str(flow_run.id),
            environment=environment,
            log=str(self._layout.run_log(str(flow_run.id))),
            cpus=limits.cpus,
            memory_bytes=limits.memory_bytes,
            **fields,
        )


def _is_of_server(error: BaseException | None) -> bool:
    """Tell whether the server was away or refused for now: which says nothing of the run."""
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        return status >= httpx.codes.INTERNAL_SERVER_ERROR or status in {408, 429}
    return isinstance(error, httpx.TransportError)
