"""What is asked of the server now and then: who is cancelled, who is dead, who is tried again.

The same pass serves a worker that has just started (runs of the one before are adopted, or
buried) and one that could not report something while the server was away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import Abort, ObjectNotFound
from prefect.states import AwaitingRetry
from prefect.utilities.engine import propose_state

from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.remains import end_remains
from qhub.embedded.runs.revivals import NOT_BEGUN, STARTED_AGAIN, of_this_try
from qhub.embedded.runs.supervision import Adopted, ProcessHandle, Session

if TYPE_CHECKING:
    from uuid import UUID

    import anyio.abc
    from prefect.client.schemas.objects import FlowRun, State

    from qhub.embedded.runs.worker import AgentWorker

__all__ = ["Reconciler"]

DIED = "The process of the flow run ended without a word."
# A run that crashed longer ago is history: it is not tried again when somebody raises the number.
RETRIED_WITHIN = timedelta(hours=1)
PAGE = 200


class Reconciler:
    """Compares the runs that the server holds for living with the processes that live."""

    def __init__(self, worker: AgentWorker, tasks: anyio.abc.TaskGroup) -> None:
        self._worker = worker
        self._tasks = tasks
        self._concluding: set[UUID] = set()

    async def look(self) -> None:
        """Adopt, bury, cancel and retry: everything, once."""
        for flow_run in await self._runs(StateType.RUNNING, StateType.PENDING):
            if not self._is_watched(flow_run):
                await self._take_up(flow_run)
        await self.cancel()
        await self.retry()

    async def cancel_watched(self) -> None:
        """Cancel what is to be cancelled; asks the server only while processes live."""
        if self._worker.supervision.processes.flow_run_ids():
            await self.cancel()

    async def cancel(self) -> None:
        """Cancel the runs that somebody wants cancelled."""
        for flow_run in await self._runs(StateType.CANCELLING):
            if flow_run.id in self._concluding:
                continue
            if self._worker.supervision.processes.get(flow_run.id) is not None:
                self._concluding.add(flow_run.id)
                self._tasks.start_soon(self._cancel, flow_run)
            elif flow_run.id not in self._worker.active:
                await self._take_up(flow_run)

    async def retry(self) -> None:
        """Start the crashed runs again whose deployments ask for it."""
        for flow_run in await self._runs(StateType.CRASHED, newest=True):
            if self._is_watched(flow_run) or not _recent(flow_run):
                continue
            if await self._may_retry(flow_run):
                try:
                    await propose_state(
                        self._worker.client,
                        AwaitingRetry(message=STARTED_AGAIN),
                        flow_run_id=flow_run.id,
                    )
                except Abort as refusal:
                    self._worker.get_flow_run_logger(flow_run).warning("No retry: %s", refusal)

    async def _runs(self, *types: StateType, newest: bool = False) -> list[FlowRun]:
        state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
        name = WorkPoolFilterName(any_=[self._worker.work_pool.name])
        found: list[FlowRun] = []
        while True:
            page = await self._worker.client.read_flow_runs(
                flow_run_filter=FlowRunFilter(state=state),
                work_pool_filter=WorkPoolFilter(name=name),
                sort=FlowRunSort.END_TIME_DESC if newest else FlowRunSort.START_TIME_ASC,
                limit=PAGE,
                offset=len(found),
            )
            found += page
            if len(page) < PAGE or newest:
                return found

    def _is_watched(self, flow_run: FlowRun) -> bool:
        worker = self._worker
        watched = worker.supervision.processes.get(flow_run.id) is not None
        return watched or flow_run.id in worker.active or flow_run.id in self._concluding

    async def _take_up(self, flow_run: FlowRun) -> None:
        """Adopt a run of an earlier worker of this agent, or conclude it where it is dead."""
        identity = self._worker.records.read(str(flow_run.id))
        identity = identity or Identity.parse(flow_run.infrastructure_pid)
        if identity is not None and identity.alive:
            self._concluding.add(flow_run.id)
            scope = Session(identity, adopted=True)
            handle = ProcessHandle(Adopted(identity), termination_scope=scope)  # type: ignore[arg-type]  # has what is used of a process
            await self._worker.supervision.processes.add(flow_run.id, handle)
            self._concluding.discard(flow_run.id)
            self._tasks.start_soon(self._await_adopted, flow_run.id, Adopted(identity))
        elif flow_run.labels.get("prefect.worker.name") == self._worker.name:
            self._concluding.add(flow_run.id)
            self._tasks.start_soon(self._conclude, flow_run.id, identity)

    async def _await_adopted(self, flow_run_id: UUID, process: Adopted) -> None:
        await process.wait()
        await end_remains(str(flow_run_id))
        worker = self._worker
        worker.records.forget(str(flow_run_id), process.identity)
        worker.records.clear(str(flow_run_id))
        if flow_run_id not in self._concluding:
            self._concluding.add(flow_run_id)
            await worker.supervision.processes.remove(flow_run_id)
            await self._conclude(flow_run_id, process.identity)
        else:  # it is being cancelled, which also says what became of it
            await worker.supervision.processes.remove(flow_run_id)

    async def _conclude(self, flow_run_id: UUID, identity: Identity | None) -> None:
        """Give a run without a process its last state, or its next try where it never began."""
        worker = self._worker
        try:
            await end_remains(str(flow_run_id))
            with worker.forgiving():
                flow_run = await worker.client.read_flow_run(flow_run_id)
                state = flow_run.state
                if state is None or state.is_final():
                    return
                if state.is_cancelling():
                    await worker.supervision.bury_cancelled(flow_run)
                elif state.is_running() or (state.is_pending() and identity is not None):
                    await worker.supervision.bury_crashed(flow_run, DIED)
                elif state.is_pending():
                    # Not by force: it may have been cancelled since it was read.
                    again: State[Any] = AwaitingRetry(message=NOT_BEGUN)
                    await worker.client.set_flow_run_state(flow_run_id, again)
        finally:
            self._concluding.discard(flow_run_id)

    async def _cancel(self, flow_run: FlowRun) -> None:
        try:
            with self._worker.forgiving():
                await self._worker.supervision.cancel(flow_run)
        finally:
            self._concluding.discard(flow_run.id)

    async def _may_retry(self, flow_run: FlowRun) -> bool:
        retries = await self._retries_on_crash(flow_run)
        if retries <= 0:
            return False
        states = await self._worker.client.read_flow_run_states(flow_run.id)
        last = of_this_try(states)
        cancelled = any(state.is_cancelling() or state.is_cancelled() for state in last)
        if cancelled or not last or not last[-1].is_crashed():
            return False  # it has moved on since it was listed, or its process ended as wanted
        types = [state.type for state in sorted(states, key=lambda state: state.timestamp)]
        # Several may report one crash; and one before Running does not count in run_count.
        crashes = sum(
            now is StateType.CRASHED and before is not StateType.CRASHED
            for before, now in zip([None, *types], types, strict=False)
        )
        return crashes <= retries

    async def _retries_on_crash(self, flow_run: FlowRun) -> int:
        pool = self._worker.work_pool.base_job_template["variables"]["properties"]
        named: dict[str, Any] = {
            "retries_on_crash": pool.get("retries_on_crash", {}).get("default")
        }
        if flow_run.deployment_id is not None:
            try:
                deployment = await self._worker.client.read_deployment(flow_run.deployment_id)
            except ObjectNotFound:
                return 0
            named |= deployment.job_variables or {}
        named |= flow_run.job_variables or {}
        return int(named["retries_on_crash"] or 0)


def _recent(flow_run: FlowRun) -> bool:
    state = flow_run.state
    return state is not None and state.timestamp > datetime.now(UTC) - RETRIED_WITHIN
