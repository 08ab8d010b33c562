"""For those who write flows: deploy them, run them, use Dask in them, read secrets.

    from qhub.flows import deploy, run

Works without the rest of QHub; everything is imported when it is first asked for.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from qhub.flows.built import Built
    from qhub.flows.cluster import cluster
    from qhub.flows.deployments import Deployed, deploy
    from qhub.flows.errors import FlowsError
    from qhub.flows.images import build
    from qhub.flows.listing import delete
    from qhub.flows.listing import list_deployments as list  # noqa: A004
    from qhub.flows.log_lines import logs
    from qhub.flows.profiles import describe_profiles
    from qhub.flows.runs import RunResult, cancel, run
    from qhub.flows.schedules import cron, interval, rrule
    from qhub.flows.secrets import Secret, secret, secret_file
    from qhub.flows.task_runner import dask_task_runner

__all__ = [
    "Built",
    "Deployed",
    "FlowsError",
    "RunResult",
    "Secret",
    "build",
    "cancel",
    "cluster",
    "cron",
    "dask_task_runner",
    "delete",
    "deploy",
    "describe_profiles",
    "interval",
    "list",
    "logs",
    "rrule",
    "run",
    "secret",
    "secret_file",
]

_HOMES = {
    "Built": "built",
    "Deployed": "deployments",
    "FlowsError": "errors",
    "RunResult": "runs",
    "Secret": "secrets",
    "build": "images",
    "cancel": "runs",
    "cluster": "cluster",
    "cron": "schedules",
    "dask_task_runner": "task_runner",
    "delete": "listing",
    "deploy": "deployments",
    "describe_profiles": "profiles",
    "interval": "schedules",
    "list": "listing",
    "logs": "log_lines",
    "rrule": "schedules",
    "run": "runs",
    "secret": "secrets",
    "secret_file": "secrets",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        home = import_module(f"{__name__}.{_HOMES[name]}")
        return getattr(home, "list_deployments" if name == "list" else name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> "list[str]":  # type: ignore[valid-type]  # noqa: UP037 ours hides the builtin
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Keeps a module from hiding the public name that it shares: `cluster` is the function."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
