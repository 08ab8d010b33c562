"""Times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from qhub.cli import times

CONTEXT = click.Context(click.Command("logs"))
OPTION = click.Option(["--since"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("90s", timedelta(seconds=90)),
        ("10min", timedelta(minutes=10)),
        ("10 m", timedelta(minutes=10)),
        ("1.5h", timedelta(minutes=90)),
        (" 2d ", timedelta(days=2)),
        ("0s", timedelta(0)),
        ("2 weeks", None),
        ("", None),
    ],
)
def test_a_duration_has_a_unit(text: str, wanted: timedelta | None) -> None:
    assert times.duration(text) == wanted


def test_a_duration_is_that_long_ago() -> None:
    before = datetime.now(UTC)
    found = times.since(CONTEXT, OPTION, "2h")
    assert found is not None
    assert before - timedelta(hours=2) <= found <= datetime.now(UTC) - timedelta(hours=2)
    now = times.since(CONTEXT, OPTION, "0s")
    assert now is not None
    assert now >= before


def test_a_moment_without_a_zone_is_of_this_machine() -> None:
    assert (
        times.since(CONTEXT, OPTION, "2026-11-21T14:00") == datetime(2026, 11, 21, 14).astimezone()
    )
    assert times.since(CONTEXT, OPTION, "2026-11-21T14:00+02:00") == datetime(
        2026, 11, 21, 12, tzinfo=UTC
    )


@pytest.mark.parametrize("text", ["lately", "99999999999d", "9999999d", "2026-13-01"])
def test_anything_else_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter) as raised:
        times.since(CONTEXT, OPTION, text)
    assert raised.value.message == (
        f"'{text}' is neither like 10min, 2h or 1d nor like 2026-11-21T14:00"
    )
