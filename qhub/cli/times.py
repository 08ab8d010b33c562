"""Times on the command line: `10min`, `2h`, `1d`, or a moment such as `2026-11-21T14:00`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

__all__ = ["duration", "since"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta | None:
    """Return how long a text says, or None where it says something else.

    Raises `OverflowError` for more than Python can count.
    """
    found = _DURATION.fullmatch(text.strip())
    return timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else None


def since(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Return a moment, or that so long ago; one without a zone is of this machine's."""
    if value is None:
        return None
    try:
        if (ago := duration(value)) is not None:
            return datetime.now().astimezone() - ago
        return datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"'{value}' is neither like 10min, 2h or 1d nor like 2026-11-21T14:00",
            context,
            parameter,
        ) from error
