from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.config.rules.reading import show
from qhub.render.values import agent_values, flow_secret, token_secret
from tests.helm.engine import template
from tests.helm.examples import CHART
from tests.platform.planned import planned

if TYPE_CHECKING:
    from collections.abc import Callable


def _prefect(*agents: dict[str, Any], **block: Any) -> dict[str, Any]:
    return {"prefect": {"enabled": True, "agents": list(agents), **block}}


@pytest.mark.parametrize(
    "queue", ["gpu", "nightly runs", "a.b:c", "üben", "default"], ids=lambda queue: queue
)
def test_a_queue_has_any_name_that_prefect_takes(
    queue: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({"name": "main", "queues": [queue]})) == []


@pytest.mark.parametrize("queue", ["", " ", "a/b", "50%", "a&b", "a<b", "a\tb"])
def test_a_queue_that_prefect_refuses_is_told(
    queue: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({"name": "main", "queues": [queue]})) == [
        f"error prefect.agents[0].queues[0]: {show(queue)} is not the name of a queue: "
        "some text without / % & < >"
    ]


def test_a_queue_is_named_once_also_within_an_agent(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    agents = ({"name": "a", "queues": ["x", "x"]}, {"name": "b", "queues": ["default"]})
    third = {"name": "c", "queues": ["default"]}

    assert told(_prefect(*agents, third)) == [
        "error prefect.agents[0].queues[1]: the queue 'x' is taken already "
        "(prefect.agents[0].queues[0])",
        "error prefect.agents[2].queues[0]: the queue 'default' is taken already "
        "(prefect.agents[1].queues[0])",
    ]


_SHARED = "these queues would belong to several agents: a, b"


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ({"prefect_agent": {"prefectLabels": "['x']"}}, "prefect_agent.prefectLabels"),
        (
            {"prefect_agent": {"PREFECT__CLOUD__AGENT__LABELS": "x"}},
            "prefect_agent.PREFECT__CLOUD__AGENT__LABELS",
        ),
        ({"PREFECT__CLOUD__AGENT__LABELS": ["x"]}, "PREFECT__CLOUD__AGENT__LABELS"),
    ],
    ids=["documented", "variable", "variable at the top"],
)
def test_labels_of_all_are_queues_of_one_worker(
    overrides: dict[str, Any], path: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    a, b, c = {"name": "a"}, {"name": "b"}, {"name": "c", "queues": ["y"]}
    own = {"name": "b", "overrides": {"prefect_agent": {"prefectLabels": ["z"]}}}

    assert told(_prefect(a, b, c, overrides=overrides)) == [
        f"error prefect.overrides.{path}: {_SHARED}"
    ]
    assert told(_prefect(a, c, overrides=overrides)) == []
    assert told(_prefect(a, own, overrides=overrides)) == []
    assert told(_prefect(overrides=overrides)) == []


def test_agents_of_prefect_1_share_labels(told: Callable[[dict[str, Any]], list[str]]) -> None:
    data = _prefect(
        {"name": "a"},
        {"name": "b"},
        image="prefecthq/prefect:1.4.1",
        api={"url": "http://apollo.example.com:4200"},
        overrides={"prefect_agent": {"prefectLabels": ["x"]}},
    )

    assert told(data) == []


def test_an_empty_list_of_labels_shares_nothing(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    overrides = {"prefect_agent": {"prefectLabels": "[]"}}

    assert told(_prefect({"name": "a"}, {"name": "b"}, overrides=overrides)) == []


def test_what_is_switched_off_is_held_to_nothing_else(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = _prefect({"name": "a", "token": "GONE"}, {"name": "a"}, image="prefecthq/prefect:2.0")
    data["prefect"]["enabled"] = False

    assert told(data) == ["warning prefect.agents: no agent is deployed: prefect.enabled is false"]
    assert told({"prefect": {"enabled": False}}) == []


_SUFFIXES = ("-env", "-flow", "-job", "-job-template", "-setup", "-token")


@pytest.mark.parametrize("suffix", _SUFFIXES)
def test_an_agent_is_not_named_as_what_is_made_for_another(
    suffix: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    a, b = {"name": "a"}, {"name": f"a{suffix}"}
    reason = f"both would have objects named qhub-a{suffix}"

    assert told(_prefect(a, b)) == [
        f"error prefect.agents[1].name: the name 'a{suffix}' does not go with 'a' "
        f"(prefect.agents[0].name): {reason}"
    ]
    assert told(_prefect(b, a)) == [
        f"error prefect.agents[1].name: the name 'a' does not go with 'a{suffix}' "
        f"(prefect.agents[0].name): {reason}"
    ]


def test_these_are_the_suffixes_of_all_that_is_made() -> None:
    secrets = {"S3_KEY": {"from_env": "S3_KEY"}, "KEY": {"from_env": "KEY"}}
    made: set[str] = set()
    for image in ("prefecthq/prefect:3.8.8-python3.12-kubernetes", "prefecthq/prefect:1.4.1"):
        api = {"url": "https://prefect.example/api", "token": "KEY"}
        prefect = {"enabled": True, "image": image, "api": api, "agents": [{"name": "a"}]}
        (agent,) = planned(prefect=prefect, secrets=secrets).agents
        made |= {name for name in (flow_secret(agent), token_secret(agent)) if name}
        values = agent_values(agent, project="orchard")
        made |= {each["metadata"]["name"] for each in template(CHART, "qhub-a", "dev", values)}

    assert made == {"qhub-a", *(f"qhub-a{suffix}" for suffix in _SUFFIXES)}


def test_other_names_with_a_dash_are_right(told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told(_prefect({"name": "a"}, {"name": "a-jobs"}, {"name": "b-job"})) == []
