"""A whole platform, driven as a user does: `qhub deploy` of a config file, in a home of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qhub.embedded.api import Api
from qhub.embedded.layout import Layout
from tests.cli.process import run_here
from tests.embedded.server import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Platform", "deployed", "processes", "until"]

REPOSITORY = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
DEADLINE_SECONDS = 180
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
CONFIG = """\
project_name: tried
provider: embedded
prefect: {enabled: true}
dask_gateway: {enabled: true, idle_timeout: 60}
"""


@dataclass
class Platform:
    """A folder with a config file and flows, and the home of its platform."""

    folder: Path
    home: Path
    environ: Mapping[str, str]
    bin: Path = BIN
    said: list[str] = field(default_factory=list)
    """All that the commands wrote."""

    def qhub(self, *arguments: str, fails: int = 0, seconds: float = DEADLINE_SECONDS) -> str:
        """Run a command; return its stdout. `fails` is the exit status that it must have."""
        done = subprocess.run(
            [str(self.bin / "qhub"), *arguments],
            cwd=self.folder,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
        self.said += [done.stdout, done.stderr]
        told = f"qhub {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == fails, told + self.logs()
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command, without waiting for it."""
        return subprocess.Popen(
            [str(self.bin / "qhub"), *arguments],
            cwd=self.folder,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def layout(self) -> Layout:
        (root,) = (path for path in self.home.iterdir() if path.is_dir())
        return Layout(root)

    @property
    def password(self) -> str:
        return self.layout.password("api").read_text().strip()

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{json.loads(self.layout.ports.read_text())['server']}"

    def api(self) -> Api:
        return Api.of(self.layout)

    def here(self, *arguments: str, fails: int = 0) -> str:
        """Run a command in this process, where it is not about the process that it saves.

        Not `flow`: Prefect reads its settings once in a process.
        """
        assert arguments[0] != "flow"
        ended, out, err = run_here(*arguments, cwd=self.folder, environment=self.environ)
        self.said += [out, err]
        assert ended == fails, f"qhub {' '.join(arguments)}: {ended}\n{out}\n{err}{self.logs()}"
        return out

    def status(self, *, fails: int = 0) -> Any:
        return json.loads(self.here("status", "--output", "json", fails=fails))

    def look(self) -> Any:
        """Return the status as data, whatever it says."""
        arguments = ("status", "--output", "json")
        ended, out, err = run_here(*arguments, cwd=self.folder, environment=self.environ)
        found = json.loads(out)
        assert ended == (0 if found["healthy"] else 4), err
        return found

    def trigger(self, flow: str, **parameters: object) -> str:
        """Make a run of a deployed flow, as its page does; return the run's id."""
        with self.api() as api:
            found = api.post("/deployments/filter", {"flows": {"name": {"any_": [flow]}}})
            assert len(found) == 1, f"{len(found)} deployments are of the flow {flow}"
            path = f"/deployments/{found[0]['id']}/create_flow_run"
            return str(api.post(path, {"parameters": parameters})["id"])

    def run(self, run: str) -> Any:
        with self.api() as api:
            return api.get(f"/flow_runs/{run}")

    def wait(self, run: str, *states: str, seconds: float = 60) -> Any:
        """Wait until a run has one of these state names; return it."""

        def reached() -> Any:
            found = self.run(run)
            ended = found["state_type"] in ENDED
            return found if found["state_name"] in states or ended else None

        try:
            found = until(reached, seconds=seconds)
        except AssertionError:
            state = self.run(run)["state"]
            raise AssertionError(
                f"{state} is not {states} after {seconds} s{self.logs()}"
            ) from None
        assert found["state_name"] in states, f"{found['state']} is not {states}{self.logs()}"
        return found

    def logs(self) -> str:
        """Return the end of every log and report, for a failure's message."""
        files = *self.home.glob("*/logs/**/*.log"), *self.folder.glob("qhub-report-*")
        ends = (
            f"\n== {path}\n{path.read_text(errors='replace')[-2000:]}" for path in sorted(files)
        )
        return "".join(ends)


@contextmanager
def deployed(
    folder: Path,
    config: str = CONFIG,
    *,
    home: Path | None = None,
    bin: Path = BIN,  # noqa: A002 of an environment, as everybody calls it
    migrated: bool = True,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Platform]:
    """Deploy a config file in `folder`; at the end it is destroyed, and nothing of it runs.

    Its home is `folder`-home unless given: beside the project, which is what flows are packed of.
    Its database is migrated already unless that is to be seen, too.
    """
    folder.mkdir(exist_ok=True)
    (folder / "qhub-config.yaml").write_text(config)
    home = home or folder.with_name(f"{folder.name}-home")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ = {**kept, "PATH": f"{bin}:{kept['PATH']}", "QHUB_HOME": str(home), **more}
    platform = Platform(folder, home, environ, bin)
    [name] = re.findall("^project_name: (.+)", config)
    if migrated:
        migrate(Layout(home / f"{name}-dev"))
    try:
        platform.qhub("deploy")
        yield platform
        platform.qhub("destroy", "--confirm", name)
        assert processes(str(home)) == []
    finally:
        for pid, _ in processes(str(home)):
            _kill(pid)


def processes(mark: str) -> list[tuple[int, str]]:
    """Return pid and command of every process that has a text in its environment or arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes()
            told = command + (path / "environ").read_bytes()
        except OSError:  # it ended meanwhile, or is another user's
            continue
        if mark.encode() in told and int(path.name) != os.getpid():
            found.append((int(path.name), command.replace(b"\0", b" ").decode(errors="replace")))
    return found


def until(condition: Callable[[], Any], *, seconds: float = 60, every: float = 0.2) -> Any:
    """Wait until a condition, looked at `every` so many seconds, holds; return what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError(f"{condition} did not hold within {seconds} s")


def _kill(pid: int) -> None:
    import signal
    from contextlib import suppress

    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
