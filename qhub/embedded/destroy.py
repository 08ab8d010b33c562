"""Stops a platform in an order in which nothing is lost that could be kept, and no orphan stays.

Pools are held back, running flows come to their end or to a limit, agents stop, what still runs
is ended and marked; then Dask's clusters, the server, and supervisor. Every step can be repeated:
after ^C, destroy goes on where it was. A ^C while runs are waited for takes back that they are held
back.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.embedded import control, processes, publish
from qhub.embedded.api import Api
from qhub.embedded.errors import ApiError, NotDeployedError
from qhub.embedded.files import refusals
from qhub.embedded.layout import home
from qhub.embedded.locking import lock
from qhub.embedded.supervise import Supervisor

if TYPE_CHECKING:
    from qhub.embedded.layout import Layout
    from qhub.progress import Progress

__all__ = ["Destroyed", "destroy"]

_GRACE_SECONDS = 10
_LOOK_SECONDS = 0.5
_ENDS = {
    "RUNNING": ("CRASHED", "the platform was stopped while it ran"),
    "CANCELLING": ("CANCELLED", "the platform was stopped while it was cancelled"),
    "PENDING": ("SCHEDULED", "the platform was stopped before it began"),
}
"""The state of a run whose process is ended → the one that it gets, and why."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What a destroy found: `existed` and `ran` say whether there was something to stop.

    `ended_runs` are flow runs that did not come to their end, `leftovers` processes that had to
    be ended beside supervisor's programs; `removed` says whether the data is gone.
    """

    state: str
    existed: bool
    ran: bool
    ended_runs: tuple[str, ...]
    leftovers: tuple[str, ...]
    removed: bool


def destroy(
    layout: Layout, *, progress: Progress, timeout_seconds: float = 30, data: bool = False
) -> Destroyed:
    """Stop everything of a platform; its data stays unless `data`.

    Raises `LockedError`, `SupervisorError`, `WriteError`; and `NotDeployedError` where `data`
    would remove a folder that is no platform's.
    """
    if not layout.root.is_dir():
        left = _end_leftovers(layout) if processes.lost(layout) else ()
        return Destroyed(str(layout.root), bool(left), False, (), left, False)  # noqa: FBT003 as named
    if data:
        _require_platform(layout)
    with lock(layout, "destroy"):
        supervisor = Supervisor(layout)
        ran = supervisor.running()
        ended = _stop(layout, supervisor, progress, timeout_seconds) if ran else ()
        with progress.step("look for what is left"):
            leftovers = _end_leftovers(layout)
        control.clear_socket(layout)
        with refusals(layout.root):
            layout.pid_file.unlink(missing_ok=True)
            if data:
                with progress.step(f"remove {layout.root}"):
                    shutil.rmtree(layout.root)
    return Destroyed(str(layout.root), True, ran, ended, leftovers, data)  # noqa: FBT003 as named


def _require_platform(layout: Layout) -> None:
    """Raise `NotDeployedError` for a folder that no deploy made: nobody's files are removed."""
    is_below_home = layout.root.parent == home().resolve()
    if not (is_below_home and (layout.ports.is_file() or layout.lock.is_file())):
        raise NotDeployedError(
            f"{layout.root} is not the state of a platform, and was not removed",
            hint="look what it holds, and remove it yourself",
        )


def _stop(
    layout: Layout, supervisor: Supervisor, progress: Progress, timeout_seconds: float
) -> tuple[str, ...]:
    """Stop what supervisor runs, and it; return the runs that had to be ended."""
    names = [program.name for program in supervisor.programs()]
    agents = [name for name in names if name.startswith("agent-")]
    with Api.of(layout, timeout_seconds=_GRACE_SECONDS) as api:
        reachable = api.healthy()
        if reachable:
            with progress.step("hold back new runs, wait for running ones"):
                _drain(layout, api, progress, timeout_seconds)
        with progress.step("stop the agents"):
            supervisor.stop(*agents)
            ended = _end_runs(layout, api if reachable else None)
    with progress.step("stop Dask's clusters and Dask Gateway"):
        supervisor.stop(*(name for name in names if name == "gateway"))
    with progress.step("stop the Prefect server and supervisor"):
        supervisor.stop("server")
        supervisor.shutdown()
    return ended


def _drain(layout: Layout, api: Api, progress: Progress, timeout_seconds: float) -> None:
    held: list[dict[str, Any]] = []
    try:
        with suppress(ApiError):  # a server in trouble does not keep us from stopping it
            held.extend(publish.pause(api))
            deadline = time.monotonic() + timeout_seconds
            while _runs(api) and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        # Over a connection of its own: that of `api` may have been left in the middle of something.
        with suppress(ApiError), Api.of(layout, timeout_seconds=_GRACE_SECONDS) as again:
            publish.resume(again, held)
            progress.note("nothing was stopped: runs start again")
        raise


def _runs(api: Api) -> list[dict[str, Any]]:
    """Return the runs that have begun and are of a pool; others are no business of ours."""
    state = {"type": {"any_": list(_ENDS)}}
    found = api.every("/flow_runs/filter", {"flow_runs": {"state": state}, "sort": "ID_DESC"})
    return [run for run in found if run["work_pool_name"]]


def _end_runs(layout: Layout, api: Api | None) -> tuple[str, ...]:
    """End the flow runs that still run, and see that Prefect knows; return their names.

    Asked to end, a run tells Prefect itself that it crashed; for one that cannot, we do.
    """
    running = _known(api)
    _end_processes(layout)
    with suppress(ApiError):
        for run in _known(api):
            kind, message = _ENDS[run["state_type"]]
            state = {"type": kind, "message": message}
            if api is not None:
                api.post(f"/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
    return tuple(run["name"] for run in running)


def _known(api: Api | None) -> list[dict[str, Any]]:
    """Return the runs that have begun; none when Prefect cannot be asked."""
    if api is not None:
        with suppress(ApiError):
            return _runs(api)
    return []


def _end_processes(layout: Layout) -> None:
    """End the processes of flow runs: each leads a session, in which its helpers are."""
    runs = [
        process
        for process in processes.find(layout)
        if "qhub.embedded.programs.agent" in process.command and process.session == process.pid
    ]
    sessions = {process.session for process in runs}
    processes.end(runs, grace_seconds=_GRACE_SECONDS)
    helpers = [process for process in processes.find(layout) if process.session in sessions]
    processes.end(helpers, grace_seconds=_GRACE_SECONDS)


def _end_leftovers(layout: Layout) -> tuple[str, ...]:
    """End whatever of the platform lives still; again, for what was just being started."""
    told = []
    while left := processes.find(layout):
        told += [processes.describe(process.pid) for process in left]
        processes.end(left, grace_seconds=_GRACE_SECONDS)
    return tuple(told)
