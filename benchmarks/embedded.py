"""How fast flow runs start and end on QHub's embedded platform, beside Prefect's own worker.

`python -m benchmarks.embedded [--quick] [FILE]` prints a table, writes the figures as JSON into
FILE, and fails when one is over its limit. The peers run on a bare Prefect server on the same
machine at the same time: `prefect worker` and `flow.serve()`, both asking for work every second
instead of every ten. Runs alternate, so that a machine that is busy now and idle later does not
decide. About 25 minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.platforms import Platform, cpu_seconds, memory_bytes, ours, stock
from qhub.embedded.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAIRS = 20
CROWD = 100
FEW = 5
STARTS = 3
IDLE_SECONDS = 20
DEADLINE_SECONDS = 600
PEER_SECONDS = 240
"""The peer's server stands still for a minute at a time under a crowd: docs/decisions/0012."""
LIMITS = {
    "start to worker ready": 15.0,
    "idle memory": 450.0,
    "trigger to Running": 1.0,
    "trigger to Completed, warm Dask cluster": 2.5,
    "trigger to Completed, new cluster, 2 workers": 6.0,
}
LEAST_THROUGHPUT_RATIO = 1.0
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of each platform; the limit is QHub's."""

    name: str
    unit: str
    values: dict[str, list[float]]

    @property
    def limit(self) -> float | None:
        """What QHub's median may be at most."""
        return LIMITS.get(self.name)

    @property
    def ours(self) -> float:
        """QHub's median."""
        return statistics.median(self.values["qhub"])


@dataclass(frozen=True, slots=True)
class Run:
    """One flow run: seconds from its trigger to Running and to its end."""

    to_running: float
    to_end: float


def main() -> int:
    """Measure everything, print it, and return 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the runs")
    parser.add_argument("file", nargs="?", type=Path)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped
    part = 5 if chosen.quick else 1
    figures = []
    with tempfile.TemporaryDirectory(prefix="qhub-bench-") as name:
        for figure in _figures(Path(name), pairs=PAIRS // part, crowd=CROWD // part):
            print("\n".join(_lines(figure)), flush=True)
            figures.append(figure)
    if chosen.file:
        report = [asdict(figure) | {"limit": figure.limit} for figure in figures]
        chosen.file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    failed = list(_failed(figures))
    print("\n".join(failed))
    return 1 if failed else 0


def _figures(folder: Path, *, pairs: int, crowd: int) -> Iterator[Figure]:
    starts, idle = _alone(folder)
    with ours(folder / "ours") as qhub, stock(folder / "stock") as peer:
        starts["prefect worker"] = [peer.ready_seconds]
        starts["qhub"].append(qhub.ready_seconds)
        yield Figure("start to worker ready", "s", starts)
        yield from idle
        yield from _trivial(qhub, peer, pairs)
        yield _dask("trigger to Completed, warm Dask cluster", "shared", qhub, peer, pairs)
        yield _dask("trigger to Completed, new cluster, 2 workers", "temporary", qhub, peer, pairs)
        yield _throughput(qhub, peer, pairs)
        yield from _crowd(qhub, peer, crowd)


def _alone(folder: Path) -> tuple[dict[str, list[float]], list[Figure]]:
    """Start QHub's platform anew a few times, and weigh it before anything ran on it."""
    starts, idle = [], []
    for number in range(STARTS):
        with ours(folder / f"start-{number}") as qhub:
            starts.append(qhub.ready_seconds)
            if number == 0:
                time.sleep(IDLE_SECONDS)
                used = cpu_seconds(qhub.mark)
                time.sleep(IDLE_SECONDS)
                part = 100 * (cpu_seconds(qhub.mark) - used) / IDLE_SECONDS
                memory = memory_bytes(qhub.mark) / 1e6
                idle.append(Figure("idle memory", "MB", {"qhub": [memory]}))
                idle.append(Figure("idle CPU", "% of one", {"qhub": [part]}))
    return {"qhub": starts}, idle


def _trivial(qhub: Platform, peer: Platform, pairs: int) -> Iterator[Figure]:
    runs: dict[str, list[Run]] = {"qhub": [], "prefect worker": [], "flow.serve": []}
    turns = (
        ("qhub", qhub, "trivial"),
        ("prefect worker", peer, "trivial"),
        ("flow.serve", peer, "served"),
    )
    for number in range(pairs + 1):
        for name, platform, deployment in turns:
            run = _run(platform, deployment)
            if number:  # the first of each warms caches
                runs[name].append(run)
    to_running = {name: [run.to_running for run in some] for name, some in runs.items()}
    yield Figure("trigger to Running", "s", to_running)
    yield Figure(
        "trigger to Completed", "s", {n: [run.to_end for run in s] for n, s in runs.items()}
    )


