from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.helm.examples import CHART

if TYPE_CHECKING:
    from collections.abc import Callable

_OVER = "the request '2' is more than the limit '1'"


def _overrides(*blocks: dict[str, Any], **agent: Any) -> dict[str, Any]:
    common, *own = blocks
    agents = [{"name": f"a{index}", "overrides": block, **agent} for index, block in enumerate(own)]
    profiles = {"flow_run": {"small": {"cpu": 1, "memory": "1Gi"}}}
    prefect = {"enabled": True, "overrides": common, "agents": agents}
    return {"prefect": prefect, "profiles": profiles}


def _job(**resources: Any) -> dict[str, Any]:
    return {"job": {"resources": resources}}


_RESOURCES = "job.resources"


def _spellings(
    documented: str, singular: str, old: str, cpu: str
) -> dict[str, tuple[dict[str, Any], str]]:
    """Return every way to write one amount of CPU, with its place below the overrides."""
    plural, single = _job(**{documented: {"cpu": cpu}}), _job(**{singular: {"cpu": cpu}})
    return {
        "documented": ({"prefect_agent": plural}, f"prefect_agent.{_RESOURCES}.{documented}.cpu"),
        "singular": ({"prefect_agent": single}, f"prefect_agent.{_RESOURCES}.{singular}.cpu"),
        "chart": (plural, f"{_RESOURCES}.{documented}.cpu"),
        "old": ({old: cpu}, old),
        "old in prefect_agent": ({"prefect_agent": {old: cpu}}, f"prefect_agent.{old}"),
    }


_REQUESTS = _spellings("requests", "request", "JOB_CPU_REQUEST", "2")
_LIMITS = _spellings("limits", "limit", "JOB_CPU_LIMIT", "1")


