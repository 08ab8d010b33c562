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
from tests.flows.dask_platform import EXAMPLES, DaskPlatform, platform, told

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

RUN = """\
import importlib, json, sys
sys.path.insert(0, {folder!r})
name, months = sys.argv[1], int(sys.argv[2])
flow = getattr(importlib.import_module(name), name)
print("RESULT", json.dumps(flow(months=months, rows=2000)))
"""
PAGE = Path(__file__).parents[2] / "docs" / "dask.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
CALL = '\n\nif __name__ == "__main__":\n    print("RESULT", {name}())\n'


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    with platform(tmp_path_factory.mktemp("examples")) as found:
        yield found


def example(found: DaskPlatform, name: str, months: int = 4) -> Any:
    file = found.write(f"{name}/run.py", RUN.format(folder=str(EXAMPLES)))
    return told(found.run(file, name, str(months)))


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
    assert names == {"trips", "on_one_machine", "dask_in_a_task", "tasks_on_dask"}


def test_on_one_machine(dask_platform: DaskPlatform) -> None:
    assert example(dask_platform, "on_one_machine") == expected()
    assert dask_platform.clusters() == ()


def test_dask_in_a_task_has_a_cluster_that_is_gone_afterwards(dask_platform: DaskPlatform) -> None:
    assert example(dask_platform, "dask_in_a_task") == expected()
    assert dask_platform.clusters() == ()
    until(lambda: dask_platform.logs("dask-in-a-task"), 10)
    lines = [line for line in dask_platform.logs("dask-in-a-task") if "Dask cluster" in line]
    assert "with 2 workers: http://127.0.0.1:" in lines[0]


def test_tasks_on_dask_share_a_cluster_with_the_next_run(dask_platform: DaskPlatform) -> None:
    assert example(dask_platform, "tasks_on_dask") == expected()
    [first] = dask_platform.clusters()
    assert example(dask_platform, "tasks_on_dask") == expected()
    assert [cluster.name for cluster in dask_platform.clusters()] == [first.name]
    assert first.flow.startswith("tasks-on-dask@")
    with urllib.request.urlopen(first.dashboard) as page:  # noqa: S310 our own
        assert page.status == 200

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


@pytest.mark.parametrize(("number", "result"), [(0, 1.0), (1, 30)], ids=["inside", "spread"])
def test_a_program_of_the_guide_runs(
    dask_platform: DaskPlatform, number: int, result: float
) -> None:
    name = re.findall(r"^def (\w+)", PROGRAMS[number], re.MULTILINE)[-1]
    file = dask_platform.write(f"{number}/flow.py", PROGRAMS[number] + CALL.format(name=name))
    assert told(dask_platform.run(file)) == result


def test_no_program_of_the_guide_is_left_out() -> None:
    assert len(PROGRAMS) == 2
