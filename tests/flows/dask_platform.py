"""A real Prefect server and a real Dask Gateway, and programs that run flows on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.flows.dask_clusters import DaskCluster, clusters
from qhub.flows.gateway import Access, access
from tests.embedded import gateway, server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXAMPLES = Path(__file__).parents[2] / "examples" / "flows"
REPOSITORY = Path(__file__).parents[2]
OTHER_VERSION = (
    "versions/cloudpickle-99.0.dist-info/METADATA",
    "Metadata-Version: 2.1\nName: cloudpickle\nVersion: 99.0\n",
)
"""A package by its file: who imports from the folder `versions` has this version of it."""


@dataclass(frozen=True, slots=True)
class DaskPlatform:
    """What flows run on; `folder` is for their files."""

    server: server.Server
    gateway: gateway.RunningGateway
    folder: Path

    def environment(self, agent: str = "pipelines") -> dict[str, str]:
        """The environment of a process that runs a flow: what it needs, and no more."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(REPOSITORY),
            "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
            **self.server.client,
            **self.gateway.client(agent),
        }

    def access(self, agent: str = "pipelines") -> Access:
        return access(self.gateway.client(agent))

    def clusters(self, agent: str = "pipelines") -> tuple[DaskCluster, ...]:
        return clusters(self.access(agent))

    def write(self, name: str, text: str) -> Path:
        """Write a program of a folder of its own; the name says which: etl/flow.py."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def start(self, file: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a program; `more` is added to its environment."""
        return subprocess.Popen(
            [sys.executable, str(file), *arguments],
            env={**self.environment(), **more},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, file: Path, *arguments: str) -> str:
        """Run a program and return what it wrote; fails where it does."""
        return finish(self.start(file, *arguments))

    def logs(self, flow: str) -> list[str]:
        """Return what the server has of the logs of all runs of a flow, in order."""
        of_flow = {"flows": {"name": {"any_": [flow]}}}
        runs = [run["id"] for run in self._post("/flow_runs/filter", of_flow)]
        of_runs = {"logs": {"flow_run_id": {"any_": runs}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        return [item["message"] for item in self._post("/logs/filter", of_runs)]

    @contextmanager
    def holding(self, limit: str) -> Iterator[None]:
        """Hold a global concurrency limit, as a run does that makes a cluster."""
        self._post("/v2/concurrency_limits/increment", {"names": [limit], "slots": 1})
        try:
            yield
        finally:
            held = {"names": [limit], "slots": 1, "occupancy_seconds": 1}
            self._post("/v2/concurrency_limits/decrement", held)

    def _post(self, path: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        import httpx

        url, header = self.server.api + path, self.server.header
        answer = httpx.post(url, json=body, headers=header, trust_env=False)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json() if answer.content else []
        return found


@contextmanager
def platform(root: Path, config: str = gateway.CONFIG) -> Iterator[DaskPlatform]:
    """Run both; at the end they are stopped, with the clusters."""
    folder = root / "programs"
    folder.mkdir(parents=True)
    with server.serving(root / "server") as one, gateway.serving(root / "state", config) as other:
        yield DaskPlatform(one, other, folder)


def finish(process: subprocess.Popen[str], seconds: float = 150) -> str:
    """Wait for a program and return what it wrote; fails where it does."""
    try:
        text, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"not within {seconds} s: {process.communicate()[0]}") from None
    assert process.returncode == 0, text
    return text


def told(text: str) -> Any:
    """Return what a program told by a line `RESULT {json}`."""
    return all_told(text)[-1]


def all_told(text: str) -> list[Any]:
    """Return what a program told by each of its lines `RESULT {json}`."""
    lines = [line for line in text.splitlines() if line.startswith("RESULT ")]
    assert lines, text
    return [json.loads(line.removeprefix("RESULT ")) for line in lines]


def dask_processes(cluster: str) -> dict[int, list[str]]:
    """Return the processes of a cluster: their command lines by process id."""
    import psutil

    found = {}
    for process in psutil.process_iter():
        try:
            if process.environ().get("DASK_GATEWAY_CLUSTER_NAME") == cluster:
                found[process.pid] = process.cmdline()
        except psutil.Error:
            continue
    return found


def scheduler_of(cluster: str) -> int:
    """Return the process id of a cluster's scheduler."""
    [pid] = [pid for pid, words in dask_processes(cluster).items() if "scheduler" in words]
    return pid
