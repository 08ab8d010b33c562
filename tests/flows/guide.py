"""The guide for those who come from Prefect 1: its blocks, and a platform to run them on."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.api import load
from qhub.embedded import publish
from qhub.embedded.api import Api
from tests.cli.process import run_here
from tests.embedded import gateway, server
from tests.embedded.platforms import Agents
from tests.flows.projects import REPOSITORY, forgetting, process_environment, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = REPOSITORY / "docs" / "coming-from-prefect-1.md"
OLD = "# Prefect 1"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (\w+\.py)$")

CONFIG = """\
project_name: guide
namespace: dev
provider: embedded
prefect:
  enabled: true
  agents:
    - name: pipelines
      queues: [gpu]
      overrides:
        secretEnvVars:
          PREFECT__CONTEXT__SECRETS__DATABASE: {from_env: DATABASE_LOGIN}
secrets:
  S3_KEY: {from_env: S3_KEY}
dask_gateway:
  enabled: true
  idle_timeout: 300
  limits: {workers: 4, cores: 8, memory: 8Gi}
profiles:
  flow_run:
    small: {cpu: 1, memory: 2Gi, default: true}
    large: {cpu: 2, memory: 4Gi}
  dask_worker:
    Small Worker:
      {worker_cores: 1, worker_cores_limit: 1, worker_memory: 1G, worker_memory_limit: 2G,
       default: true}
"""
_END = "\f"
_PROGRAMS = f"""\
import runpy, sys
for file in sys.argv[1:]:
    runpy.run_path(file, run_name="__main__")
    print({_END!r}, end="", flush=True)
"""
SECRETS = {
    "S3_KEY": b"fifteen letters",
    "PREFECT__CONTEXT__SECRETS__DATABASE": b'{"user": "etl", "password": "planted"}',
}


def blocks(kind: str) -> list[str]:
    """Return the blocks of a language, in the page's order."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    return [body for language, body in found if language == kind]


def old_blocks() -> list[str]:
    """Return the blocks in the old form."""
    return [body for body in blocks("python") if body.startswith(f"{OLD}\n")]


def new_blocks() -> dict[str, str]:
    """Return the blocks in the new form by the names of their files; every other one is wrong."""
    new = [body for body in blocks("python") if not body.startswith(f"{OLD}\n")]
    named = [(_FILE.match(body.partition("\n")[0]), body) for body in new]
    nameless = [body for name, body in named if name is None]
    assert not nameless, f"begins neither with '{OLD}' nor with a file's name: {nameless}"
    found = {name[1]: body for name, body in named if name}
    assert len(found) == len(new), "two blocks have one name"
    return found


def flow_of(name: str) -> str:
    """Return the name of a file's flow: its function is called as the file."""
    return name.removesuffix(".py").replace("_", "-")


@dataclass
class Guide:
    """The page's files as a project, beside a running platform."""

    folder: Path
    prefect: server.Server
    dask: gateway.RunningGateway
    agent: Agents

    @property
    def environment(self) -> dict[str, str]:
        """What `qhub connect` sets."""
        to = self.dask.client()
        return {
            **self.prefect.client,
            **to,
            "DASK_GATEWAY__ADDRESS": to["QHUB_GATEWAY_ADDRESS"],
            "DASK_GATEWAY__PROXY_ADDRESS": to["QHUB_GATEWAY_PROXY_ADDRESS"],
            "DASK_GATEWAY__AUTH__TYPE": "basic",
            "DASK_GATEWAY__AUTH__KWARGS__USERNAME": to["QHUB_AGENT"],
            "DASK_GATEWAY__AUTH__KWARGS__PASSWORD": to["QHUB_GATEWAY_PASSWORD"],
        }

    def python(self, *arguments: str) -> str:
        """Run Python in the project as `qhub connect -- python` does; return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=process_environment(self.environment),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}\n{self.agent.log}"
        return done.stdout + done.stderr

    def programs(self, *files: str) -> list[str]:
        """Run files as programs, all in one process; return what each printed."""
        return self.python("-c", _PROGRAMS, *files).split(_END)[:-1]

    @contextmanager
    def as_client(self) -> Iterator[None]:
        """Let this process be a client of the platform, as `qhub connect` does."""
        from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

        to = {PREFECT_API_URL: self.prefect.api, PREFECT_API_AUTH_STRING: server.PASSWORD}
        with temporary_settings(to), forgetting(self.folder):
            yield

    def qhub(self, *arguments: str) -> str:
        """Run `qhub ARGUMENTS` in the project, in this process; return what it printed."""
        environment = process_environment(self.environment)
        with self.as_client():
            status, out, err = run_here(*arguments, cwd=self.folder, environment=environment)
        assert status == 0, f"{arguments}: {out}{err}\n{self.agent.log}"
        return out + err

    def deployment(self, name: str) -> dict[str, Any]:
        """Return a deployment, "flow/name"."""
        found: dict[str, Any] = self.agent.call(f"/deployments/name/{name}")
        return found

    def start(self, name: str, **parameters: Any) -> str:
        """Trigger a run of a deployed flow; return its id."""
        return self.agent.run(self.deployment(name)["id"], **parameters)

    def ended(self, run: str, within: float = 120) -> str:
        """Wait until a run has ended; return the type of its state."""

        def final() -> str:
            state = self.agent.call(f"/flow_runs/{run}")["state"]["type"]
            return state if state in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else ""

        gateway.until(final, within, lambda: self.agent.log[-3000:])
        return final()

    def log(self, run: str) -> str:
        """Return the lines of a run's log."""
        body = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        return "\n".join(line["message"] for line in self.agent.call("/logs/filter", body))

    def says(self, run: str, *texts: str) -> None:
        """Wait until a run's log has these texts: its last lines come after its end."""
        gateway.until(
            lambda: all(text in self.log(run) for text in texts),
            15,
            lambda: f"{texts} in\n{self.log(run)}",
        )


@contextmanager
def running(root: Path) -> Iterator[Guide]:
    """Run server, gateway and agent, with what a deploy publishes and the page's files."""
    folder = write(root / "project", {"pyproject.toml": "", **new_blocks()})
    with gateway.serving(root / "state", CONFIG) as dask, server.serving(root / "state") as prefect:
        for name, value in SECRETS.items():
            (dask.layout.secrets("pipelines") / name).write_bytes(value)
        to = dask.client()
        address = {
            "address": to["QHUB_GATEWAY_ADDRESS"],
            "proxy_address": to["QHUB_GATEWAY_PROXY_ADDRESS"],
        }
        platform = load(dask.layout.root / "qhub-config.yaml").platform
        with Api(prefect.api, server.PASSWORD) as api:
            publish.pools(api, dask.layout)
            publish.rest(api, dask.layout, platform, gateway=address)
        ports = {f"QHUB_GATEWAY_{name}PORT": str(port) for name, port in dask.ports.items()}
        agent = Agents(prefect, "pipelines", extra=ports)
        agent.start()
        try:
            yield Guide(folder, prefect, dask, agent)
        finally:
            agent.stop()
