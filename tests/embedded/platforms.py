"""A platform without supervisor, for tests: a server, a filled state folder, one agent by hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qhub.embedded.runs import base_job_template
from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.embedded.server import Server

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass
class Agents:
    """An agent of a running server, its pool, and what a test does with its runs."""

    server: Server
    name: str = "pipelines"
    process: subprocess.Popen[bytes] | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def configure(
        self,
        env_vars: Mapping[str, str] | None = None,
        secrets: Mapping[str, bytes] | None = None,
        job_variables: Mapping[str, str | None] | None = None,
    ) -> None:
        """Write the agent's file and secrets, and make its pool."""
        layout = self.server.layout
        folder = layout.config / "agents"
        folder.mkdir(parents=True, exist_ok=True)
        agent = {"version": 1, "name": self.name, "queues": [], "env_vars": dict(env_vars or {})}
        agent |= {"secrets": sorted(secrets or {}), "job_variables": dict(job_variables or {})}
        (folder / f"{self.name}.json").write_text(json.dumps(agent))
        volume = layout.secrets(self.name)
        volume.mkdir(parents=True, exist_ok=True)
        for name, content in (secrets or {}).items():
            (volume / name).write_bytes(content)
        if not self.call("/work_pools/filter", {"work_pools": {"name": {"any_": [self.name]}}}):
            template = base_job_template(job_variables or {})
            pool = {"name": self.name, "type": "process", "base_job_template": template}
            self.call("/work_pools/", pool)

    @property
    def environment(self) -> dict[str, str]:
        """What supervisor gives to the agent."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "QHUB_STATE": str(self.server.layout.root),
            "QHUB_PYTHON": sys.executable,
            "QHUB_SERVER_PORT": str(self.server.port),
            "QHUB_GATEWAY_PORT": "1",
            "QHUB_GATEWAY_PROXY_PORT": "2",
            "QHUB_GATEWAY_TLS_PORT": "3",
            "QHUB_PROJECT": "tests",
            "QHUB_NAMESPACE": "dev",
            **self.extra,
        }

    def start(self) -> subprocess.Popen[bytes]:
        """Start the agent as supervisor does."""
        log = self.server.layout.log(f"agent-{self.name}")
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qhub.embedded.programs.agent", self.name],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.server.layout.root,
            )
        return self.process

    @property
    def log(self) -> str:
        return self.server.layout.log(f"agent-{self.name}").read_text()

    @property
    def records(self) -> Records:
        return Records(self.server.layout.agent(self.name))

    def stop(self) -> None:
        """End the agent and every run that it left."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for identity in self.records.alive().values():
            with suppress(ProcessLookupError):
                os.killpg(identity.pid, signal.SIGKILL)

    @property
    def worker(self) -> int:
        """The pid of the worker: the child of the agent that leads no session of its own."""
        assert self.process is not None
        agent = self.process.pid

        def found() -> int | None:
            return next((pid for pid in _children(agent) if os.getsid(pid) != pid), None)

        pid = until(found, what="a worker")
        assert isinstance(pid, int)
        return pid

    def call(self, path: str, body: object = None, method: str = "") -> Any:
        """Ask Prefect's API."""
        request = urllib.request.Request(  # noqa: S310 a server of the tests
            self.server.api + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={**self.server.header, "Content-Type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310
                    return json.loads(answer.read() or "null")
            except urllib.error.HTTPError as error:
                if error.code == 503:  # its database was locked: every client tries again
                    time.sleep(0.1)
                    continue
                raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error

    def deploy(self, entrypoint: str, folder: Path, **job_variables: Any) -> str:
        """Register a flow of a folder; return the deployment's id."""
        name = entrypoint.rpartition(":")[2]
        flow = self.call("/flows/", {"name": name.replace("_", "-")})["id"]
        step = {"prefect.deployments.steps.set_working_directory": {"directory": str(folder)}}
        body = {
            "name": f"d{time.monotonic_ns()}",
            "flow_id": flow,
            "entrypoint": entrypoint,
            "pull_steps": [step],
            "work_pool_name": self.name,
            "job_variables": job_variables,
        }
        answer: str = self.call("/deployments/", body)["id"]
        return answer

    def run(self, deployment: str, **parameters: Any) -> str:
        """Trigger a run; return its id."""
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        answer: str = self.call(f"/deployments/{deployment}/create_flow_run", body)["id"]
        return answer

    def state(self, run: str) -> str:
        """Return the name of a run's state."""
        answer: str = self.call(f"/flow_runs/{run}")["state"]["name"]
        return answer

    def states(self, run: str) -> list[dict[str, Any]]:
        """Return all states of a run, in order."""
        found: list[dict[str, Any]] = self.call(f"/flow_run_states/?flow_run_id={run}")
        return sorted(found, key=lambda state: str(state["timestamp"]))

    def cancel(self, run: str) -> None:
        """Ask for a run's cancellation as the web page does."""
        body = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
        self.call(f"/flow_runs/{run}/set_state", body)

    def wait(self, run: str, *names: str, within: float = 30) -> str:
        """Wait until a run is in one of these states, or in a final one that is not wanted."""

        def reached() -> str:
            state = self.call(f"/flow_runs/{run}")["state"]
            final = state["type"] in FINAL and not set(names) & {"AwaitingRetry"}
            return str(state["name"]) if state["name"] in names or final else ""

        found = until(reached, within=within, what=f"{run} to be {names}", every=0.2)
        assert found in names, f"{found}: {self.call(f'/flow_runs/{run}')['state']}\n{self.log}"
        return str(found)

    def identity(self, run: str) -> Identity:
        """Return the process of a run, once it is noted."""

        def noted() -> Identity | None:
            return self.records.read(run)

        found = until(noted, what=f"the process of {run}")
        assert isinstance(found, Identity)
        return found

    def output(self, run: str) -> str:
        """Return what the process of a run wrote."""
        return self.server.layout.run_log(run).read_text()


@contextmanager
def agent(server: Server, name: str, **configuration: Any) -> Iterator[Agents]:
    """Run an agent of a server; it and its runs are ended at the end."""
    agents = Agents(server, name)
    agents.configure(**configuration)
    agents.start()
    try:
        yield agents
    finally:
        agents.stop()


def until(
    condition: Callable[[], object], *, within: float = 30, what: str = "", every: float = 0.05
) -> object:
    """Wait until a condition, looked at `every` so many seconds, holds; return what it gave."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError(f"waited {within} s in vain: {what}")


def _children(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children()]
