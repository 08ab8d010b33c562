"""A wait for Dask workers says why it waits: soon, when that changes, and from time to time."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from qhub.flows import waiting
from qhub.flows.gateway import Access, Workers

NOWHERE = Access("http://127.0.0.1:9", "", "pipelines", "")


class _Clock(logging.Handler):
    """A clock that sleeping moves on, and a log that keeps when something was said."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.said: list[tuple[int, str, str]] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((round(self.now), record.levelname, record.getMessage()))


def test_what_holds_workers_up_is_in_the_log_while_they_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dask_gateway.client import ClusterStatus

    clock = _Clock()
    log = logging.Logger("waiting")
    log.addHandler(clock)
    starting = Workers(("starting", "starting"), 0, None, None, None, ())
    last = Workers(("running", "starting"), 1, None, None, None, ("no module 'x'",))
    monkeypatch.setattr(waiting, "time", clock)
    monkeypatch.setattr(waiting, "workers_of", lambda *_: (clock.now > 30) + (clock.now > 60))
    monkeypatch.setattr(waiting, "describe", lambda *_: last if clock.now > 30 else starting)
    runs: Any = SimpleNamespace(
        name="c", get_cluster=lambda _: SimpleNamespace(status=ClusterStatus.RUNNING)
    )
    waiting.wait_for_workers(runs, runs, NOWHERE, wanted=2, timeout=120, log=log)
    none = "Waiting for Dask workers: 0 of 2 Dask workers are there; 2 are starting"
    one = (
        "Waiting for Dask workers: 1 of 2 Dask workers are there; 1 is starting; "
        "1 ended while they started; the last lines of one:\n  no module 'x'"
    )
    told = [(when, text) for when, level, text in clock.said if level == "WARNING"]
    assert [text for _, text in told] == [none, none, one, one]
    for (when, _), expected in zip(told, (5, 25, 30, 50), strict=True):
        assert expected <= when <= expected + 2
    assert 60 <= clock.now < 62
