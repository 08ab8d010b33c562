"""How fast runs start and end: our server and agent, Prefect's process worker and flow.serve().

    python -m benchmarks.runs [--pairs 20] [--burst 100] [--only ours,stock,served]

Prefect's two have a bare `prefect server start`, and ask for work every second. Times are the
servers' own: from the state Scheduled that a trigger makes to Running and to Completed. All take
turns, so that a busy moment of the machine meets all of them alike. About 8 minutes on two
idle cores; all is stopped at the end, at SIGTERM, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qhub.embedded.layout import Layout
from tests.embedded.platforms import Agents, agent, until
from tests.embedded.server import CACHE, Server, free_port, serving

__all__ = ["WAYS", "Spread", "Timing", "bare", "burst", "idle_memory", "in_turn", "ways"]

WAYS = ("ours", "stock", "served")
# Of flow.serve() the timings alone: its burst would take as long as the two others together.
BURSTS = ("ours", "stock")
BURST_SECONDS = 600
FLOW = """\
from prefect import flow


@flow
def trivial() -> int:
    return 1


if __name__ == "__main__":
    trivial.serve(name="served", limit=200)
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run a flow: an agent's view of the server, and a deployment."""

    agents: Agents
    deployment: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the trigger of a run to its states."""

    running: float
    completed: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Median of some seconds, with their tenth and ninetieth hundredths."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        several = values if len(values) > 1 else [*values, *values]
        tenths = statistics.quantiles(several, n=10, method="inclusive")
        return cls(statistics.median(values), tenths[0], tenths[-1])

    def __str__(self) -> str:
        return f"{self.median:6.2f} ({self.low:.2f} to {self.high:.2f})"


@contextmanager
def ways(folder: Path, names: Sequence[str] = WAYS) -> Iterator[dict[str, Way]]:
    """Start what runs flows in each way: ours on our server, Prefect's on a bare one."""
    folder.mkdir(parents=True)
    (folder / "bench.py").write_text(FLOW)
    start = {"stock": _stock, "served": _served}
    found = {}
    with ExitStack() as stack:
        if "ours" in names:
            server = stack.enter_context(serving(folder / "ours"))
            found["ours"] = stack.enter_context(_ours(server, folder))
        if peers := [name for name in names if name != "ours"]:
            server = stack.enter_context(bare(folder / "bare"))
            found |= {name: stack.enter_context(start[name](server, folder)) for name in peers}
        yield found


