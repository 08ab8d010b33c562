"""Taxi trips, made up but always the same: what the example flows compute with."""

from __future__ import annotations

import numpy as np
import pandas as pd

ZONES = ("Airport", "Harbour", "Midtown", "Old Town", "Stadium", "University")
FIRST_YEAR_MONTH = (2025, 1)
# Where trips begin: Midtown is busy, the stadium is not.
_SHARES = np.array([0.12, 0.08, 0.42, 0.2, 0.05, 0.13])
_RUSH = np.array([1, 1, 1, 1, 1, 2, 4, 8, 9, 6, 5, 5, 6, 5, 5, 6, 8, 10, 10, 8, 7, 6, 4, 2])


def month_of(number: int) -> pd.Period:
    """Return a month by its number, 0 being January 2025."""
    return pd.Period(year=FIRST_YEAR_MONTH[0], month=FIRST_YEAR_MONTH[1], freq="M") + number


def trips(month: int, rows: int = 50_000) -> pd.DataFrame:
    """Return the trips of one month: when, from where to where, how far, what was paid.

    The same month and number of rows give the same trips, on every machine.
    """
    random = np.random.default_rng([2025, month])
    period = month_of(month)
    days = random.integers(0, period.days_in_month, rows)
    hours = random.choice(24, rows, p=_RUSH / _RUSH.sum())
    minutes = random.integers(0, 60, rows)
    since = days * 1440 + hours * 60 + minutes
    distance = random.gamma(2.0, 1.6, rows).round(2) + 0.3
    start = random.choice(len(ZONES), rows, p=_SHARES)
    fare = (3.2 + 2.1 * distance + np.where(start == 0, 9.0, 0.0)).round(2)
    generous = random.normal(0.16, 0.05, rows) + np.where(hours >= 20, 0.03, 0.0)
    return pd.DataFrame(
        {
            "pickup": period.start_time + pd.to_timedelta(since, unit="min"),
            "from_zone": pd.Categorical.from_codes(start, ZONES),
            "to_zone": pd.Categorical.from_codes(random.integers(0, len(ZONES), rows), ZONES),
            "miles": distance,
            "fare": fare,
            "tip": (fare * generous.clip(0, 0.5)).round(2),
        }
    )


def by_zone(frame: pd.DataFrame) -> pd.DataFrame:
    """Return trips, miles, fares and tips of each zone that trips began in."""
    grouped = frame.groupby("from_zone", observed=False)
    return grouped.agg(
        trips=("fare", "size"), miles=("miles", "sum"), fare=("fare", "sum"), tip=("tip", "sum")
    )


def as_table(summary: pd.DataFrame) -> str:
    """Return a summary by zone as people read it, the tip as a share of the fare beside it."""
    shown = summary.assign(
        tip_share=(100 * summary["tip"] / summary["fare"]).map("{:.1f} %".format)
    )
    return shown.round({"miles": 0, "fare": 0, "tip": 0}).to_string()
