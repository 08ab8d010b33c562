"""How long the commands take and how much memory, as ratios to `python -c pass`.

`python -m benchmarks.cli [FILE]` prints a table, writes the figures as JSON into FILE, and fails
when a figure is over its limit. Ratios come from alternating runs, so that a machine that is busy
now and idle later does not decide. Bytecode is cached, as pip leaves it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[1]
CONFIG = REPOSITORY / "qhub-config.yaml"
PAIRS = 20
MOST_MEBIBYTES = 45
MOST_SECONDS_FOR_10_000 = 3
MOST_GROWTH = 13  # for ten times the profiles, start-up taken off

# What pip writes as the `qhub` script.
SCRIPT = "import sys\nfrom qhub.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
LIMITS: Mapping[str, float] = {"--help": 5, "validate": 12, "render": 15, "render anew": 15}

_RUN = "import sys; from qhub.cli import main; sys.exit(main(sys.argv[1:]))"
_JSONSCHEMA = """
import json, jsonschema, qhub.bundle, qhub.config.check
path = qhub.bundle.folder("schemas") / "qhub-config.schema.json"
validator = jsonschema.Draft202012Validator(json.loads(path.read_text()))
qhub.config.check.matches = validator.is_valid
"""
_ALL_COMMANDS = """
from importlib import import_module
from qhub.cli.group import COMMANDS
for name in COMMANDS: import_module(f"qhub.cli.{name}")
"""
WITHOUT: Mapping[str, tuple[str, str]] = {
    "--help, every command imported": ("--help", _ALL_COMMANDS + _RUN),
    "--help, collector as usual": ("--help", _RUN),
    "validate, collector as usual": ("validate", _RUN),
    "validate, jsonschema for the good case": ("validate", _JSONSCHEMA + _RUN),
    "render, jinja2 imported": ("render", "import jinja2\n" + _RUN),
}
"""Name → command, and the program that runs it without one of the ideas."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `ratio` and `spread` are to `python -c pass` of the same moment."""

    name: str
    milliseconds: float
    ratio: float
    spread: tuple[float, float]
    mebibytes: float
    limit: float | None


def main() -> int:
    """Measure everything, print it, and return 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = list(_figures(folder))
        growth = _growth(folder)
    report = {"figures": [asdict(figure) for figure in figures], "dask_profiles": growth}
    print("\n".join(_table(figures, growth)))
    for path in sys.argv[1:]:
        Path(path).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    failed = list(_failed(figures, growth))
    print("\n".join(failed))
    return 1 if failed else 0


def _figures(folder: Path) -> Iterator[Figure]:
    script = folder / "qhub"
    script.write_text(SCRIPT, encoding="utf-8")
    shutil.copy(CONFIG, folder)
    commands = {name: [str(script), *name.removesuffix(" anew").split()] for name in LIMITS}
    commands |= {name: ["-c", program, command] for name, (command, program) in WITHOUT.items()}
    for name, command in commands.items():
        yield _measured(name, command, folder)


def _measured(name: str, command: list[str], folder: Path) -> Figure:
    """Run a command and `python -c pass` in turn, after one run that is not counted."""
    seconds, ratios, peaks = [], [], []
    for number in range(PAIRS + 1):
        if name.endswith(" anew"):
            shutil.rmtree(folder / "stages", ignore_errors=True)
        nothing, _ = _run(["-c", "pass"], folder)
        taken, peak = _run(command, folder)
        if number:
            seconds.append(taken)
            ratios.append(taken / nothing)
            peaks.append(peak)
    return Figure(
        name=name,
        milliseconds=statistics.median(seconds) * 1000,
        ratio=statistics.median(ratios),
        spread=(min(ratios), max(ratios)),
        mebibytes=max(peaks),
        limit=LIMITS.get(name),
    )


def _growth(folder: Path) -> dict[str, float]:
    """Return the seconds of `validate` for none, 1,000 and 10,000 Dask profiles."""
    taken = {}
    for count in (0, 1_000, 10_000):
        path = folder / f"{count}.yaml"
        path.write_text(_with_profiles(count), encoding="utf-8")
        runs = [_run([str(folder / "qhub"), "validate", "-c", str(path)], folder) for _ in range(3)]
        taken[str(count)] = min(seconds for seconds, _ in runs)
        taken[f"{count}_mebibytes"] = max(peak for _, peak in runs)
    taken["growth"] = (taken["10000"] - taken["0"]) / (taken["1000"] - taken["0"])
    return taken


def _with_profiles(count: int) -> str:
    head = "project_name: many\nprovider: existing\nprefect: {enabled: false}\n"
    profiles = "".join(
        f"    worker-{number}:\n"
        "      worker_cores: 1.5\n      worker_cores_limit: 2\n"
        "      worker_memory: 5G\n      worker_memory_limit: 8G\n"
        for number in range(count)
    )
    return head + (f"profiles:\n  dask_worker:\n{profiles}" if count else "")


def _run(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Run Python; return its wall-clock seconds and its peak memory in MiB."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=_environ(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return taken, usage.ru_maxrss / unit


def _environ(folder: Path) -> dict[str, str]:
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"PYTHONPATH": str(REPOSITORY), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _table(figures: list[Figure], growth: Mapping[str, float]) -> Iterator[str]:
    yield f"{'':40} {'ms':>6} {'ratio':>6} {'spread':>13} {'limit':>6} {'MiB':>5}"
    for figure in figures:
        low, high = figure.spread
        limit = "" if figure.limit is None else f"{figure.limit:g}"
        yield (
            f"{figure.name:40} {figure.milliseconds:6.1f} {figure.ratio:6.2f} "
            f"{low:5.2f} to {high:5.2f} {limit:>6} {figure.mebibytes:5.1f}"
        )
    yield (
        f"validate, 1,000 and 10,000 Dask profiles: {growth['1000']:.2f} s and "
        f"{growth['10000']:.2f} s, {growth['growth']:.1f} times without start-up, "
        f"{growth['10000_mebibytes']:.0f} MiB"
    )


def _failed(figures: list[Figure], growth: Mapping[str, float]) -> Iterator[str]:
    for figure in figures:
        if figure.limit is None:
            continue
        if figure.ratio > figure.limit:
            yield f"too slow: {figure.name}, {figure.ratio:.2f} > {figure.limit:g}"
        if figure.mebibytes > MOST_MEBIBYTES:
            yield f"too much memory: {figure.name}, {figure.mebibytes:.1f} > {MOST_MEBIBYTES}"
    if growth["10000"] > MOST_SECONDS_FOR_10_000:
        yield f"too slow: 10,000 profiles, {growth['10000']:.2f} s > {MOST_SECONDS_FOR_10_000} s"
    if growth["growth"] > MOST_GROWTH:
        yield f"not linear: ten times the profiles take {growth['growth']:.1f} times as long"


if __name__ == "__main__":
    sys.exit(main())
