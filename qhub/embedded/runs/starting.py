"""How one run starts: what its deployment says of it, and the forked child that it becomes."""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
from prefect.workers.process import ProcessJobConfiguration

from qhub.embedded.proxies import loopback_exempt
from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.limits import Limits
from qhub.embedded.runs.remains import RUN, end_remains
from qhub.embedded.runs.supervision import ProcessHandle, Session

if TYPE_CHECKING:
    import anyio.abc
    from prefect.client.schemas.objects import FlowRun

    from qhub.embedded.runs.worker import AgentWorker

__all__ = ["AgentJobConfiguration", "Identified", "Starter"]


class AgentJobConfiguration(ProcessJobConfiguration):
    """What a deployment may say of its runs; see `template.py`."""

    cpu_limit: str | None = None
    memory_limit: str | None = None
    retries_on_crash: int = 0

    @classmethod
    @functools.cache
    def _base_environment(cls) -> dict[str, str]:
        """Return Prefect's settings as variables; put together for each run it was 10 ms of CPU."""
        return super()._base_environment()

    @property
    def limits(self) -> Limits:
        """The limits that are set. Raises `LimitError`."""
        return Limits.read({"cpu_limit": self.cpu_limit, "memory_limit": self.memory_limit})

    @property
    def has_command(self) -> bool:
        """Whether the run is started by a command of the deployment's own."""
        return self._command_configured


class Identified:
    """Hands on the identity of a process where Prefect hands on its pid."""

    def __init__(self, inner: anyio.abc.TaskStatus[Any]) -> None:
        self._inner = inner

    def started(self, pid: int | None = None) -> None:
        """Say that the process is there."""
        self._inner.started(str((pid and Identity.of(pid)) or f"{pid}:ended"))


class Starter:
    """Starts one run in a forked child: Prefect's `ProcessStarter` protocol."""

    def __init__(self, worker: AgentWorker, configuration: AgentJobConfiguration) -> None:
        self._worker = worker
        self._configuration = configuration

    async def start(
        self,
        flow_run: FlowRun,
        task_status: anyio.abc.TaskStatus[ProcessHandle] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Return when the process has ended."""
        worker, chosen = self._worker, self._configuration.working_dir
        folder = chosen or worker.records.working / str(flow_run.id)
        try:
            process = await worker.fork(
                flow_run,
                self._configuration,
                self._environment(flow_run),
                kind="flow",
                folder=str(folder),
            )
            scope = Session(process.identity)
            task_status.started(ProcessHandle(process, termination_scope=scope))
            await process.wait()
            await end_remains(str(flow_run.id))
        finally:
            if chosen is None:
                worker.records.clear(str(flow_run.id))

    def _environment(self, flow_run: FlowRun) -> dict[str, str]:
        environment = {k: v for k, v in self._configuration.env.items() if v is not None}
        environment |= loopback_exempt(environment)
        environment["PREFECT__FLOW_RUN_ID"] = environment[RUN] = str(flow_run.id)
        environment["PREFECT__ENABLE_CANCELLATION_AND_CRASHED_HOOKS"] = "false"
        with suppress(RuntimeError):  # without a channel a run is cancelled by signals alone
            port, token = self._worker.supervision.channel.register(flow_run.id)
            environment["PREFECT__CONTROL_PORT"] = str(port)
            environment["PREFECT__CONTROL_TOKEN"] = token
        return environment
