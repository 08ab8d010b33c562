"""Schedules are checked where they are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows import cron, interval, rrule
from qhub.flows.errors import ScheduleError
from qhub.flows.schedules import as_schedules, same, shown

if TYPE_CHECKING:
    from collections.abc import Callable


def test_schedules_are_shown_as_people_write_them() -> None:
    found = [
        cron("0 6 * * 1-5", "Europe/Berlin"),
        cron("@daily"),
        interval(minutes=10),
        interval(seconds=20),
        interval(days=1, hours=2, timezone="America/New_York"),
        rrule("FREQ=WEEKLY;BYDAY=MO"),
    ]
    assert [str(item) for item in found] == [
        "0 6 * * 1-5 (Europe/Berlin)",
        "@daily (UTC)",
        "every 10 min (UTC)",
        "every 20 s (UTC)",
        "every 1 d 2 h (America/New_York)",
        "FREQ=WEEKLY;BYDAY=MO (UTC)",
    ]


def test_a_rule_that_prefect_wrote_is_shown_in_one_line() -> None:
    stored = "DTSTART:20200101T000000\nRRULE:FREQ=WEEKLY;BYDAY=MO"
    assert shown({"rrule": stored, "timezone": "UTC"}) == "FREQ=WEEKLY;BYDAY=MO (UTC)"
    own = "DTSTART:20250101T060000\nRRULE:FREQ=DAILY"
    assert shown({"rrule": own}) == "DTSTART:20250101T060000 FREQ=DAILY (UTC)"


def test_a_day_that_comes_seldom_is_one() -> None:
    assert str(cron("0 0 29 2 *")) == "0 0 29 2 * (UTC)"


def test_an_interval_is_counted_from_a_moment_that_does_not_move() -> None:
    assert interval(minutes=10) == interval(minutes=10)
    berlin = interval(hours=6, timezone="Europe/Berlin").spec["anchor_date"]
    assert berlin == "2019-12-31T23:00:00+00:00"
    own = interval(hours=6, anchor=datetime(2026, 1, 1, 3, tzinfo=UTC)).spec["anchor_date"]
    assert own == "2026-01-01T03:00:00+00:00"


def test_the_start_that_prefect_adds_to_a_rule_is_no_difference() -> None:
    wanted = rrule("FREQ=DAILY").spec
    there = {"rrule": "DTSTART:20261121T000000\nRRULE:FREQ=DAILY", "timezone": "UTC"}
    assert same(wanted, there)
    assert not same(rrule("FREQ=HOURLY").spec, there)
    assert not same(rrule("DTSTART:20250101T000000\nRRULE:FREQ=DAILY").spec, there)


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda: cron("0 6 * *"), "'0 6 * *' is not a cron text", "five fields"),
        (lambda: cron("0 6 * * * *"), "'0 6 * * * *' is not a cron text", "five fields"),
        (lambda: cron("0 25 * * *"), "'0 25 * * *' is no cron text: Invalid cron", ""),
        (lambda: cron("@often"), "'@often' is no cron text: Invalid cron string", ""),
        (
            lambda: cron("0 6 * * *", "Europe/Berln"),
            "there is no time zone 'Europe/Berln'",
            "did you mean 'Europe/Berlin'?",
        ),
        (lambda: cron("0 0 31 2 *"), "the schedule '0 0 31 2 *' never comes", "none of its months"),
        (lambda: cron(5), "cron(): text has to be a text, and is of the type int", ""),  # type: ignore[arg-type] # the mistake
        (lambda: cron("0 6 * * *", 3), "a schedule: timezone has to be a text", ""),  # type: ignore[arg-type] # the mistake
        (lambda: interval(hours="a"), "interval(): hours has to be a number", ""),  # type: ignore[arg-type] # the mistake
        (lambda: interval(days=1e12), "an interval of that length cannot be counted", ""),
        (lambda: rrule([]), "rrule(): text has to be a text, and is of the type list", ""),  # type: ignore[arg-type] # the mistake
        (lambda: rrule("FREQ=OFTEN"), "'FREQ=OFTEN' is no RRULE text: Invalid RRule", ""),
        (lambda: rrule("daily"), "'daily' is no RRULE text: ", ""),
        (
            lambda: rrule("FREQ=MONTHLY;UNTIL=19990101T000000"),
            "the schedule 'FREQ=MONTHLY;UNTIL=19990101T000000' never comes",
            "it has no date that is not past",
        ),
        (
            lambda: rrule("RDATE:20200101T060000", "Europe/Berlin"),
            "the schedule 'RDATE:20200101T060000' never comes",
            "it has no date that is not past",
        ),
        (
            lambda: rrule("FREQ=DAILY;UNTIL=20991231T000000Z"),
            "'FREQ=DAILY;UNTIL=20991231T000000Z' is no RRULE text: RRULE UNTIL values",
            "",
        ),
        (lambda: interval(), "an interval of 0 seconds is too short", "interval(minutes=10)"),
        (lambda: as_schedules([3]), "3 is no schedule", "cron('0 6 * * *')"),  # type: ignore[list-item] # the mistake
    ],
)
def test_a_wrong_schedule_is_refused(make: Callable[[], Any], message: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as raised:
        make()
    assert str(raised.value).startswith(message)
    assert raised.value.hint.startswith(hint)
