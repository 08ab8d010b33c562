"""`run()`: starts a run of a deployed flow and tells what it does; `cancel()` stops one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qhub.flows import expect, registry
from qhub.flows import parameters as flow_parameters
from qhub.flows.connection import connect
from qhub.flows.errors import ParameterError, RunFailedError
from qhub.flows.holdups import why
from qhub.flows.run_names import ENDED, find, find_going
from qhub.flows.watching import watch as watching

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["ENDED", "RunResult", "cancel", "run"]

Tell = Callable[[str], None]

_OPTIONS = {
    "parameters": expect.optional(expect.MAPPING),
    "tags": expect.TEXTS,
    "timeout_seconds": expect.optional(expect.NUMBER),
}


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
    reason: str = ""
    """Of a watched run that failed: its exception, where, and what is known to mend it."""

    @property
    def ok(self) -> bool:
        """Whether it has ended well."""
        return self.state_type == "COMPLETED"


def run(
    flow: str | Flow[Any, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    watch: bool = True,
    tags: Sequence[str] = (),
    raise_on_failure: bool = False,
    timeout_seconds: float | None = None,
    tell: Tell | None = None,
) -> RunResult:
    """Start a run of a deployed flow: its name, "flow/deployment", or the flow itself.

    With `watch` its states and log lines are told (default: on standard error) until it ends.
    ^C and the timeout end the watching, not the run.
    """
    given = {"parameters": parameters, "tags": tags, "timeout_seconds": timeout_seconds}
    expect.check("run()", given, _OPTIONS)
    say, name = tell or _to_stderr, _name(flow)
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
            if reason := why(client, begun):
                say(f"the run waits: {reason}")
            return _result(client, begun)
        say(f"run '{begun['name']}' ({begun['id']})")
        try:
            ending = watching(client, begun["id"], say, timeout=timeout_seconds)
        except KeyboardInterrupt:
            say(f"the run goes on; stop it with: qhub flow cancel {begun['id']}")
            raise
        reason = "\n  ".join(filter(None, (ending.reason, ending.hint)))
        result = replace(_result(client, ending.run), reason=reason)
    say(_last_words(result))
    if raise_on_failure and not result.ok:
        why_so = result.reason or result.message
        raise RunFailedError(
            f"the run '{result.name}' of {result.flow} is {result.state}: {why_so}",
            result=result,
            hint=f"qhub flow logs {result.id}",
        )
    return result


def cancel(run: str) -> RunResult:
    """Stop a run: of its id or name, or the latest of a flow that has not ended."""
    with connect() as client:
        found = find_going(client, run)
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


def _name(flow: object) -> str:
    """Return the name that a flow is deployed by."""
    if isinstance(flow, str):
        return flow
    from prefect import Flow

    if isinstance(flow, Flow):
        return flow.name
    raise ParameterError(
        f"run() does not take {type(flow).__name__}: {flow!r:.60}",
        hint="the name of a deployed flow, or the flow itself",
    )


def _start(
    client: SyncPrefectClient, deployment: str, values: Mapping[str, Any], tags: Sequence[str]
) -> dict[str, Any]:
    path = f"/deployments/{deployment}/create_flow_run"
    body = {"parameters": values, "tags": list(tags), "state": {"type": "SCHEDULED"}}
    answer: dict[str, Any] = client.request("POST", path, json=body).json()  # type: ignore[arg-type] # the path is filled in
    return answer


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
    head = f"{result.flow}: {result.state}{took}"
    return f"{head}: {result.reason}\n  {result.url}" if result.reason else f"{head}  {result.url}"


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
