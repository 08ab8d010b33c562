"""What is said of Dask clusters without one: wishes that make no sense, and why workers miss."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from qhub import flows
from qhub.flows import waiting
from qhub.flows.dask_errors import ClusterError, WorkersPendingError
from qhub.flows.gateway import Access, Workers

NOWHERE = Access("http://127.0.0.1:9", "", "pipelines", "")


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "60", True])
@pytest.mark.parametrize("name", ["idle_timeout", "timeout"])
def test_a_time_that_is_none_is_refused_before_anything_starts(name: str, seconds: Any) -> None:
    expected = rf"^{name}={seconds!r}: a number of seconds from 0 was expected$"
    with pytest.raises(ClusterError, match=expected):
        flows.dask_task_runner(**{name: seconds})
    with pytest.raises(ClusterError, match=expected), flows.cluster(**{name: seconds}):
        pass


@pytest.mark.parametrize("seconds", [0, 0.5, 60])
def test_times_from_0_are_taken(seconds: float) -> None:
    runner = flows.dask_task_runner(idle_timeout=seconds, timeout=seconds)
    assert runner.cluster_kwargs["idle_timeout"] == seconds


@pytest.mark.parametrize(
    ("wanted", "have", "states", "expected"),
    [
        (4, 2, ["starting"] * 4, "2 of 4 Dask workers are there; 2 are starting"),
        (4, 2, ["running"] * 2 + ["starting"] * 2, "2 of 4 Dask workers are there; 2 are starting"),
        (1, 0, ["starting"] * 2, "0 of 2 Dask workers are there; 2 are starting"),
        (4, 3, ["starting"] * 4, "3 of 4 Dask workers are there; 1 is starting"),
        (2, 0, [], "0 of 2 Dask workers are there"),
    ],
)
def test_the_workers_that_are_there_and_those_that_start_add_up(
    monkeypatch: pytest.MonkeyPatch, wanted: int, have: int, states: list[str], expected: str
) -> None:
    from dask_gateway.client import ClusterStatus

    told = Workers(tuple(states), 0, None, None, None, ())
    monkeypatch.setattr(waiting, "workers_of", lambda *_: have)
    monkeypatch.setattr(waiting, "describe", lambda *_: told)
    runs: Any = SimpleNamespace(
        name="c", get_cluster=lambda _: SimpleNamespace(status=ClusterStatus.RUNNING)
    )
    with pytest.raises(WorkersPendingError) as caught:
        waiting.wait_for_workers(
            runs, runs, NOWHERE, wanted=wanted, timeout=0, log=logging.getLogger()
        )
    assert str(caught.value).splitlines()[0] == f"after 0 s {expected}"
