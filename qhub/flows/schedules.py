"""When a deployment runs: cron, an interval or an RRULE, each in a time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from qhub.flows import expect
from qhub.flows.errors import ScheduleError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Schedule",
    "Schedules",
    "as_schedules",
    "check_zone",
    "cron",
    "interval",
    "rrule",
    "same",
    "shown",
]

_TEXT = {"text": expect.TEXT}
_INTERVAL = {
    **dict.fromkeys(("days", "hours", "minutes", "seconds"), expect.NUMBER),
    "anchor": expect.optional(expect.Kind("a datetime", lambda v: isinstance(v, datetime))),
}
_SERVERS_START = "DTSTART:20200101T000000"
_EXAMPLES = {"cron": "for example: '0 6 * * 1-5'", "RRULE": "for example: FREQ=DAILY;BYHOUR=6"}
_UNITS = {"d": 86400, "h": 3600, "min": 60}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A checked schedule; `spec` is Prefect's form of it."""

    spec: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return shown(self.spec)


Schedules = Schedule | str | list["Schedule | str"] | tuple["Schedule | str", ...] | None


def cron(text: str, timezone: str = "UTC") -> Schedule:
    """Return a schedule of five cron fields: `cron("0 6 * * 1-5", "Europe/Berlin")`."""
    expect.check("cron()", {"text": text}, _TEXT, ScheduleError)
    check_zone(timezone)
    if not text.strip().startswith("@") and len(text.split()) != 5:
        raise ScheduleError(
            f"'{text}' is not a cron text",
            hint="five fields: minute, hour, day of month, month, day of week; '0 6 * * *'",
        )
    from prefect.client.schemas.schedules import CronSchedule

    _build(CronSchedule, "cron", text, cron=text, timezone=timezone)
    if not _comes(text):
        raise ScheduleError(
            f"the schedule '{text}' never comes", hint="none of its months has such a day"
        )
    return Schedule({"cron": text, "timezone": timezone, "day_or": True})


def interval(
    *,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
    timezone: str = "UTC",
    anchor: datetime | None = None,
) -> Schedule:
    """Return a schedule of equal distances: `interval(minutes=10)`.

    They are counted from `anchor`; without one from 2020-01-01 00:00 in the time zone, so that
    ten minutes are those of the clock, and the same call means the same times.
    """
    given = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, "anchor": anchor}
    expect.check("interval()", given, _INTERVAL, ScheduleError)
    check_zone(timezone)
    try:
        distance = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise ScheduleError(
            "an interval of that length cannot be counted", hint="interval(days=1), for example"
        ) from error
    if distance < timedelta(seconds=1):
        raise ScheduleError(
            f"an interval of {distance.total_seconds():g} seconds is too short",
            hint="interval(minutes=10); a second is the least",
        )
    from zoneinfo import ZoneInfo

    start = anchor or datetime(2020, 1, 1)
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(timezone))
    return Schedule(
        {
            "interval": distance.total_seconds(),
            "anchor_date": start.astimezone(ZoneInfo("UTC")).isoformat(),
            "timezone": timezone,
        }
    )


def rrule(text: str, timezone: str = "UTC") -> Schedule:
    """Return a schedule of an iCalendar rule: `rrule("FREQ=WEEKLY;BYDAY=MO;BYHOUR=6")`."""
    expect.check("rrule()", {"text": text}, _TEXT, ScheduleError)
    check_zone(timezone)
    from prefect.client.schemas.schedules import RRuleSchedule

    def rule(**values: str) -> Any:
        return RRuleSchedule(**values).to_rrule()

    if not _comes_again(_build(rule, "RRULE", text, rrule=text, timezone=timezone)):
        raise ScheduleError(
            f"the schedule '{text}' never comes", hint="it has no date that is not past"
        )
    return Schedule({"rrule": text, "timezone": timezone})


