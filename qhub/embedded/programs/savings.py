"""What Prefect 3.8's server does for nothing, and here does not do.

- At its start it imports all installed collections of Prefect for the blocks that they define.
  prefect-dask defines none, and brings Dask: half a second and 25 MB.
- For every flow run that is created it checks three times that the job variables of its work pool
  are a valid JSON schema, before it looks at their values: a tenth of all that it does for a run,
  and no other request is answered meanwhile. Here it remembers which schemas were valid.
- Whenever it opens its database it finds out anew of what kind that is, which it is told once.
- Four times a second each, its background worker looks for a task that is due and whether one was
  given to it, which it hears anyway: here once a second. Its own come every five or more seldom.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
from datetime import timedelta
from importlib.metadata import EntryPoints
from typing import Any

from docket import Worker
from jsonschema.validators import Draft202012Validator
from prefect._internal.plugins import collections
from prefect.server.api import background_workers
from prefect.server.database import dependencies
from prefect.server.utilities.database import get_dialect
from prefect.utilities.schema_tools import validation

__all__ = ["prepare"]

WITHOUT_BLOCKS = {"prefect_dask"}
REMEMBERED_SCHEMAS = 100
LOOKS_EVERY = timedelta(seconds=1)


def prepare() -> None:
    """Let the server of this process do without them."""
    vars(collections)["entry_points"] = _with_blocks
    validation._VALIDATOR.check_schema = _check  # type: ignore[method-assign]
    vars(dependencies)["get_dialect"] = functools.cache(get_dialect)
    vars(background_workers)["Worker"] = functools.partial(
        Worker,
        minimum_check_interval=LOOKS_EVERY,
        scheduling_resolution=LOOKS_EVERY,
    )


def _with_blocks(group: str) -> EntryPoints:
    found = importlib.metadata.entry_points(group=group)
    return EntryPoints(entry for entry in found if entry.name not in WITHOUT_BLOCKS)


def _check(schema: Any, format_checker: object = None) -> None:  # noqa: ARG001 as replaced
    """Raise jsonschema's SchemaError for what is no schema."""
    _check_text(json.dumps(schema))


@functools.lru_cache(maxsize=REMEMBERED_SCHEMAS)
def _check_text(text: str) -> None:
    # The draft that Prefect's own validator adds to: what makes a schema valid is the same.
    Draft202012Validator.check_schema(json.loads(text))
