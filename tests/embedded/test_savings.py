"""What programs leave out of their starts, and the server of its work, changes nothing else."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from qhub.embedded.programs.collector import resting

SERVER = """
import sys
from prefect.blocks.core import Block
from prefect.plugins import load_prefect_collections
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


@pytest.mark.full
def test_the_server_knows_all_blocks_and_refuses_wrong_schemas_without_dask() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVER], capture_output=True, text=True, timeout=60, check=False
    )
    told = ["True True ['', '']", "1", "False", "True True"]
    assert done.stdout.splitlines() == told, done.stderr


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
