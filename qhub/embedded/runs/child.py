"""A forked child: the process of one flow run, as fresh as `python -m prefect.engine` is.

What differs from a process started anew: the interpreter's own variables (PYTHONHASHSEED,
PYTHONOPTIMIZE, PYTHONWARNINGS …) have been read already; PYTHONPATH is heeded. A run that needs
them sets the job variable `command`.

Written for Prefect 3.8; with `supervision.py` the only module that knows its private parts.
"""

from __future__ import annotations

import asyncio
import functools
import os
import random
import runpy
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from qhub.embedded.runs.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.embedded.runs.messages import Job

__all__ = ["CANCEL", "become", "usual_settings"]

# Tells a run that an earlier worker started that the SIGTERM to come means "cancelled".
CANCEL = signal.SIGUSR1


def become(job: Job) -> None:
    """Do the job in this process, which ends with it: raises SystemExit, or returns at the end."""
    os.umask(0o077)
    _reopen(Path(job.log))
    _settle_in(job)
    limits = Limits(job.cpus, job.memory_bytes)
    for name in limits.unenforced:
        print(f"qhub: {name} has no effect on this system", flush=True)  # noqa: T201 the run's log
    # Reading them takes a tenth of a second, and most runs have none of their own.
    other_settings = _settings(job.environment) != usual_settings() or any(Path.cwd().iterdir())
    _replace_environment(job)
    limits.hold(os.environ)
    _refresh_libraries(settings=other_settings)
    if job.kind == "flow":
        _run_flow()
    else:
        asyncio.run(_run_hooks(job))


def _reopen(log: Path) -> None:
    """Let stdin be empty and output go to the log of the run; drop every other descriptor."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    empty = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((empty, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a TextIOWrapper


def _settle_in(job: Job) -> None:
    folder = Path(job.folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chdir(folder)
    sys.argv[:] = ["prefect.engine"]
    # As `python -m` has it: the working folder first, then PYTHONPATH.
    python_path = job.environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [str(folder), *filter(None, python_path), *sys.path[1:]]
    random.seed()


@functools.cache
def usual_settings() -> dict[str, str]:
    """Return the Prefect settings of a run that has none of its own; asked before any fork.

    Prefect's worker adds to the agent's variables what Prefect read in them, in its own spelling.
    """
    from prefect.settings import get_current_settings

    read = get_current_settings().to_environment_variables(exclude_unset=True)
    return _settings({**os.environ, **read})


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that Prefect's settings are read from."""
    return {
        name: value
        for name, value in environment.items()
        if name.upper().startswith("PREFECT_") and not name.startswith("PREFECT__")
    }


def _replace_environment(job: Job) -> None:
    for name in os.environ.keys() - job.environment.keys():
        del os.environ[name]
    os.environ.update(job.environment)
    time.tzset()


def _refresh_libraries(*, settings: bool) -> None:
    """Let what was imported before the fork read the environment of this run."""
    if settings:
        import prefect.context
        from prefect.logging.configuration import setup_logging

        prefect.context.refresh_global_settings_context()
        setup_logging(incremental=False)
    if (dask := sys.modules.get("dask")) is not None:
        dask.config.refresh()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()


def _run_flow() -> None:
    from prefect._internal import control_listener

    def note_cancellation(*_: object) -> None:
        # Not through its function: the lock there may be held by the code interrupted here.
        control_listener._intent = "cancel"

    signal.signal(CANCEL, note_cancellation)
    with warnings.catch_warnings():
        # runpy warns of a module that was imported before; its top level only defines functions.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="runpy")
        runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


async def _run_hooks(job: Job) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import State
    from prefect.flows import load_flow_from_flow_run
    from prefect.runner._hook_runner import HookRunner

    state: State[Any] = State.model_validate(job.state)
    hooks = HookRunner(resolve_flow=load_flow_from_flow_run)
    async with get_client() as client:
        flow_run = await client.read_flow_run(UUID(job.run))
    if job.kind == "cancellation":
        await hooks.run_cancellation_hooks(flow_run, state)
    else:
        await hooks.run_crashed_hooks(flow_run, state)
