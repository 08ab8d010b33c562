"""When a line of a program's log was written, as far as it says."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["stamped"]

_WITH_DATE = re.compile(r"^(?:\[\w )?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
_TIME_ALONE = re.compile(r"^(\d\d:\d\d:\d\d)\.\d{3} \| ")


def stamped(lines: Sequence[str], log: Path) -> list[tuple[datetime | None, str]]:
    """Return each line with its time, in the zone of this machine.

    Prefect's lines have the time of day alone: from the last change of the file, days are counted
    backwards. A line without a time has that of the line above.
    """
    times: list[datetime | None] = []
    try:
        newest = datetime.fromtimestamp(log.stat().st_mtime).astimezone()
    except FileNotFoundError:
        newest = datetime.now().astimezone()
    for line in reversed(lines):
        at = _time(line, newest)
        newest = at or newest
        times.append(at)
    times.reverse()
    known: datetime | None = None
    told = []
    for at, line in zip(times, lines, strict=True):
        known = at or known
        told.append((known, line))
    return told


def _time(line: str, newest: datetime) -> datetime | None:
    if found := _WITH_DATE.match(line):
        return _at(date.fromisoformat(found[1]), found[2])
    if found := _TIME_ALONE.match(line):
        at = _at(newest.date(), found[1])
        # Half a minute of grace: the file's time is that of the last line, more or less.
        return at if at <= newest + timedelta(seconds=30) else at - timedelta(days=1)
    return None


def _at(day: date, time: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{time}").astimezone()
