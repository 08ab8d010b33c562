from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_API = {"url": "https://prefect.example.com/api"}
_OLD_API = {"url": "http://apollo.example.com:4200"}


@pytest.mark.parametrize(
    "prefect",
    [
        {},
        {"image": None},
        {"image": "prefecthq/prefect:3.8.8-python3.12-kubernetes", "version": "3"},
        {"image": "prefecthq/prefect:3.8-kubernetes", "version": "3.8"},
        {"image": "prefecthq/prefect:latest", "version": "3.9"},
        {"image": "team/agent:2.0.1", "version": "3.8"},
        {"version": "3.2"},
        {"version": 3.8, "image": "team/agent:x"},
        {"image": "NO IMAGE"},
        {"agents": [{"name": "a", "image": "team/agent:3.7"}, {"name": "b", "image": "t/a:x"}]},
        {"storage": "s3://orchard/flows"},
        {"overrides": {"worker": {"limit": 3}, "agent": {}}},
    ],
    ids=str,
)
def test_one_known_generation_is_right(
    prefect: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"prefect": {"enabled": True, "api": _API, **prefect}}) == []


@pytest.mark.parametrize("version", ["0", "0.13", "2.20.1", "4.0"])
def test_a_version_that_qhub_does_not_deploy_is_told_where_it_stands(
    version: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    prefect = {"enabled": True, "image": "team/agent:3.8", "version": version}

    assert told({"prefect": prefect}) == [
        f"error prefect.version: version is {version}, which QHub does not deploy; "
        "it deploys Prefect 0.14 to 1.4 and 3"
    ]


@pytest.mark.parametrize("key", ["server", "storage"])
def test_what_prefect_3_alone_has_is_told_for_prefect_1(
    key: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    prefect = {"enabled": True, "version": "1.4", "image": "team/agent:x", "api": _OLD_API}

    assert told({"prefect": {**prefect, key: "something"}}) == [
        f"error prefect.{key}: '{key}' is for Prefect 3, but this is Prefect 1.4 (prefect.version)"
    ]


def test_a_setting_of_one_agent_is_told_at_its_place(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    agents = [{"name": "a"}, {"name": "b", "overrides": {"agent": {"logLevel": "DEBUG"}}}]

    assert told({"prefect": {"enabled": True, "api": _API, "agents": agents}}) == [
        "error prefect.agents[1].overrides.agent: 'agent' is for Prefect 0.14 to 1.4, "
        "but this is Prefect 3.8.8, QHub's default image"
    ]


@pytest.mark.parametrize(
    ("made_by", "count"), [("0.4.5", 1), ("0.3.13", 1), ("0.5.0", 0), (None, 0), (0.4, 0)]
)
def test_a_file_of_an_older_qhub_learns_what_its_default_was(
    made_by: object, count: int, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    lines = told({"qhub_version": made_by, "prefect": {"enabled": True, "api": _API}})

    assert len(lines) == count
    assert all("meant prefecthq/prefect:0.14.22-python3.8" in line for line in lines)
