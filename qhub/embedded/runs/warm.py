"""What the warmed parent has ready before it forks: all that worker and runs have in common."""

from __future__ import annotations

import functools
import importlib
import ssl
from types import SimpleNamespace

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
# Prefect's models that a run uses; they are completed at their first use, 18 ms of CPU in all.
MODELS = {
    "prefect.client.schemas.actions": ("FlowRunUpdate", "LogCreate"),
    "prefect.client.schemas.objects": (
        *("FlowRun", "WorkPool", "WorkQueue"),
        *("ConcurrencyLeaseHolder", "ServerDefaultResultStorage"),
    ),
    "prefect.client.schemas.responses": ("DeploymentResponse",),
    "prefect.events.filters": (
        *("EventFilter", "EventIDFilter", "EventNameFilter", "EventOccurredFilter"),
    ),
    "prefect.events.schemas.events": ("Event",),
}


def import_libraries() -> None:
    """Import them; nothing is started, for no thread, client or event loop may be there."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for module, names in MODELS.items():
        for name in names:
            getattr(importlib.import_module(module), name).model_rebuild()
    from qhub.embedded.runs.child import usual_settings

    usual_settings()
    _share_certificates()


def _share_certificates() -> None:
    """Read the certificates for Prefect's clients once: a run makes six, 15 ms of CPU each.

    The server is reached without TLS; clients that a flow makes for another one share them, too.
    """
    import certifi
    import prefect.client.orchestration as clients

    shared = functools.cache(lambda cafile: ssl.create_default_context(cafile=cafile))

    def create_default_context(*, cafile: str | None = None) -> ssl.SSLContext:
        # Without a file Prefect makes one that does not verify, which is nobody else's.
        return ssl.create_default_context() if cafile is None else shared(cafile)

    uses = SimpleNamespace(
        create_default_context=create_default_context,
        SSLContext=ssl.SSLContext,
        CERT_NONE=ssl.CERT_NONE,
    )
    vars(clients)["ssl"] = uses  # all that it uses of the module
    shared(certifi.where())