def as_schedules(given: Schedules) -> tuple[Schedule, ...]:
    """Return what `deploy(schedule=…)` was given as schedules; a text is cron in UTC."""
    if given is None:
        return ()
    items: Iterable[object] = given if isinstance(given, list | tuple) else (given,)
    found: list[Schedule] = []
    for item in items:
        if not isinstance(item, Schedule | str):
            raise ScheduleError(
                f"{item!r} is no schedule",
                hint="cron('0 6 * * *'), interval(minutes=10), rrule('FREQ=DAILY'), or a cron text",
            )
        found.append(cron(item) if isinstance(item, str) else item)
    return tuple(found)


def same(wanted: dict[str, Any], there: dict[str, Any]) -> bool:
    """Tell whether two schedules in Prefect's form mean the same times."""
    return _comparable(wanted, wanted) == _comparable(there, wanted)


def shown(spec: dict[str, Any]) -> str:
    """Return a schedule in Prefect's form as people read it."""
    zone = spec.get("timezone") or "UTC"
    if "cron" in spec:
        return f"{spec['cron']} ({zone})"
    if "interval" in spec:
        return f"every {_distance(spec['interval'])} ({zone})"
    return f"{_rule(str(spec.get('rrule', spec)))} ({zone})"


def _rule(text: str) -> str:
    """Return a rule in one line, without the start that the server adds."""
    lines = (line for line in text.splitlines() if line != _SERVERS_START)
    return " ".join(line.removeprefix("RRULE:") for line in lines)


def _distance(seconds: float) -> str:
    """Return "20 s", "10 min", or "1 d 2 h"."""
    rest, parts = seconds, []
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:g} {unit}")
    if rest or not parts:
        parts.append(f"{rest:g} s")
    return " ".join(parts)


def _comes(text: str) -> bool:
    """Tell whether there is a next time, as Prefect's scheduler counts it."""
    from prefect._vendor.croniter.croniter import CroniterBadDateError, croniter

    try:
        croniter(text, datetime(2024, 1, 1)).get_next()  # type: ignore[no-untyped-call] # no types
    except CroniterBadDateError:
        return False
    return True


def _comes_again(rule: Any) -> bool:
    """Tell whether a rule of dateutil's has a date that is not past; such have a zone, or none."""
    try:
        return rule.after(datetime.now(UTC)) is not None
    except TypeError:
        return rule.after(datetime.now()) is not None


def _comparable(spec: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    result = {**spec, "timezone": spec.get("timezone") or "UTC"}
    if "anchor_date" in result:
        result["anchor_date"] = datetime.fromisoformat(str(result["anchor_date"]))
    if "rrule" in result and "DTSTART" not in wanted.get("rrule", "DTSTART"):
        lines = str(result["rrule"]).splitlines()  # the server adds a start where none is given
        rest = [line for line in lines if not line.startswith("DTSTART")]
        result["rrule"] = "\n".join(rest).removeprefix("RRULE:")
    return result


def _build(model: Any, kind: str, text: str, **values: str) -> Any:
    """Let Prefect judge, who will have to follow it; return its form."""
    try:
        return model(**values)
    except (ValueError, AttributeError, TypeError) as error:  # dateutil's on odd rules, too
        found = error.errors() if hasattr(error, "errors") else [{"msg": str(error)}]
        reasons = (item["msg"].removeprefix("Value error, ") for item in found)
        raise ScheduleError(
            f"'{text}' is no {kind} text: {'; '.join(reasons)}", hint=_EXAMPLES[kind]
        ) from error


def check_zone(timezone: str) -> None:
    """Raise `ScheduleError` for a time zone that nobody knows."""
    from zoneinfo import available_timezones

    expect.check("a schedule", {"timezone": timezone}, {"timezone": expect.TEXT}, ScheduleError)

    zones = available_timezones()
    if timezone not in zones:
        near = nearest(timezone, zones)
        raise ScheduleError(
            f"there is no time zone '{timezone}'",
            hint=f"did you mean '{near}'?" if near else "Europe/Berlin, America/New_York, UTC",
        )