def _dask(title: str, deployment: str, qhub: Platform, peer: Platform, pairs: int) -> Figure:
    """Time runs on Dask in turn, after one of each that is not counted."""
    taken: dict[str, list[float]] = {"qhub": [], "prefect worker": []}
    for number in range(pairs + 1):
        for name, platform in (("qhub", qhub), ("prefect worker", peer)):
            run = _run(platform, deployment)
            if number:
                taken[name].append(run.to_end)
    return Figure(title, "s", taken)


def _throughput(qhub: Platform, peer: Platform, pairs: int) -> Figure:
    """Submit a few runs at once, in turn; runs per second from the trigger to the last end."""
    rates: dict[str, list[float]] = {"qhub": [], "prefect worker": []}
    for _ in range(pairs):
        for name, platform in (("qhub", qhub), ("prefect worker", peer)):
            begin = time.time()
            runs = _ended(platform, [_trigger(platform, "trivial") for _ in range(FEW)])
            rates[name].append(_rate(begin, runs))
    return Figure(f"{FEW} runs at once", "runs/s", rates)


def _crowd(qhub: Platform, peer: Platform, crowd: int) -> Iterator[Figure]:
    """Submit many runs at once; all of ours have to be Completed, the peer has minutes."""
    begin = time.time()
    ended = _ended(qhub, [_trigger(qhub, "trivial") for _ in range(crowd)])
    ours, first = _rate(begin, ended), time.time()
    completed = _completed(peer, crowd)
    theirs = _rate(first, completed) if completed else 0.0
    counts = {"qhub": [float(len(ended))], "prefect worker": [float(len(completed))]}
    title = f"Completed of {crowd} at once (the peer within {PEER_SECONDS} s)"
    yield Figure(title, "runs", counts)
    yield Figure(f"{crowd} runs at once", "runs/s", {"qhub": [ours], "prefect worker": [theirs]})


def _completed(peer: Platform, crowd: int) -> list[dict[str, Any]]:
    """Submit many runs to the peer; return those that succeeded in time."""
    deadline = time.monotonic() + PEER_SECONDS
    ids: list[str] = []
    done: list[dict[str, Any]] = []
    while time.monotonic() < deadline and len(done) < crowd:
        try:
            while len(ids) < crowd and time.monotonic() < deadline:
                ids.append(_trigger(peer, "trivial"))
            some = {"id": {"any_": ids}, "state": {"type": {"any_": ["COMPLETED"]}}}
            done = list(peer.api.every("/flow_runs/filter", {"flow_runs": some}))
        except ApiError:  # it stands still
            continue
        time.sleep(0.5)
    return done


def _rate(begin: float, runs: Sequence[dict[str, Any]]) -> float:
    return len(runs) / (max(_moment(run["end_time"]) for run in runs) - begin)


def _run(platform: Platform, deployment: str) -> Run:
    begin = time.time()
    (run,) = _ended(platform, [_trigger(platform, deployment)])
    return Run(_moment(run["start_time"]) - begin, _moment(run["end_time"]) - begin)


def _trigger(platform: Platform, deployment: str) -> str:
    path = f"/deployments/{platform.deployments[deployment]}/create_flow_run"
    return str(platform.api.post(path, {})["id"])


def _ended(platform: Platform, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Wait until all of these runs have ended; raises when one did not succeed."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        running = {"type": {"not_any_": sorted(ENDED)}}
        wanted = {"flow_runs": {"id": {"any_": list(ids)}, "state": running}}
        if platform.api.post("/flow_runs/count", wanted) == 0:
            break
        time.sleep(0.1)
    runs = list(platform.api.every("/flow_runs/filter", {"flow_runs": {"id": {"any_": list(ids)}}}))
    if wrong := [run for run in runs if run["state_type"] != "COMPLETED"]:
        states = sorted({f"{run['state_name']}: {run['state'].get('message')}" for run in wrong})
        raise SystemExit(f"{len(wrong)} of {len(runs)} runs did not succeed: {states}")
    return runs


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _lines(figure: Figure) -> Iterator[str]:
    limit = "" if figure.limit is None else f"  (limit {figure.limit:g})"
    yield f"{figure.name}, {figure.unit}{limit}"
    for name, values in figure.values.items():
        middle, count = statistics.median(values), len(values)
        yield f"  {name:16}{middle:9.2f}   {min(values):.2f} to {max(values):.2f}   of {count}"


def _failed(figures: Sequence[Figure]) -> Iterator[str]:
    for figure in figures:
        if figure.limit is not None and figure.ours > figure.limit:
            yield f"over its limit: {figure.name}, {figure.ours:.2f} {figure.unit}"
        if figure.unit == "runs/s":
            peer = statistics.median(figure.values["prefect worker"])
            ratio = figure.ours / peer if peer else LEAST_THROUGHPUT_RATIO
            if ratio < LEAST_THROUGHPUT_RATIO:
                yield f"fewer runs per second than the peer: {ratio:.2f} times as many"


if __name__ == "__main__":
    sys.exit(main())
