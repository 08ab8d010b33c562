"""What is said of Dask clusters without one: wishes that make no sense, and why workers miss."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qhub import flows
from qhub.flows import waiting
from qhub.flows.dask_clusters import matching
from qhub.flows.dask_errors import ClusterError, WorkersPendingError
from qhub.flows.gateway import Access, Workers

if TYPE_CHECKING:
    from pathlib import Path

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


def test_flows_of_other_names_code_or_settings_share_no_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect import Flow
    from prefect.context import FlowRunContext

    from qhub.flows.shared_cluster import key

    def of(name: str, code: str, revision: str) -> str:
        monkeypatch.setenv("QHUB_CODE_DIGEST", code)
        monkeypatch.setenv("QHUB_REVISION", revision)
        with FlowRunContext.model_construct(flow=Flow(lambda: None, name=name)):
            return key()

    monkeypatch.setenv("QHUB_CODE_PATH", str(tmp_path))
    assert of("one", "c0de", "first") == "one@c0de.first"
    assert of("two", "c0de", "first") == "two@c0de.first"
    assert of("one", "beef", "first") == "one@beef.first"
    assert of("one", "c0de", "") == "one@c0de"


def test_a_cluster_is_known_by_its_flow_where_that_has_but_one() -> None:
    found: Any = [
        SimpleNamespace(name=name, flow=flow)
        for name, flow in (("a1b2", "one@c0de"), ("c3d4", "one@beef"), ("e5f6", "two@c0de"))
    ]
    assert matching(found, "two") is matching(found, "e5") is found[2]
    assert matching(found, "one@beef") is found[1]
    with pytest.raises(ClusterError) as caught:
        matching(found, "one")
    assert str(caught.value) == "several Dask clusters are 'one'"
    assert caught.value.hint == "those that run are a1b2 (one@c0de), c3d4 (one@beef)"
