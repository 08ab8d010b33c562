"""What the warmed parent imports before it forks: all that worker and flow runs have in common."""

from __future__ import annotations

import importlib

__all__ = ["import_libraries"]

# Each was looked at: what it costs once here, each run would pay for itself. Not dask: most of
# its memory would be held by agents whose flows never use it.
LIBRARIES = (
    "anyio._backends._asyncio",
    "encodings.idna",
    "prefect.client.orchestration",
    "prefect.engine",
    "prefect.events.clients",
    "prefect.flow_engine",
    "prefect.task_engine",
    "prefect.utilities.visualization",
    "prefect.workers.process",
    "pydantic.v1",
    "qhub.config.formats.quantities",
    "qhub.embedded.runs.child",
    "qhub.embedded.runs.loops",
    "qhub.embedded.runs.parent",
)


def import_libraries() -> None:
    """Import them; nothing else, for neither thread nor client nor event loop may be there."""
    for name in LIBRARIES:
        importlib.import_module(name)
