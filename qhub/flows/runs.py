"""`run()`: starts a run of a deployed flow and tells what it does; `cancel()` stops one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qhub.flows import parameters as flow_parameters
from qhub.flows import registry
from qhub.flows.connection import connect
from qhub.flows.errors import ParameterError, RunFailedError, RunTimeoutError
from qhub.flows.log_lines import Tail
from qhub.flows.run_names import find

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["ENDED", "RunResult", "cancel", "run"]

ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
_EAGER_SECONDS, _POLL_SECONDS, _LAZY_SECONDS = 5.0, 0.2, 1.0
"""A run that starts is asked after often, one that works seldom."""
_UNTAKEN_SECONDS = 20.0
"""After that long nobody seems to take a run, and the user is told why."""
_LAST_LINES_SECONDS = 3.0
_OUTAGE_SECONDS = 60.0
"""So long the API may be away while a run is watched."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run as it stood at last.

    `state` is what Prefect shows ("Completed", "Late", a name that the flow gave it), `state_type`
    one of the kinds behind it ("COMPLETED", "SCHEDULED" …).
    """

    id: str
    name: str
    flow: str
    state: str
    state_type: str
    message: str
    url: str
    seconds: float | None = None
    """From start to end; None for one that has not both."""

    @property
    def ok(self) -> bool:
        """Whether it has ended well."""
        return self.state_type == "COMPLETED"


def run(
    name: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    watch: bool = True,
    tags: Sequence[str] = (),
    raise_on_failure: bool = False,
    timeout_seconds: float | None = None,
    tell: Tell | None = None,
) -> RunResult:
    """Start a run of the deployed flow `name` ("flow", or "flow/deployment").

    With `watch` its states and log lines are told (default: on standard error) until it ends.
    ^C and the timeout end the watching, not the run.
    """
    say = tell or _to_stderr
    with connect() as client:
        deployment = registry.find(client, name)
        values = flow_parameters.check(
            name,
            deployment.get("parameter_openapi_schema") or {},
            parameters,
            defaults=deployment.get("parameters") or {},
        )
        begun = _start(client, deployment["id"], values, tags)
        if not watch:
            return _result(client, begun)
        say(f"run '{begun['name']}' ({begun['id']})")
        try:
            _watch(client, begun["id"], say, timeout_seconds)
        except KeyboardInterrupt:
            say(f"the run goes on; stop it with: qhub flow cancel {begun['id']}")
            raise
        result = _result(client, find(client, begun["id"]))
    say(_last_words(result))
    if raise_on_failure and not result.ok:
        raise RunFailedError(
            f"the run '{result.name}' of {result.flow} is {result.state}: {result.message}",
            result=result,
            hint=f"qhub flow logs {result.id}",
        )
    return result


def cancel(run: str) -> RunResult:
    """Stop a run: of its id or name, or the latest of a flow."""
    with connect() as client:
        found = find(client, run)
        if found["state_type"] in ENDED:
            raise ParameterError(
                f"the run '{found['name']}' is {found['state_name']} already: nothing to cancel"
            )
        path = f"/flow_runs/{found['id']}/set_state"
        state = {"type": "CANCELLING", "name": "Cancelling"}
        answer = client.request("POST", path, json={"state": state}).json()  # type: ignore[arg-type] # the path is filled in
        if answer["status"] not in ("ACCEPT", "REJECT"):  # the server may set another one
            raise ParameterError(
                f"the run '{found['name']}' cannot be cancelled: {answer['details'].get('reason')}"
            )
        return _result(client, find(client, found["id"]))


def _start(
    client: SyncPrefectClient, deployment: str, values: Mapping[str, Any], tags: Sequence[str]
) -> dict[str, Any]:
    path = f"/deployments/{deployment}/create_flow_run"
    body = {"parameters": values, "tags": list(tags), "state": {"type": "SCHEDULED"}}
    answer: dict[str, Any] = client.request("POST", path, json=body).json()  # type: ignore[arg-type] # the path is filled in
    return answer


def _watch(client: SyncPrefectClient, run: str, say: Tell, timeout: float | None) -> None:
    """Tell states and lines of a run as they come, until it has ended."""
    begun = time.monotonic()
    tail, state, warned, reached = Tail(client, run), "", False, begun
    while True:
        now = time.monotonic()
        try:
            found = find(client, run)
            lines = list(tail.new())
            reached = now
        except _unreachable():
            if now - reached > _OUTAGE_SECONDS:
                raise
            time.sleep(_LAZY_SECONDS)
            continue
        for line in lines:
            say(str(line))
        if found["state_name"] != state:
            state = found["state_name"]
            say(_of_state(found))
        if found["state_type"] in ENDED:
            _last_lines(tail, say)
            return
        if not warned and found["state_type"] == "SCHEDULED" and now - begun > _UNTAKEN_SECONDS:
            warned = True
            say(_untaken(client, found))
        if timeout is not None and now - begun > timeout:
            raise RunTimeoutError(
                f"the run '{found['name']}' is {state} after {timeout:g} s; it goes on",
                hint=f"qhub flow cancel {run} stops it",
            )
        time.sleep(_POLL_SECONDS if now - begun < _EAGER_SECONDS else _LAZY_SECONDS)


def _unreachable() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.TransportError,)


def _last_lines(tail: Tail, say: Tell) -> None:
    """Tell the lines that come after the end; a run that crashed sends no last one."""
    deadline = time.monotonic() + _LAST_LINES_SECONDS
    while not tail.saw_the_end and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        for line in tail.new():
            say(str(line))


def _untaken(client: SyncPrefectClient, found: Mapping[str, Any]) -> str:
    """Return why a run does not start, as far as the server knows."""
    pool = found.get("work_pool_name")
    if not pool:
        return "no worker takes the run: it has no work pool"
    about = client.read_work_pool(pool)
    status = about.status.value if about.status else "unknown"
    if about.is_paused:
        return f"no worker takes the run: the work pool '{pool}' is paused"
    if status != "READY":
        return f"no worker takes the run: the work pool '{pool}' has none online (qhub status)"
    return (
        f"no worker has taken the run yet; it waits in the queue '{found.get('work_queue_name')}' "
        f"of the pool '{pool}', perhaps for a limit or a paused queue"
    )


def _of_state(found: Mapping[str, Any]) -> str:
    message = (found.get("state") or {}).get("message") or ""
    return f"{found['state_name']}{': ' if message else ''}{message}"


def _result(client: SyncPrefectClient, found: Mapping[str, Any]) -> RunResult:
    from prefect.utilities.urls import url_for

    flow = client.request("GET", "/flows/{id}", path_params={"id": found["flow_id"]}).json()
    return RunResult(
        id=found["id"],
        name=found["name"],
        flow=flow["name"],
        state=found["state_name"] or "",
        state_type=found["state_type"] or "",
        message=(found.get("state") or {}).get("message") or "",
        url=url_for("flow-run", obj_id=found["id"]) or "",
        seconds=_seconds(found),
    )


def _seconds(found: Mapping[str, Any]) -> float | None:
    start, end = found.get("start_time"), found.get("end_time")
    if not start or not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _last_words(result: RunResult) -> str:
    took = f" after {result.seconds:.1f} s" if result.seconds is not None else ""
    return f"{result.flow}: {result.state}{took}  {result.url}"


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
