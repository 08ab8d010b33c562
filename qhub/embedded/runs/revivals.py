"""Keeps a run that was cancelled, or has ended, from being started again by the platform itself.

Whoever schedules such a run by hand, or on Prefect's page, means it. What the platform schedules
again (a run that did not begin, one that crashed) may come late, when somebody has cancelled the
run meanwhile: Prefect's server takes it all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, State

__all__ = ["NOT_BEGUN", "STARTED_AGAIN", "bury_revived", "of_this_try"]

NOT_BEGUN = "it was Pending and did not begin"
"""Says the automation, too."""
STARTED_AGAIN = "it crashed and is started again"


def of_this_try(states: Sequence[State[Any]]) -> list[State[Any]]:
    """Return the states since a run was scheduled last, in order of time."""
    ordered = sorted(states, key=lambda state: state.timestamp)
    scheduled = [n for n, state in enumerate(ordered) if state.is_scheduled()]
    return ordered[scheduled[-1] + 1 :] if scheduled else ordered


async def bury_revived(client: PrefectClient, flow_run: FlowRun) -> bool:
    """Give a run that the platform scheduled too late its end back; whether it was one."""
    from prefect.client.schemas.objects import State

    # A list of due runs comes without their states; most have never been begun.
    known = flow_run.run_count or flow_run.infrastructure_pid
    if not (known or "prefect.worker.name" in flow_run.labels):
        return False
    state = (await client.read_flow_run(flow_run.id)).state
    if state is None or not (state.message or "").startswith((NOT_BEGUN, STARTED_AGAIN)):
        return False
    states = sorted(await client.read_flow_run_states(flow_run.id), key=lambda one: one.timestamp)
    before = of_this_try([one for one in states if one.timestamp < state.timestamp])
    ends = [one for one in before if one.is_cancelling() or _is_end(one)]
    if not ends:
        return False
    last = ends[-1]
    given: dict[str, Any] = {"type": last.type, "name": last.name, "message": last.message}
    if last.is_cancelling():
        given |= {"type": "CANCELLED", "name": "Cancelled"}
    await client.set_flow_run_state(flow_run.id, State(**given), force=True)
    return True


def _is_end(state: State[Any]) -> bool:
    return state.is_final() and not state.is_crashed()
