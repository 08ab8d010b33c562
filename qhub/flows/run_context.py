"""Which flow run we are in, if any: its flow, its id, and its log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging import Logger, LoggerAdapter

__all__ = ["flow_file", "flow_name", "log", "run_id"]


def log() -> Logger | LoggerAdapter[Any]:
    """Return the log of the flow or task run; outside of one, one that is printed."""
    from prefect.exceptions import MissingContextError
    from prefect.logging import get_run_logger

    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("qhub.flows")


def flow_name() -> str:
    """Return the name of the flow that runs, or nothing."""
    flow = _flow()
    return "" if flow is None else str(flow.name)


def flow_file() -> Path | None:
    """Return the file that the flow that runs is written in."""
    import inspect

    flow = _flow()
    if flow is None:
        return None
    try:
        found = inspect.getsourcefile(inspect.unwrap(flow.fn))
    except TypeError:
        return None
    return Path(found).resolve() if found and Path(found).is_file() else None


def run_id() -> str:
    """Return the id of the flow run, or nothing."""
    from prefect.runtime import flow_run

    return str(flow_run.id or "")


def _flow() -> Any:
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    return None if context is None else context.flow
