"""How the gateway starts, watches and ends the processes of clusters on this machine.

Dask Gateway's `LocalBackend` runs each cluster as another user and is broken in 2026.3.0 (its
`setup_working_directory` changes the owner of "/"); its sibling keeps the gateway's own user.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
from collections import OrderedDict
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from dask_gateway_server.backends.db_base import JobStatus
from dask_gateway_server.backends.local import UnsafeLocalBackend
from dask_gateway_server.routes import api_handler

from qhub.embedded.layout import Layout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from dask_gateway_server.backends.db_base import Cluster, Worker

__all__ = ["AgentBackend"]

_LAST_LINES = 20
_LAST_BYTES = 16384
_MOST_CLUSTERS_REMEMBERED = 50
_NAMES = {
    JobStatus.CREATED: "created",
    JobStatus.SUBMITTED: "starting",
    JobStatus.RUNNING: "running",
    JobStatus.CLOSING: "stopping",
    JobStatus.STOPPED: "stopped",
    JobStatus.FAILED: "failed",
}


class AgentBackend(UnsafeLocalBackend):  # type: ignore[misc] # dask_gateway_server has no types
    """Clusters as local processes, each with the environment of the agent that it is for."""

    async def setup(self, app: web.Application) -> None:
        """Serve what became of a cluster's workers, beside the gateway's own API."""
        self._numbers = count()
        self._watching: set[asyncio.Task[None]] = set()
        self._last_lines: OrderedDict[str, list[str]] = OrderedDict()
        app.router.add_get("/api/v1/qhub/clusters/{cluster_name}", _describe)
        await super().setup(app)

    def get_env(self, cluster: Cluster) -> dict[str, str]:
        """Return the environment of a cluster's processes: how they find their agent's settings."""
        state = Path(os.environ["QHUB_STATE"])
        return {
            **super().get_env(cluster),
            **{
                name: os.environ[name]
                for name in ("QHUB_PROJECT", "QHUB_NAMESPACE")
                if name in os.environ
            },
            "HOME": os.environ.get("HOME", "/"),
            "QHUB_STATE": str(state),
            "QHUB_AGENT": cluster.username,
            "QHUB_SECRETS_DIR": str(Layout(state).secrets(cluster.username)),
            "QHUB_CLUSTER_OWNED": "1" if cluster.options.get("owned") else "0",
        }

    def get_worker_env(self, cluster: Cluster) -> dict[str, str]:
        """Return the environment of a worker; its CPUs are the next in turn."""
        return {**super().get_worker_env(cluster), "QHUB_WORKER_CPUS": self._cpus(cluster)}

    def get_worker_command(
        self, cluster: Cluster, worker_name: str, scheduler_address: str | None = None
    ) -> list[str]:
        """Return a worker's command: for this machine alone, as its scheduler, and without a page.

        The gateway's proxy leads to no worker.
        """
        command: list[str] = super().get_worker_command(cluster, worker_name, scheduler_address)
        return [*command, "--host", self.default_host, "--no-dashboard"]

    def _cpus(self, cluster: Cluster) -> str:
        """Return which CPUs a worker keeps to, or nothing where all are its own."""
        if not hasattr(os, "sched_getaffinity"):
            return ""
        all_of_them = sorted(os.sched_getaffinity(0))
        wanted = math.ceil(cluster.config.worker_cores)
        if wanted >= len(all_of_them):
            return ""
        first = next(self._numbers) * wanted
        chosen = {all_of_them[(first + i) % len(all_of_them)] for i in range(wanted)}
        return ",".join(map(str, sorted(chosen)))

    async def do_start_cluster(self, cluster: Cluster) -> AsyncIterator[dict[str, Any]]:
        """Start the scheduler; from then on its end is noticed at once, not by lost heartbeats."""
        async for state in super().do_start_cluster(cluster):
            yield state
        if pid := cluster.state.get("pid"):
            self._watch(cluster, pid, _lives)

    async def do_setup(self) -> None:
        """Watch the schedulers of an earlier gateway, too: some have ended since."""
        await super().do_setup()
        for cluster in self.db.active_clusters():
            if pid := cluster.state.get("pid"):
                self._watch(cluster, pid, _is_ours)

    def _watch(self, cluster: Cluster, pid: int, lives: Callable[[int], bool]) -> None:
        task = asyncio.ensure_future(self._watch_scheduler(cluster, pid, lives))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _watch_scheduler(
        self, cluster: Cluster, pid: int, lives: Callable[[int], bool]
    ) -> None:
        while lives(pid):
            await asyncio.sleep(0.5)
        if cluster.target <= JobStatus.RUNNING:
            self.log.warning("The scheduler of cluster %s ended, stopping the rest", cluster.name)
            await self.stop_cluster(cluster.name, failed=True)

    async def do_stop_cluster(self, cluster: Cluster) -> None:
        """Stop the scheduler; of one that failed the last lines are kept."""
        if cluster.target == JobStatus.FAILED and cluster.name not in self._last_lines:
            self._keep(cluster, "scheduler")  # a worker's would say why all of it failed
        await super().do_stop_cluster(cluster)

    async def do_stop_worker(self, worker: Worker) -> None:
        """Stop a worker; of one that failed the last lines are kept."""
        if worker.target == JobStatus.FAILED:
            self._keep(worker.cluster, f"worker-{worker.name}")
        await super().do_stop_worker(worker)

    async def stop_process(self, pid: int) -> None:
        """Stop a process if it is one of ours: after a restart its number may be another's."""
        patience = (
            (signal.SIGINT, self.sigint_timeout),
            (signal.SIGTERM, self.sigterm_timeout),
            (signal.SIGKILL, self.sigkill_timeout),
        )
        for number, seconds in patience:
            if not _is_ours(pid):
                return
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            await _ended(pid, seconds)

    async def do_cleanup(self) -> None:
        """Watch no longer."""
        for task in self._watching:
            task.cancel()
        await super().do_cleanup()

    def _keep(self, cluster: Cluster, program: str) -> None:
        folder = cluster.state.get("workdir")
        if folder is None:
            return
        lines = _tail(Path(self.get_logs_directory(folder)) / f"{program}.log")
        self._last_lines[cluster.name] = lines
        self._last_lines.move_to_end(cluster.name)
        while len(self._last_lines) > _MOST_CLUSTERS_REMEMBERED:
            self._last_lines.popitem(last=False)

    def describe(self, name: str) -> dict[str, Any]:
        """Return a cluster's workers, where its scheduler is, and the last lines of a failure."""
        cluster = self.db.get_cluster(name)
        workers = [worker for worker in cluster.workers.values() if worker.is_active()]
        return {
            "name": name,
            "scheduler_address": cluster.scheduler_address,
            "workers": [_NAMES[worker.status] for worker in workers],
            "failures": cluster.worker_start_failure_count,
            "most_workers": cluster.config.get("cluster_max_workers"),
            "worker_threads": cluster.config.get("worker_threads"),
            "worker_memory_bytes": cluster.config.get("worker_memory"),
            "last_lines": self._last_lines.get(name, []),
        }


