"""The log of a run: read, filtered, searched and followed."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from qhub.flows.connection import Outage, connect, pages
from qhub.flows.errors import ParameterError, not_found
from qhub.flows.run_names import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["LogLine", "Tail", "follow", "logs"]

_POLL_SECONDS = 0.5
_OVERLAP = timedelta(seconds=15)
"""How late a line may come in behind a younger one: of another process, or sent again."""
_ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
_LAST_LINES_SECONDS = 3.0
"""A run sends its last lines up to two seconds after it has ended."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log; `task` is the task run's name, empty for the flow's own."""

    time: datetime
    level: str
    task: str
    message: str

    def __str__(self) -> str:
        who = f" {self.task}:" if self.task else ""
        when = self.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        return f"{when} {self.level:<8}{who} {self.message}"


def logs(
    run: str,
    *,
    level: str | int | None = None,
    search: str | None = None,
    since: datetime | timedelta | None = None,
    task: str | None = None,
) -> list[LogLine]:
    """Return the log of a run: of its id or name, or of a flow's latest run.

    level: this and worse, "WARNING" or 30. search: a text that the line holds, in any case.
    since: a time, or how long ago. task: name of a task or of one of its runs.
    """
    with connect() as client:
        found = find(client, run)
        tail = Tail(client, found["id"], level=level, search=search, since=since, task=task)
        return list(tail.new())


def follow(
    run: str,
    *,
    level: str | int | None = None,
    search: str | None = None,
    since: datetime | timedelta | None = None,
    task: str | None = None,
) -> Iterator[LogLine]:
    """Yield the log of a run, and what comes, until it has ended."""
    with connect() as client:
        found = find(client, run)
        tail = Tail(client, found["id"], level=level, search=search, since=since, task=task)
        quiet_since: float | None = None
        outage, state = Outage(), ""
        while True:
            lines: list[LogLine] = []
            with outage.tolerated():
                state = find(client, found["id"])["state_type"]
                lines = list(tail.new())
            yield from lines
            if state in _ENDED:
                if lines or quiet_since is None:
                    quiet_since = time.monotonic()
                if tail.saw_the_end or time.monotonic() - quiet_since > _LAST_LINES_SECONDS:
                    return
            time.sleep(_POLL_SECONDS)


class Tail:
    """Reads the log of one run again and again; each line is told once."""

    def __init__(
        self,
        client: SyncPrefectClient,
        run: str,
        *,
        level: str | int | None = None,
        search: str | None = None,
        since: datetime | timedelta | None = None,
        task: str | None = None,
    ) -> None:
        self.saw_the_end = False
        """Whether the line has come that Prefect writes last."""
        self._client = client
        self._run = run
        self._level = _level(level)
        self._search = search.casefold() if search else None
        self._since = _moment(since)
        self._task = task
        self._tasks: dict[str, str] = {}
        self._seen: set[str] = set()

    def new(self) -> Iterator[LogLine]:
        """Yield the lines that were not there before, oldest first."""
        found = list(pages(self._client, "/logs/filter", self._body()))
        found = [item for item in found if item["id"] not in self._seen]
        self._learn_tasks({item["task_run_id"] for item in found} - {None, *self._tasks})
        for item in found:
            self._seen.add(item["id"])
            when = datetime.fromisoformat(item["timestamp"])
            self._since = max(filter(None, (self._since, when - _OVERLAP)))
            if item["name"] == "prefect.flow_runs" and item["message"].startswith("Finished in"):
                self.saw_the_end = True
            line = LogLine(
                when,
                logging.getLevelName(item["level"]),
                self._tasks.get(item["task_run_id"], ""),
                item["message"],
            )
            if self._is_wanted(line, item["level"]):
                yield line

    def _body(self) -> dict[str, Any]:
        logs: dict[str, Any] = {"flow_run_id": {"any_": [self._run]}}
        if self._since:
            logs["timestamp"] = {"after_": self._since.isoformat()}
        return {"logs": logs, "sort": "TIMESTAMP_ASC"}

    def _learn_tasks(self, unknown: set[str]) -> None:
        if not unknown:
            return
        body = {"task_runs": {"id": {"any_": sorted(unknown)}}}
        found = pages(self._client, "/task_runs/filter", body)
        self._tasks.update((item["id"], item["name"]) for item in found)

    def _is_wanted(self, line: LogLine, level: int) -> bool:
        if level < self._level:
            return False
        if self._search and self._search not in line.message.casefold():
            return False
        # a task run is called as its task, a dash, and letters of its own
        return not self._task or self._task in (line.task, line.task.rpartition("-")[0])


def _level(level: str | int | None) -> int:
    if level is None or isinstance(level, int):
        return level or 0
    known = logging.getLevelNamesMapping()
    if level.upper() not in known:
        raise not_found("log level", level, ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
    return known[level.upper()]


def _moment(since: datetime | timedelta | None) -> datetime | None:
    if isinstance(since, timedelta):
        return datetime.now().astimezone() - since
    if since is not None and not isinstance(since, datetime):
        raise ParameterError(f"since is {since!r}", hint="a datetime, or a timedelta: how long ago")
    return since.astimezone() if since else None
