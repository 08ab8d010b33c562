"""The programs of docs/dask.md do what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.flows.dask_platform import DaskPlatform, platform, told

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

PAGE = Path(__file__).parents[2] / "docs" / "dask.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
CALL = '\n\nif __name__ == "__main__":\n    print("RESULT", {name}())\n'


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    with platform(tmp_path_factory.mktemp("guide")) as found:
        yield found


@pytest.mark.parametrize(("number", "result"), [(0, 1.0), (1, 30)], ids=["inside", "spread"])
def test_a_program_of_the_guide_runs(
    dask_platform: DaskPlatform, number: int, result: float
) -> None:
    name = re.findall(r"^def (\w+)", PROGRAMS[number], re.MULTILINE)[-1]
    file = dask_platform.write(f"{number}/flow.py", PROGRAMS[number] + CALL.format(name=name))
    assert told(dask_platform.run(file)) == result


def test_no_program_of_the_guide_is_left_out() -> None:
    assert len(PROGRAMS) == 2