@contextmanager
def bare(root: Path) -> Iterator[Server]:
    """Run Prefect's own server as it comes, with an empty database."""
    layout, port = Layout(root), free_port()
    layout.make()
    settings = {
        "PREFECT_HOME": str(layout.server),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    for made in CACHE.glob("*.db"):  # `serving` has it made: 10 s
        shutil.copy(made, layout.server / "prefect.db")
    server = Server(layout, port, 0)
    command = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with _beside(root, command, settings) as process:
        agents = Agents(server)
        until(lambda: _answers(agents), within=90, what="the bare server")
        yield Server(layout, port, process.pid)


def _answers(agents: Agents) -> bool:
    try:
        return bool(agents.call("/health"))
    except OSError:
        return False


@contextmanager
def _ours(server: Server, folder: Path) -> Iterator[Way]:
    with agent(server, "ours") as agents:
        yield Way(agents, agents.deploy("bench.py:trivial", folder))


@contextmanager
def _stock(server: Server, folder: Path) -> Iterator[Way]:
    agents = Agents(server, "stock")
    agents.configure()
    command = ["-m", "prefect", "worker", "start", "--pool", "stock", "--type", "process"]
    with _beside(folder, command, {**server.client, "PREFECT_WORKER_QUERY_SECONDS": "1"}):
        yield Way(agents, agents.deploy("bench.py:trivial", folder))


@contextmanager
def _served(server: Server, folder: Path) -> Iterator[Way]:
    agents = Agents(server, "served")
    wanted = {"deployments": {"name": {"any_": ["served"]}}}
    settings = {**server.client, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    with _beside(folder, ["bench.py"], settings):
        until(lambda: agents.call("/deployments/filter", wanted), within=60, what="serve()")
        yield Way(agents, agents.call("/deployments/filter", wanted)[0]["id"])


@contextmanager
def _beside(
    folder: Path, arguments: Sequence[str], settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of the peers; it and what it started are gone at the end."""
    with (folder / "peer.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, **settings},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def in_turn(found: Mapping[str, Way], rounds: int) -> dict[str, list[Timing]]:
    """Run a trivial flow in each way, in turn, so many times; the first round does not count."""
    timings: dict[str, list[Timing]] = {name: [] for name in found}
    for number in range(rounds + 1):
        for name, way in found.items():
            run = way.agents.run(way.deployment)
            way.agents.wait(run, "Completed", within=120)
            if number:
                timings[name].append(_timing(way.agents, run))
            time.sleep(1.5)  # the process of the run has ended, too
    return timings


def burst(way: Way, runs: int) -> float:
    """Return the runs per second of so many that are triggered at once; all must be Completed."""
    begun = time.time()
    triggered = [way.agents.run(way.deployment) for _ in range(runs)]
    for run in triggered:
        way.agents.wait(run, "Completed", within=BURST_SECONDS)
    last = max(_moment(way.agents.states(run)[-1]) for run in triggered)
    return runs / (last - begun)


def idle_memory(pid: int) -> float:
    """Return the memory of a process and its children in MB; shared pages count by their share."""
    import psutil

    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    total: int = sum(member.memory_full_info().pss for member in family)
    return total / 1e6


def idle_cpu(pid: int, seconds: float = 10) -> float:
    """Return how much of one CPU a process and its children use, in per cent."""
    import psutil

    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]

    def used() -> float:
        return sum(sum(member.cpu_times()[:2]) for member in family)

    before = used()
    time.sleep(seconds)
    return 100 * (used() - before) / seconds


def _timing(agents: Agents, run: str) -> Timing:
    states = {str(state["name"]): _moment(state) for state in agents.states(run)}
    begun = states["Scheduled"]
    return Timing(states["Running"] - begun, states["Completed"] - begun)


def _moment(state: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(str(state["timestamp"]).replace("Z", "+00:00")).timestamp()


def main() -> int:
    """Print the figures of all ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--burst", type=int, default=100)
    parser.add_argument("--only", default=",".join(WAYS))
    options = parser.parse_args()
    names = options.only.split(",")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as an installation is: compiled
    with tempfile.TemporaryDirectory() as name, ways(Path(name) / "bench", names) as found:
        _print_load()
        if "ours" in found:
            _print_idle(found["ours"])
        for way, timings in (in_turn(found, options.pairs) if options.pairs else {}).items():
            running = Spread.of([timing.running for timing in timings])
            completed = Spread.of([timing.completed for timing in timings])
            print(f"{way:7} trigger to Running {running}   to Completed {completed}", flush=True)
        for way in [way for way in found if options.burst and way in BURSTS]:
            try:
                rate = f"{burst(found[way], options.burst):.2f} runs/s"
            except AssertionError as error:  # of a peer that figure, too, is one
                rate = f"not all Completed: {str(error).splitlines()[0]}"
            print(f"{way:7} {options.burst} at once: {rate}", flush=True)
        _print_load()
    return 0


def _print_load() -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs", flush=True)


def _print_idle(way: Way) -> None:
    time.sleep(5)
    agent_pid = way.agents.process.pid if way.agents.process else 0
    for name, pid in (("agent", agent_pid), ("server", way.agents.server.pid)):
        print(f"{name}, idle: {idle_memory(pid):.0f} MB, {idle_cpu(pid):.1f} % CPU", flush=True)


if __name__ == "__main__":
    sys.exit(main())
