"""What programs leave out of their starts, and the server of its work, changes nothing else."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from qhub.embedded.programs.collector import resting

SERVER = """
import asyncio
import sys
from datetime import timedelta
from docket import Docket
from prefect.blocks.core import Block
from prefect.plugins import load_prefect_collections
from prefect.server.api import background_workers
from prefect.server.database import dependencies
from prefect.utilities.dispatch import get_registry_for_type
from prefect.utilities.schema_tools.validation import is_valid_schema, validate
from qhub.embedded.programs import savings

def refused(schema):
    told = []
    for _ in range(2):
        try:
            is_valid_schema(schema)
            told.append("")
        except ValueError as error:
            told.append(str(error))
    return told

wrong = {"type": "object", "properties": {"a": {"type": "number of things"}}}
before = refused(wrong)
savings.prepare()
print(before[0] != "", before == refused(wrong), refused({"type": "object"}))
print(len(validate({"a": 1}, {"type": "object", "properties": {"a": {"type": "string"}}})))
print(*load_prefect_collections(), "distributed" in sys.modules)
blocks = set(get_registry_for_type(Block))
import prefect_dask
print(blocks == set(get_registry_for_type(Block)), len(blocks) > 5)
"""

BACKGROUND = """
import asyncio
from datetime import timedelta
from docket import Docket
from prefect.server.api import background_workers
from prefect.server.database import dependencies

heard = []

async def hear():
    heard.append("heard")

async def main():
    async with Docket(name="tests", url="memory://") as docket:
        usual = background_workers.Worker(docket)
        print(usual.minimum_check_interval, usual.scheduling_resolution)
        docket.register(hear)
        never = timedelta(hours=1)
        async with background_workers.Worker(docket, minimum_check_interval=never) as worker:
            working = asyncio.create_task(worker.run_forever())
            for number in (1, 2):  # the second comes while it waits
                await docket.add(hear, key=str(number))()
                async with asyncio.timeout(30):
                    while len(heard) < number:
                        await asyncio.sleep(0.02)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

asyncio.run(main())
print(*heard)
kinds = [dependencies.get_dialect(url).name for url in ("sqlite+aiosqlite:///x", "postgresql:///x")]
print(*kinds)
"""


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What a process that has the server's savings tells of itself, line by line."""
    code = SERVER + BACKGROUND
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    return [*done.stdout.splitlines(), done.stderr]


@pytest.mark.full
def test_the_server_knows_all_blocks_and_refuses_wrong_schemas_without_dask(
    told: list[str],
) -> None:
    assert told[:4] == ["True True ['', '']", "1", "False", "True True"], told[-1]


@pytest.mark.full
def test_the_server_hears_of_a_task_though_it_looks_for_what_is_due_seldom(
    told: list[str],
) -> None:
    assert told[4:-1] == ["0:00:01 0:00:01", "heard heard", "sqlite postgresql"], told[-1]


def test_the_collector_looks_at_nothing_of_a_start_again() -> None:
    usual = gc.get_threshold()
    frozen = gc.get_freeze_count()
    try:
        with resting():
            assert gc.get_threshold()[0] > 10 * usual[0]
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
