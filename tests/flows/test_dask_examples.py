"""The three ways to use Dask, as the examples show them, and the programs of docs/dask.md."""

from __future__ import annotations

import importlib.util
import re
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.embedded.gateway import until
from tests.flows.dask_platform import EXAMPLES, DaskPlatform, all_told, platform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

RUN = """\
import importlib, json, runpy, sys
sys.path.insert(0, {folder!r})
for name in sys.argv[1:]:
    if name.endswith(".py"):
        runpy.run_path(name, run_name="__main__")
    else:
        flow = getattr(importlib.import_module(name), name)
        print("RESULT", json.dumps(flow(months=4, rows=2000)))
"""
FLOWS = {"on_one_machine": 1, "dask_in_a_task": 1, "tasks_on_dask": 2}
"""The examples, and how often each is run: the second time in the cluster of the first."""
PAGE = Path(__file__).parents[2] / "docs" / "dask.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
CALL = '\n\nif __name__ == "__main__":\n    print("RESULT", {name}())\n'
OF_THE_PAGE = {"inside/flow.py": 1.0, "spread/flow.py": 30}
"""Its programs in order, and what they return."""


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    with platform(tmp_path_factory.mktemp("examples")) as found:
        yield found


@pytest.fixture(scope="module")
def results(dask_platform: DaskPlatform) -> dict[str, list[Any]]:
    """What the examples and the programs of the page return, run one after the other."""
    for file, program in zip(OF_THE_PAGE, PROGRAMS, strict=True):
        name = re.findall(r"^def (\w+)", program, re.MULTILINE)[-1]
        dask_platform.write(file, program + CALL.format(name=name))
    names = [*(name for name, times in FLOWS.items() for _ in range(times)), *OF_THE_PAGE]
    every = dask_platform.write("run.py", RUN.format(folder=str(EXAMPLES)))
    returned: dict[str, list[Any]] = {name: [] for name in names}
    for name, result in zip(names, all_told(dask_platform.run(every, *names)), strict=True):
        returned[name].append(result)
    return returned


def expected(months: int = 4) -> dict[str, int]:
    """Return the figures, computed here."""
    spec = importlib.util.spec_from_file_location("trips_of_the_examples", EXAMPLES / "trips.py")
    assert spec is not None
    assert spec.loader is not None
    trips = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(trips)
    counts: dict[str, int] = dict.fromkeys(trips.ZONES, 0)
    for month in range(months):
        for zone, row in trips.by_zone(trips.trips(month, 2000)).iterrows():
            counts[zone] += int(row["trips"])
    return counts


def test_the_trips_are_the_same_on_every_machine() -> None:
    assert expected(2) == {
        "Airport": 463,
        "Harbour": 297,
        "Midtown": 1719,
        "Old Town": 783,
        "Stadium": 210,
        "University": 528,
    }
    assert sum(expected().values()) == 8000


def test_the_examples_are_these() -> None:
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    assert names == {"trips", *FLOWS}


@pytest.mark.parametrize(("name", "times"), FLOWS.items())
def test_an_example_counts_the_trips(results: dict[str, list[Any]], name: str, times: int) -> None:
    assert results[name] == [expected()] * times


@pytest.mark.parametrize(("file", "result"), OF_THE_PAGE.items())
def test_a_program_of_the_guide_runs(
    results: dict[str, list[Any]], file: str, result: float
) -> None:
    assert results[file] == [result]


@pytest.mark.usefixtures("results")
def test_dask_in_a_task_has_a_cluster_that_is_gone_afterwards(dask_platform: DaskPlatform) -> None:
    left = [cluster.flow.partition("@")[0] for cluster in dask_platform.clusters()]
    assert left == ["tasks-on-dask", "on-dask"]
    until(lambda: dask_platform.logs("dask-in-a-task"), 10)
    lines = [line for line in dask_platform.logs("dask-in-a-task") if "Dask cluster" in line]
    assert "with 2 workers: http://127.0.0.1:" in lines[0]


@pytest.mark.usefixtures("results")
def test_tasks_on_dask_share_a_cluster_with_the_next_run(dask_platform: DaskPlatform) -> None:
    first = dask_platform.clusters()[0]
    assert first.flow.startswith("tasks-on-dask@")
    with urllib.request.urlopen(first.dashboard) as page:  # noqa: S310 our own
        assert b"bokeh.min.js" in page.read()

    def logged() -> bool:
        lines = dask_platform.logs("tasks-on-dask")
        return sum("2025-04: 2000 trips" in line for line in lines) == 2

    until(logged, 10, lambda: dask_platform.logs("tasks-on-dask"))
    lines = "\n".join(dask_platform.logs("tasks-on-dask"))
    assert f"Dask cluster {first.name} is made: {first.dashboard}" in lines
    assert f"Dask cluster {first.name} is found: {first.dashboard}" in lines
    assert "tip_share" in lines


def test_this_test_does_not_import_the_examples_by_name() -> None:
    assert "trips" not in sys.modules
