"""A whole platform on this machine for tests: deployed by the real command, gone at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.embedded import processes
from qhub.embedded.api import Api
from qhub.embedded.layout import Layout
from qhub.embedded.supervise import Supervisor
from tests.cli.process import run_here
from tests.embedded.server import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE_AGENT = """\
project_name: {project}
namespace: dev
provider: embedded
dask_gateway: {{enabled: true}}
prefect:
  enabled: true
  agents:
    - name: one
      overrides: {{envVars: {{COLOUR: red}}}}
"""
CONFIG = f"""\
{ONE_AGENT}\
    - {{{{name: two, queues: [etl]}}}}
secrets:
  KEY: {{{{from_env: THE_KEY}}}}
"""


@dataclass(slots=True)
class Machine:
    """A folder with a config file, and the environment of a user who deploys it."""

    folder: Path
    project: str = "pipelines"
    template: str = CONFIG
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.reset()
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "QHUB_HOME": str(self.folder.parent / "home"),
            "THE_KEY": "planted-key",
            **self.environ,
        }

    @property
    def config(self) -> Path:
        return self.folder / "qhub-config.yaml"

    @property
    def layout(self) -> Layout:
        return Layout((Path(self.environ["QHUB_HOME"]) / f"{self.project}-dev").resolve())

    def reset(self) -> None:
        """Let the config file be what it was."""
        self.write(self.template.format(project=self.project))

    def write(self, text: str) -> None:
        self.config.write_text(text)

    def edit(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert old in text
        self.write(text.replace(old, new))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "qhub", *arguments],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def qhub(self, *arguments: str, status: int = 0) -> str:
        """Run a command to its end; return what it printed, standard error included."""
        ended, out, err = run_here(*arguments, cwd=self.folder, environment=self.environ)
        assert ended == status, out + err
        return out + err

    def deploy(self) -> dict[str, Any]:
        """Deploy; return what it tells as JSON."""
        arguments = ("deploy", "--output", "json")
        ended, out, err = run_here(*arguments, cwd=self.folder, environment=self.environ)
        assert ended == 0, out + err
        return dict(json.loads(out))

    def status(self, *, fails: int = 0) -> dict[str, Any]:
        """Return the status as data."""
        arguments = ("status", "--output", "json")
        ended, out, err = run_here(*arguments, cwd=self.folder, environment=self.environ)
        assert ended == fails, out + err
        return dict(json.loads(out))

    def pids(self) -> dict[str, int | None]:
        return {program.name: program.pid for program in Supervisor(self.layout).programs()}

    def api(self) -> Api:
        return Api.of(self.layout)

    def run(self, pool: str, source: str) -> str:
        """Run the flow `main` of a program in a pool; return the id of its run."""
        (self.folder / "flow.py").write_text(source)
        step = {"prefect.deployments.steps.set_working_directory": {"directory": str(self.folder)}}
        with self.api() as api:
            flow = api.post("/flows/", {"name": "main"})["id"]
            body = {
                "name": "main",
                "flow_id": flow,
                "work_pool_name": pool,
                "entrypoint": "flow.py:main",
                "pull_steps": [step],
            }
            deployment = api.post("/deployments/", body)["id"]
            return str(api.post(f"/deployments/{deployment}/create_flow_run", {})["id"])

    def state_of(self, run: str) -> str:
        with self.api() as api:
            return str(api.get(f"/flow_runs/{run}")["state_type"])

    def processes(self) -> list[processes.Process]:
        return processes.find(self.layout)


@contextmanager
def machine(
    folder: Path, project: str = "pipelines", *, template: str = CONFIG, **environ: str
) -> Iterator[Machine]:
    """Yield a machine on which nothing runs yet; whatever was deployed is destroyed after."""
    found = Machine(folder, project, template, dict(environ))
    migrate(found.layout)
    try:
        yield found
    finally:
        found.reset()
        found.qhub("destroy", "--confirm", project, "--timeout", "0", "--data")
        assert found.processes() == []
        assert not found.layout.root.exists()


def until(what: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