@pytest.mark.parametrize("limit", _LIMITS)
@pytest.mark.parametrize("request_", _REQUESTS)
def test_a_request_is_held_to_the_limit_in_every_spelling(
    request_: str, limit: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    asked, request_path = _REQUESTS[request_]
    allowed, limit_path = _LIMITS[limit]

    assert told(_overrides(allowed, asked)) == [
        f"error prefect.agents[0].overrides.{request_path}: {_OVER} "
        f"(prefect.overrides.{limit_path})"
    ]


def test_what_is_wrong_for_all_agents_is_told_once(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    common = {"JOB_CPU_REQUEST": "2", "JOB_CPU_LIMIT": "1"}
    other = {"JOB_MEM_REQUEST": "1Gi"}

    assert told(_overrides(common, other, other)) == [
        f"error prefect.overrides.JOB_CPU_REQUEST: {_OVER} (prefect.overrides.JOB_CPU_LIMIT)"
    ]


def test_an_agents_profile_stands_between_the_overrides(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = _overrides({"JOB_CPU_LIMIT": "1"}, {"JOB_CPU_REQUEST": "2"}, profile="small")

    assert told(data) == []


@pytest.mark.parametrize(
    "block",
    [
        {"JOB_CPU_REQUEST": "2", "JOB_CPU_LIMIT": ""},
        {"JOB_CPU_REQUEST": "2", "JOB_MEM_LIMIT": "1Gi"},
        {"JOB_CPU_REQUEST": "1.0", "JOB_CPU_LIMIT": "1000m"},
        {"JOB_MEM_REQUEST": "1G", "JOB_MEM_LIMIT": "1Gi"},
        {"JOB_CPU_REQUEST": "a lot", "JOB_CPU_LIMIT": 1},
        {
            "prefect_agent": _job(requests={"cpu": 1}, limits={"cpu": 1}),
            "JOB_CPU_REQUEST": 2,
        },
    ],
    ids=["empty", "other resource", "equal", "units", "no quantity", "documented form wins"],
)
def test_a_request_within_its_limit_is_right(
    block: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_overrides(block)) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(512, "512 is 512 bytes"), ("2048", "'2048' is 2048 bytes"), ("0.5", "'0.5' is 1 byte")],
)
def test_memory_without_a_unit_is_told_wherever_it_stands(
    value: object, shown: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    data = _overrides({"JOB_MEM_LIMIT": value}, {"JOB_MEM_LIMIT": value})
    data["dask_gateway"] = {"limits": {"memory": value}}
    data["profiles"] = {"dask_worker": {"w": {"worker_memory": value}}}

    assert told(data) == [
        f"error {path}: {shown} of memory, with which nothing starts"
        for path in (
            "profiles.dask_worker.w.worker_memory",
            "dask_gateway.limits.memory",
            "prefect.overrides.JOB_MEM_LIMIT",
            "prefect.agents[0].overrides.JOB_MEM_LIMIT",
        )
    ]


@pytest.mark.parametrize("memory", [0, "0", "1Mi", 10**9, "1e7"])
def test_memory_that_starts_something_is_right(
    memory: object, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"profiles": {"flow_run": {"a": {"cpu": 1, "memory": memory}}}}) == []


def test_a_worker_is_held_to_the_gateways_defaults(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = {
        "default_images": {"flow": "team/flow:1"},
        "dask_gateway": {"enabled": True, "limits": None},
        "profiles": {"dask_worker": {"w": {"worker_memory_limit": "1Ti"}}},
    }

    assert told(data) == [
        "error profiles.dask_worker.w.worker_memory_limit: worker_memory_limit '1Ti' is more than "
        "one Dask cluster may use: '320Gi' (dask_gateway.limits.memory, its default)"
    ]
    assert told({**data, "dask_gateway": {"enabled": False}}) == []


@pytest.mark.parametrize("provider", ["embedded", None])
def test_only_kubernetes_needs_a_flow_image(
    provider: str | None, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"provider": provider, "dask_gateway": {"enabled": True}}) == []


def _own(requests: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    return {"resources": {"requests": requests, "limits": limits}}


def test_an_agents_own_request_is_held_to_its_limit(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told(_overrides(_own({"cpu": "2"}, {}), _own({}, {"cpu": "1"}))) == [
        f"error prefect.overrides.resources.requests.cpu: {_OVER} "
        "(prefect.agents[0].overrides.resources.limits.cpu)"
    ]
    assert told(_overrides(_own({"cpu": "2"}, {"cpu": "1"}), {}, {})) == [
        f"error prefect.overrides.resources.requests.cpu: {_OVER} "
        "(prefect.overrides.resources.limits.cpu)"
    ]


@pytest.mark.parametrize(
    ("block", "place", "message"),
    [
        (
            _own({"memory": "1Gi"}, {}),
            "requests.memory",
            "the request '1Gi' is more than the limit '512Mi' that holds by default",
        ),
        (
            _own({}, {"memory": "128Mi"}),
            "limits.memory",
            "the limit '128Mi' is less than the request '256Mi' that holds by default",
        ),
        (
            _own({}, {"cpu": 0.05}),
            "limits.cpu",
            "the limit 0.05 is less than the request '100m' that holds by default",
        ),
    ],
    ids=["memory request", "memory limit", "CPU limit"],
)
def test_what_an_agent_leaves_out_holds_by_default(
    block: dict[str, Any],
    place: str,
    message: str,
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told(_overrides(block)) == [f"error prefect.overrides.resources.{place}: {message}"]


@pytest.mark.parametrize(
    "block",
    [
        _own({"cpu": 64}, {}),
        _own({"memory": "512Mi"}, {}),
        _own({}, {"memory": "256Mi"}),
        _own({"memory": "1Gi"}, {"memory": ""}),
        _own({"memory": "a lot"}, {}),
        {"resources": []},
    ],
    ids=["CPU has no limit", "equal", "equal limit", "no limit", "no quantity", "no resources"],
)
def test_an_agent_within_its_defaults_is_right(
    block: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_overrides(block)) == []


def test_the_defaults_are_those_of_the_chart() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    defaults = _own({"cpu": "100m", "memory": "256Mi"}, {"cpu": "", "memory": "512Mi"})

    assert values["resources"] == defaults["resources"]


def test_an_agents_own_memory_has_a_unit(told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told(_overrides({}, _own({"memory": 256}, {"memory": 512}))) == [
        f"error prefect.agents[0].overrides.resources.{kind}.memory: {amount} is {amount} bytes "
        "of memory, with which nothing starts"
        for kind, amount in (("requests", 256), ("limits", 512))
    ]
