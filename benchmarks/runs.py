"""How fast runs start and end: our agent, Prefect's process worker and flow.serve(), one server.

    python -m benchmarks.runs [--pairs 20] [--burst 100] [--only ours,stock,served]

Times are the server's own: from the state Scheduled that a trigger makes to Running and to
Completed. The three take turns, so that a busy moment of the machine meets all of them alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.embedded.platforms import Agents, agent, until
from tests.embedded.server import Server, serving

__all__ = ["WAYS", "Spread", "Timing", "burst", "idle_memory", "in_turn", "ways"]

WAYS = ("ours", "stock", "served")
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
        tenths = statistics.quantiles(values, n=10, method="inclusive")
        return cls(statistics.median(values), tenths[0], tenths[-1])

    def __str__(self) -> str:
        return f"{self.median:6.2f} ({self.low:.2f} to {self.high:.2f})"


@contextmanager
def ways(server: Server, folder: Path, names: Sequence[str] = WAYS) -> Iterator[dict[str, Way]]:
    """Start what runs flows in each way, on one server."""
    (folder / "bench.py").write_text(FLOW)
    start: dict[str, Callable[[Server, Path], Any]] = {"ours": _ours, "stock": _stock}
    start["served"] = _served
    with ExitStack() as stack:
        yield {name: stack.enter_context(start[name](server, folder)) for name in names}


@contextmanager
def _ours(server: Server, folder: Path) -> Iterator[Way]:
    with agent(server, "ours") as agents:
        yield Way(agents, agents.deploy("bench.py:trivial", folder))


@contextmanager
def _stock(server: Server, folder: Path) -> Iterator[Way]:
    agents = Agents(server, "stock")
    agents.configure()
    command = ["-m", "prefect", "worker", "start", "--pool", "stock", "--type", "process"]
    with _beside(server, folder, command, {"PREFECT_WORKER_QUERY_SECONDS": "1"}):
        yield Way(agents, agents.deploy("bench.py:trivial", folder))


@contextmanager
def _served(server: Server, folder: Path) -> Iterator[Way]:
    agents = Agents(server, "served")
    wanted = {"deployments": {"name": {"any_": ["served"]}}}
    with _beside(server, folder, ["bench.py"], {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}):
        until(lambda: agents.call("/deployments/filter", wanted), within=60, what="serve()")
        yield Way(agents, agents.call("/deployments/filter", wanted)[0]["id"])


@contextmanager
def _beside(
    server: Server, folder: Path, arguments: Sequence[str], settings: Mapping[str, str]
) -> Iterator[None]:
    environment = {**os.environ, **server.client, **settings}
    with (folder / "peer.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=environment, stdout=out, stderr=out
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
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
    """Return the runs per second of so many that are triggered at once."""
    begun = time.time()
    triggered = [way.agents.run(way.deployment) for _ in range(runs)]
    for run in triggered:
        way.agents.wait(run, "Completed", within=900)
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
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "platform") as server:
        with ways(server, Path(folder), names if options.pairs else ["ours"]) as found:
            for name, timings in in_turn(found, options.pairs).items() if options.pairs else ():
                running = Spread.of([timing.running for timing in timings])
                completed = Spread.of([timing.completed for timing in timings])
                print(
                    f"{name:7} trigger to Running {running}   to Completed {completed}", flush=True
                )
            ours = found.get("ours")
            if ours is not None and ours.agents.process is not None:
                pid = ours.agents.process.pid
                time.sleep(5)
                print(f"agent, idle:  {idle_memory(pid):.0f} MB, {idle_cpu(pid):.1f} % CPU")
                server_cpu = idle_cpu(server.pid)
                print(f"server, idle: {idle_memory(server.pid):.0f} MB, {server_cpu:.1f} % CPU")
        for name in names if options.burst else ():
            with ways(server, Path(folder), [name]) as alone:
                rate = burst(alone[name], options.burst)
            print(f"{name:7} {options.burst} at once: {rate:.2f} runs/s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