@api_handler(user_authenticated=True)  # type: ignore[untyped-decorator]
async def _describe(request: web.Request) -> web.Response:
    """Answer how a cluster's workers are, for the agent whose cluster it is."""
    name = request.match_info["cluster_name"]
    backend: AgentBackend = request.app["backend"]
    cluster = await backend.get_cluster(name)
    if cluster is None or not request["user"].has_permissions(cluster):
        raise web.HTTPNotFound(reason=f"Cluster {name} not found")
    return web.json_response(backend.describe(name))


def _lives(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def _ended(pid: int, seconds: float) -> None:
    """Wait until a process is gone, so long at most."""
    deadline = asyncio.get_running_loop().time() + seconds
    pause = 0.05
    while _lives(pid) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.5)


def _is_ours(pid: int) -> bool:
    """Tell whether a process is a Dask process of this platform; a dead one is nobody's."""
    import psutil

    if not _lives(pid):
        return False
    try:
        environment = psutil.Process(pid).environ()
    except psutil.Error:
        return False
    state = environment.get("QHUB_STATE")
    return state == os.environ["QHUB_STATE"] and "DASK_GATEWAY_CLUSTER_NAME" in environment


def _tail(log: Path) -> list[str]:
    """Return the end of a log without the places of tracebacks: the errors tell, one by one."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    lines = [line for line in text.splitlines() if line and not line.startswith(" ")]
    return lines[-_LAST_LINES:]
