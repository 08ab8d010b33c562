"""The platforms that are measured: QHub's, and Prefect's own server and worker started by hand."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.api import Api
from qhub.embedded.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Platform", "cpu_seconds", "memory_bytes", "ours", "stock"]

BIN = Path(sys.executable).parent
FLOWS = Path(__file__).with_name("flows")
NAMES = ("trivial", "shared", "temporary")
DEADLINE_SECONDS = 120
CONFIG = """\
project_name: bench
provider: embedded
prefect: {enabled: true}
dask_gateway: {enabled: true}
"""
STOCK = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Its default is 10 seconds; the peer shall do as well as it can.
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
}
DEPLOY = """
import sys
from prefect import flow
for name in sys.argv[2:]:
    found = flow.from_source(source=sys.argv[1], entrypoint=f"peer.py:{name}")
    found.deploy(name=name, work_pool_name="bench", ignore_warnings=True, print_next_steps=False)
"""
SERVE = "import peer; peer.trivial.serve(name='served', print_starting_message=False)"


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform: its API and the ids of its deployments by name.

    `ready_seconds` is how long it took until its worker was online, and `mark` a text in the
    environment of all of its processes.
    """

    api: Api
    deployments: Mapping[str, str]
    ready_seconds: float
    mark: str


@contextmanager
def ours(folder: Path) -> Iterator[Platform]:
    """Run `qhub deploy` with a new home; what it started is gone at the end."""
    home, project = folder / "home", folder / "project"
    shutil.copytree(FLOWS, project)
    (project / "qhub-config.yaml").write_text(CONFIG, encoding="utf-8")
    environment = _environment(QHUB_HOME=str(home))
    qhub = str(BIN / "qhub")
    begin = time.monotonic()
    _call(qhub, "deploy", cwd=project, env=environment)
    ready = time.monotonic() - begin
    try:
        for name in NAMES:
            _call(
                qhub,
                "flow",
                "deploy",
                f"ours.py:{name}",
                "--name",
                name,
                cwd=project,
                env=environment,
            )
        from qhub.embedded.layout import Layout

        (root,) = home.iterdir()
        with Api.of(Layout(root), timeout_seconds=DEADLINE_SECONDS) as api:
            yield Platform(api, _deployments(api), ready, str(home))
    finally:
        _call(qhub, "destroy", "--data", "--confirm", "bench", cwd=project, env=environment)


@contextmanager
def stock(folder: Path) -> Iterator[Platform]:
    """Run `prefect server start`, `prefect worker start`, a served flow and a Dask scheduler."""
    home, project = folder / "home", folder / "project"
    shutil.copytree(FLOWS, project)
    port, dask_port = _free_port(), _free_port()
    environment = _environment(
        **STOCK,
        PREFECT_HOME=str(home),
        PREFECT_SERVER_API_PORT=str(port),
        PREFECT_API_URL=f"http://127.0.0.1:{port}/api",
        BENCH_SCHEDULER=f"tcp://127.0.0.1:{dask_port}",
    )
    prefect, dask = str(BIN / "prefect"), str(BIN / "dask")
    begin = time.monotonic()
    with ExitStack() as stack:
        stack.callback(_kill, str(home))  # runs that are going when their worker ends
        api = stack.enter_context(
            Api(environment["PREFECT_API_URL"], "", timeout_seconds=DEADLINE_SECONDS)
        )

        def start(*command: str) -> None:
            stack.enter_context(_process(command, cwd=project, env=environment, log=folder))

        start(prefect, "server", "start")
        _until(api.healthy)
        start(prefect, "worker", "start", "-p", "bench", "--type", "process")
        _until(lambda: any(pool["status"] == "READY" for pool in api.every("/work_pools/filter")))
        ready = time.monotonic() - begin
        start(dask, "scheduler", "--host", "127.0.0.1", "--port", str(dask_port), "--no-dashboard")
        start(dask, "worker", environment["BENCH_SCHEDULER"], "--nworkers", "2", "--nthreads", "1")
        _call(sys.executable, "-c", DEPLOY, str(project), *NAMES, cwd=project, env=environment)
        start(sys.executable, "-c", SERVE)
        _until(lambda: "served" in _deployments(api))
        yield Platform(api, _deployments(api), ready, str(home))


@contextmanager
def _process(
    command: tuple[str, ...], *, cwd: Path, env: Mapping[str, str], log: Path
) -> Iterator[None]:
    path = log / f"{Path(command[0]).name}-{command[1]}.log"
    with path.open("a") as out:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def memory_bytes(mark: str) -> int:
    """Return the PSS of every process whose environment or arguments hold a text."""
    total = 0
    for process in _marked(mark):
        with suppress(OSError):  # it ended meanwhile
            total += _pss((process / "smaps_rollup").read_text())
    return total


def cpu_seconds(mark: str) -> float:
    """Return the CPU time that these processes have used, with that of their ended children."""
    ticks = 0
    for process in _marked(mark):
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _marked(mark: str) -> Iterator[Path]:
    wanted = mark.encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (process / "environ").read_bytes() + (process / "cmdline").read_bytes():
                yield process


def _kill(mark: str) -> None:
    for process in _marked(mark):
        with suppress(OSError):
            os.kill(int(process.name), signal.SIGKILL)


def _pss(rollup: str) -> int:
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024


def _deployments(api: Api) -> dict[str, str]:
    return {one["name"]: one["id"] for one in api.every("/deployments/filter")}


def _environment(**more: str) -> dict[str, str]:
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    kept = {k: v for k, v in os.environ.items() if k not in unwanted and "PREFECT" not in k}
    return kept | {"PATH": f"{BIN}:{os.environ['PATH']}", **more}


def _call(*command: str, cwd: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=DEADLINE_SECONDS
    )
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        )


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except ApiError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"the peer did not start within {DEADLINE_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
