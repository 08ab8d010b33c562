"""Watches a run: tells its states and log lines in the order of their times, until it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from qhub.flows.connection import Outage
from qhub.flows.errors import RunTimeoutError
from qhub.flows.holdups import job_variables, why
from qhub.flows.log_lines import LogLine, Tail
from qhub.flows.reasons import Tracebacks, memory
from qhub.flows.run_names import ENDED, find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["Ending", "watch"]

_EAGER_SECONDS, _POLL_SECONDS, _LAZY_SECONDS = 5.0, 0.2, 1.0
"""A run that starts is asked after often, one that works seldom."""
_WAITING_SECONDS, _ASK_AGAIN_SECONDS = 1.0, 5.0
"""After that long it is looked into why a run waits, and so often again."""
_UNTAKEN_SECONDS = 20.0
"""After that long it is said that nobody has taken a run, or that what it runs in is not there."""
_LAST_LINES_SECONDS = 3.0
_HELD = timedelta(seconds=2.5)
"""Runs send their lines every two seconds: so long a state waits for those before it."""
_RESTART_SECONDS = 60.0
"""An agent starts a crashed run again within ten seconds, if it is there."""
_BEFORE_LINES = frozenset({"SCHEDULED", "PENDING"})


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that has ended, as the API has it, and why it ended so."""

    run: Mapping[str, Any]
    reason: str = ""
    hint: str = ""


def watch(
    client: SyncPrefectClient, run: str, say: Callable[[str], None], *, timeout: float | None
) -> Ending:
    """Tell what a run does until it has ended, for good. Raises `RunTimeoutError`."""
    return _Watch(client, run, say).until_the_end(timeout)


class _Watch:
    def __init__(self, client: SyncPrefectClient, run: str, say: Callable[[str], None]) -> None:
        self._client, self._run, self._say = client, run, say
        self._story = _Story(client, run, say)
        self._outage = Outage(say)
        self._begun = time.monotonic()
        self._asked = self._begun + _WAITING_SECONDS - _ASK_AGAIN_SECONDS
        self._holdup = ""
        self._pending = 0.0
        """Since when the run waits for what it runs in; 0 while it does not."""
        self._restarts: dict[int, float] = {}
        """When it is given up to wait for the start after a crash, by its number."""
        self._retries: int | None = None

    def until_the_end(self, timeout: float | None) -> Ending:
        state = "unknown"
        while True:
            has_ended = False
            with self._outage.tolerated():
                found = find(self._client, self._run)
                self._story.go_on()
                state = found["state_name"]
                self._explain(found)
                has_ended = found["state_type"] in ENDED and not self._is_started_again(found)
            if has_ended:
                return self._end(found)
            passed = time.monotonic() - self._begun
            if timeout is not None and passed > timeout:
                self._story.tell_all()
                raise RunTimeoutError(
                    f"the run '{found['name']}' is {state} after {timeout:g} s; it goes on",
                    hint=f"qhub flow cancel {self._run} stops it",
                )
            time.sleep(_POLL_SECONDS if passed < _EAGER_SECONDS else _LAZY_SECONDS)

    def _explain(self, found: Mapping[str, Any]) -> None:
        """Tell why the run waits, each reason once."""
        now = time.monotonic()
        if found["state_type"] == "PENDING":
            self._explain_pending(found, now)
            return
        self._pending = 0.0
        if found["state_type"] != "SCHEDULED" or found["state_name"] == "AwaitingRetry":
            self._holdup = ""
            return
        if now - self._asked < _ASK_AGAIN_SECONDS:
            return
        self._asked = now
        reason = why(self._client, found)
        if not reason and now - self._begun > _UNTAKEN_SECONDS and _is_due(found):
            reason = f"no worker of the pool '{found.get('work_pool_name')}' has taken it yet"
        if reason and reason != self._holdup:
            self._say(f"the run waits: {reason}")
        self._holdup = reason

    def _explain_pending(self, found: Mapping[str, Any], now: float) -> None:
        """Tell once that a worker has the run, and its process or pod is not there yet."""
        self._pending = self._pending or now
        if now - self._pending < _UNTAKEN_SECONDS:
            return
        reason = f"it is {found['state_name']}: what it runs in has not started (qhub status)"
        if reason != self._holdup:
            self._say(f"the run waits: {reason}")
        self._holdup = reason

    def _is_started_again(self, found: Mapping[str, Any]) -> bool:
        """Tell whether a crashed run is to be started again, and say so."""
        if found["state_type"] != "CRASHED":
            return False
        if self._retries is None:
            given = job_variables(self._client, found).get("retries_on_crash")
            self._retries = int(given or 0)
        crashes = self._story.crashes
        if crashes > self._retries:
            return False
        now = time.monotonic()
        if crashes not in self._restarts:
            self._restarts[crashes] = now + _RESTART_SECONDS
            self._story.tell_all()
            self._say(f"the run crashed; it is started again ({crashes} of {self._retries})")
        if now < self._restarts[crashes]:
            return True
        self._say("nobody has started it again: is its agent there? (qhub status)")
        return False

    def _end(self, found: Mapping[str, Any]) -> Ending:
        deadline = time.monotonic() + _LAST_LINES_SECONDS
        while not self._story.saw_the_end and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            with self._outage.tolerated():
                self._story.go_on()
        self._story.tell_all()
        if found["state_type"] not in ("FAILED", "CRASHED"):
            return Ending(found)
        reason = self._story.tracebacks.reason((found.get("state") or {}).get("message") or "")
        hint = ""
        with self._outage.tolerated():
            values = job_variables(self._client, found)
            hint = memory(self._client, values, found["state_type"], reason)
        return Ending(found, reason, hint)


