from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_GROUPS: dict[str, Any] = {
    "general": {"instance": "m5.2xlarge", "min_nodes": 1, "max_nodes": 1},
    "gpu": {"instance": "g5.12xlarge", "min_nodes": 0, "max_nodes": 1, "gpu": True},
}


def _aws(profile: dict[str, Any], groups: dict[str, Any] = _GROUPS) -> dict[str, Any]:
    return {
        "provider": "aws",
        "amazon_web_services": {"node_groups": groups},
        "profiles": {"flow_run": {"some": {"cpu": 1, "memory": "2Gi", **profile}}},
    }


def _existing(profile: dict[str, Any]) -> dict[str, Any]:
    selectors = {
        "gpu": {"key": "a", "value": "b", "gpus": 2},
        "plain": {"key": "a", "value": "c", "gpus": 0},
        "some": {"key": "a", "value": "d"},
    }
    return {
        "existing": {"node_selectors": selectors},
        "profiles": {"flow_run": {"some": {"cpu": 64, "memory": "2Ti", **profile}}},
    }


@pytest.mark.parametrize(
    "data",
    [
        _aws({"node_pool": "general"}),
        _aws({"gpus": 4, "node_pool": "gpu"}),
        _aws({"gpus": 1}),
        _aws({"cpu": "7940m", "memory": "31Gi", "node_pool": "general"}),
        _aws({"cpu": 40, "memory": "100Gi"}),
        _aws(
            {"cpu": 500, "memory": "8Ti", "node_pool": "new"},
            {"new": {"instance": "z9.large"}, "n": {"instance": "z9.large"}},
        ),
        _existing({"gpus": 2, "node_pool": "gpu"}),
        _existing({"gpus": 8, "node_pool": "some"}),
        _existing({"gpus": 8}),
        {**_existing({"gpus": 8}), "existing": {}},
        _aws({"gpus": 4, "cpu": 40}),
        _aws({"gpus": 8, "cpu": 500}, {"new": {"instance": "z9.large", "gpu": True}}),
        _aws({"gpus": 8}, {"new": {"instance": "z9.large", "gpus": 8}}),
        {"provider": "embedded", "profiles": _aws({"gpus": 1, "node_pool": "x"})["profiles"]},
    ],
    ids=[
        "a pool",
        "all GPUs of a node",
        "GPUs anywhere",
        "nearly a whole node",
        "fits on the larger pool alone",
        "types whose size nobody knows",
        "GPUs of an existing cluster",
        "a selector that does not say its GPUs",
        "GPUs somewhere on an existing cluster",
        "GPUs of a cluster that names no pools",
        "all GPUs of a node anywhere",
        "GPUs of a type that nobody knows",
        "as many GPUs as the file says",
        "a laptop has no pools",
    ],
)
def test_a_profile_that_finds_its_nodes_is_right(
    data: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert [line for line in told(data) if "profiles" in line.split(":")[0]] == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            _existing({"gpus": 3, "node_pool": "gpu"}),
            "error profiles.flow_run.some.gpus: the profile asks for 3 GPUs, but a node of pool "
            "'gpu' has 2 (existing.node_selectors.gpu)",
        ),
        (
            _existing({"gpus": 1, "node_pool": "plain"}),
            "error profiles.flow_run.some.gpus: the profile asks for 1 GPU, but node pool 'plain' "
            "has none (existing.node_selectors.plain)",
        ),
        (
            _aws({"cpu": "8", "node_pool": "general"}),
            "warning profiles.flow_run.some.cpu: cpu '8' leaves nothing for the system: a node of "
            "'m5.2xlarge' has 8 CPUs (amazon_web_services.node_groups.general.instance)",
        ),
        (
            _aws({"memory": "33Gi", "node_pool": "general"}),
            "error profiles.flow_run.some.memory: memory '33Gi' does not fit: a node of "
            "'m5.2xlarge' has 32 GiB of memory (amazon_web_services.node_groups.general.instance)",
        ),
        (
            _aws({"memory": None, "cpu": 49}),
            "error profiles.flow_run.some: cpu 49 fits on no node of "
            "amazon_web_services.node_groups",
        ),
        (
            _aws({"gpus": 5}),
            "error profiles.flow_run.some.gpus: the profile asks for 5 GPUs, but no node of "
            "amazon_web_services.node_groups has more than 4",
        ),
        (
            _aws(
                {"gpus": 1, "memory": "20Gi"},
                {
                    "general": {"instance": "m5.2xlarge"},
                    "gpu": {"instance": "g5.xlarge", "gpu": True},
                },
            ),
            "error profiles.flow_run.some: cpu 1 with memory '20Gi' fits on no node of "
            "amazon_web_services.node_groups with 1 GPU",
        ),
    ],
    ids=[
        "too few",
        "none",
        "a whole node",
        "more than a node",
        "one amount alone",
        "too few anywhere",
        "only the pool without GPUs is large enough",
    ],
)
def test_a_profile_that_finds_no_node_is_told(
    data: dict[str, Any], expected: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(data) == [expected]


def test_many_pools_are_not_all_listed(told: Callable[[dict[str, Any]], list[str]]) -> None:
    groups = {f"pool{index}": {"instance": "m5.large"} for index in range(11)}

    assert told(_aws({"node_pool": "gone"}, groups)) == [
        "error profiles.flow_run.some.node_pool: there is no node pool 'gone' in "
        "amazon_web_services.node_groups; known: pool0, pool1, pool2, pool3, pool4, pool5, pool6, "
        "pool7 and 3 more"
    ]


def test_each_kind_has_a_default_of_its_own(told: Callable[[dict[str, Any]], list[str]]) -> None:
    one = {"default": True}

    assert told({"profiles": {"flow_run": {"a": one}, "dask_worker": {"a": one}}}) == []
    assert told({"profiles": {"dask_worker": {"a": one, "b": one, "c": one}}}) == [
        f"error profiles.dask_worker.{name}.default: profiles.dask_worker has a default already "
        "(profiles.dask_worker.a.default)"
        for name in ("b", "c")
    ]
