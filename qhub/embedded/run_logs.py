"""What flow runs wrote, as Prefect keeps it, and which run somebody means.

Prefect hands on log lines in batches: they are there one or two seconds after they were written,
and those of a Dask worker may come after newer ones of the flow.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from qhub.embedded.errors import AmbiguousRunError, ApiError, UnknownLogError
from qhub.embedded.logs import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qhub.embedded.api import Api
    from qhub.embedded.layout import Layout

__all__ = ["find", "find_on_disk", "has_ended", "of_run"]

_POLL_SECONDS = 1.0
_FLUSH_SECONDS = 3.0
"""How long after a run's end lines of it may still come."""
_GONE_SECONDS = 60
"""How long the server may be away, as when it is started anew."""
_OVERLAP = timedelta(seconds=10)
_SEARCHED = 2000
"""Of so many runs, the newest, an id may be begun."""
_NOT_FOUND = 404
_LEVELS = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"), (0, "DEBUG"))
_FINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


def find(api: Api, word: str) -> str:
    """Return the id of the run that has this id, this name, or an id that begins so.

    Raises `UnknownLogError` and `AmbiguousRunError`.
    """
    if _is_id(word):
        try:
            return str(api.get(f"/flow_runs/{word}")["id"])
        except ApiError as error:
            if error.http_status != _NOT_FOUND:
                raise
    runs = {"flow_runs": {"name": {"any_": [word]}}, "sort": "EXPECTED_START_TIME_DESC"}
    named = [run["id"] for run in api.every("/flow_runs/filter", runs)]
    if found := _only(word, named):
        return found
    newest = api.every("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC"})
    known = {run["id"]: run["name"] for run in islice(newest, _SEARCHED)}
    if found := _only(word, [run for run in known if run.startswith(word.lower())]):
        return found
    raise UnknownLogError(f"run/{word}", [f"run/{name}" for name in islice(known.values(), 5)])


def find_on_disk(layout: Layout, word: str) -> str | None:
    """Return the id of the run that has this id, or one that begins so, from the files of runs."""
    files = layout.run_log("any").parent.glob("*.log")
    return _only(word, sorted(file.stem for file in files if file.stem.startswith(word.lower())))


def has_ended(api: Api, run: str) -> Callable[[], bool]:
    """Return what tells whether a run is in a final state; it asks once in a second."""
    asked, answer, gone = 0.0, False, time.monotonic()

    def ended() -> bool:
        nonlocal asked, answer, gone
        now = time.monotonic()
        if not answer and now - asked >= _POLL_SECONDS:
            asked = now
            try:
                answer = api.get(f"/flow_runs/{run}")["state_type"] in _FINAL
                gone = now
            except ApiError as error:
                if error.http_status is not None or now - gone > _GONE_SECONDS:
                    raise
        return answer

    return ended


def of_run(
    api: Api, run: str, *, lines: int, since: datetime | None = None, follow: bool = False
) -> Iterator[Line]:
    """Yield the last lines of a run, with `follow` until it has ended and all of them came."""
    seen: set[str] = set()
    after = since
    for entry in _last(api, run, lines, since):
        after = _time(entry)
        seen.add(entry["id"])
        yield _line(entry)
    if not follow:
        return
    ended = has_ended(api, run)
    end = None
    while end is None or time.monotonic() < end:
        if end is None and ended():
            end = time.monotonic() + _FLUSH_SECONDS
        for entry in _new(api, run, after):
            if entry["id"] not in seen:
                after = max(after or _time(entry), _time(entry))
                seen.add(entry["id"])
                yield _line(entry)
        time.sleep(_POLL_SECONDS / 2)


def _last(api: Api, run: str, lines: int, since: datetime | None) -> list[dict[str, Any]]:
    newest = api.every("/logs/filter", {"logs": _of(run, since), "sort": "TIMESTAMP_DESC"})
    return list(islice(newest, lines))[::-1]


def _new(api: Api, run: str, after: datetime | None) -> list[dict[str, Any]]:
    """Return what came, and some of what was there; nothing while the server is away."""
    logs = _of(run, after - _OVERLAP if after else None)
    try:
        return list(api.every("/logs/filter", {"logs": logs, "sort": "TIMESTAMP_ASC"}))
    except ApiError as error:
        if error.http_status is not None:
            raise
        return []


def _of(run: str, after: datetime | None) -> dict[str, Any]:
    logs: dict[str, Any] = {"flow_run_id": {"any_": [run]}}
    return logs if after is None else logs | {"timestamp": {"after_": after.isoformat()}}


def _line(entry: Mapping[str, Any]) -> Line:
    level = next(name for least, name in _LEVELS if entry["level"] >= least)
    return Line(_time(entry), level, entry["name"], entry["message"])


def _time(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["timestamp"]).astimezone()


def _is_id(word: str) -> bool:
    try:
        UUID(word)
    except ValueError:
        return False
    return True


def _only(word: str, ids: list[str]) -> str | None:
    if len(ids) > 1:
        raise AmbiguousRunError(word, ids)
    return ids[0] if ids else None