class _Story:
    """States and log lines of a run, told in the order of their times.

    A line is told when it comes, a state when no line of before it can come any more.
    """

    def __init__(self, client: SyncPrefectClient, run: str, say: Callable[[str], None]) -> None:
        self.tracebacks = Tracebacks(run)
        self.crashes = 0
        self._client, self._run, self._say = client, run, say
        self._tail = Tail(client, run)
        self._known: set[str] = set()
        self._held: list[tuple[datetime, str]] = []

    @property
    def saw_the_end(self) -> bool:
        """Whether the last line of the log has come."""
        return self._tail.saw_the_end

    def go_on(self) -> None:
        """Ask for what is new, and tell what is its turn."""
        states = self._states()
        lines = list(self._tail.new())
        self._hear(states)
        told = [(line.time, self._text(line)) for line in lines]
        newest = max((when for when, _ in told), default=None)
        until = datetime.now(UTC) - _HELD
        self._tell(told, until if newest is None else max(until, newest))

    def tell_all(self) -> None:
        """Tell the states that still wait."""
        self._tell([], None)

    def _states(self) -> list[dict[str, Any]]:
        params = {"flow_run_id": self._run}
        found = self._client.request("GET", "/flow_run_states/", params=params).json()
        return sorted(found, key=lambda state: datetime.fromisoformat(state["timestamp"]))

    def _hear(self, states: Sequence[Mapping[str, Any]]) -> None:
        types = [state["type"] for state in states]
        # several may report one crash
        before = zip(types, [None, *types], strict=False)
        self.crashes = sum(now == "CRASHED" != last for now, last in before)
        for number, state in enumerate(states):
            if state["id"] in self._known:
                continue
            self._known.add(state["id"])
            when = datetime.fromisoformat(state["timestamp"])
            text = f"{_clock(when)} STATE    {_of_state(state)}"
            if set(types[: number + 1]) <= _BEFORE_LINES:  # the run has said nothing yet
                self._say(text)
            else:
                self._held.append((when, text))

    def _text(self, line: LogLine) -> str:
        return str(replace(line, message=self.tracebacks.shortened(line.message)))

    def _tell(self, lines: Sequence[tuple[datetime, str]], until: datetime | None) -> None:
        due = [item for item in self._held if until is None or item[0] <= until]
        self._held = [item for item in self._held if item not in due]
        for _, text in sorted([*lines, *due], key=lambda item: item[0]):
            self._say(text)


def _is_due(found: Mapping[str, Any]) -> bool:
    due = found.get("expected_start_time")
    return not due or datetime.fromisoformat(str(due)) <= datetime.now(UTC)


def _of_state(state: Mapping[str, Any]) -> str:
    # a traceback belongs to the log, and the reason to the end
    message = str(state.get("message") or "").partition("\n")[0]
    start = (state.get("state_details") or {}).get("scheduled_time")
    when = ""
    if start and state["type"] == "SCHEDULED":
        at = datetime.fromisoformat(start)
        if at > datetime.fromisoformat(state["timestamp"]) + timedelta(seconds=1):
            when = f" (starts at {_clock(at)})"
    return f"{state['name']}{when}{': ' if message else ''}{message}"


def _clock(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M:%S}"
