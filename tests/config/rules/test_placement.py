from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY_RULE = (
    "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, "
    "63 characters at most, with an optional domain and '/' before it"
)


def _tolerated(toleration: dict[str, Any]) -> dict[str, Any]:
    return {"prefect": {"enabled": True, "overrides": {"tolerations": [toleration]}}}


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "team", "value": "data"},
        {"key": "team", "operator": "Equal", "value": ""},
        {"operator": "Exists"},
        {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
    ],
    ids=str,
)
def test_what_kubernetes_tolerates_is_right(
    toleration: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_tolerated(toleration)) == []


@pytest.mark.parametrize(
    ("toleration", "place", "message"),
    [
        ({"key": "a b"}, ".key", f"'a b' is not a taint's key such as nvidia.com/gpu: {_KEY_RULE}"),
        ({"key": "/a"}, ".key", f"'/a' is not a taint's key such as nvidia.com/gpu: {_KEY_RULE}"),
        (
            {"key": "a", "value": "b c"},
            ".value",
            "'b c' is not a label value such as data-science: letters, digits, '-', '_' and '.', "
            "beginning and ending with a letter or digit, 63 characters at most",
        ),
        (
            {"key": "a", "operator": "Exists", "value": "b"},
            ".value",
            "operator Exists takes no value, but this is 'b'",
        ),
        (
            {"value": "b"},
            "",
            "a toleration without a key is for every taint, with operator Exists alone",
        ),
        (
            {"key": "a", "tolerationSeconds": 5, "effect": "NoSchedule"},
            ".tolerationSeconds",
            "tolerationSeconds goes with effect NoExecute alone",
        ),
    ],
    ids=str,
)
def test_what_kubernetes_refuses_is_told_of_agents_and_jobs(
    toleration: dict[str, Any],
    place: str,
    message: str,
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = _tolerated(toleration)
    data["prefect"]["agents"] = [
        {"name": "main", "overrides": {"job": {"tolerations": [{"key": "x"}, toleration]}}}
    ]

    assert told(data) == [
        f"error prefect.overrides.tolerations[0]{place}: {message}",
        f"error prefect.agents[0].overrides.job.tolerations[1]{place}: {message}",
    ]
