"""Which nodes agents and their jobs run on: pools, profiles and overrides against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.platform import Placement, Toleration
from qhub.render.values import agent_values
from tests.platform.planned import agents

if TYPE_CHECKING:
    from qhub.platform import Agent

GPU = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
TEAM = {"key": "team", "operator": "Equal", "value": "a", "effect": "NoSchedule"}
OWN = {"key": "own", "operator": "Exists"}
SIZE = {"cpu": 1, "memory": "1Gi"}
SELECTORS: dict[str, dict[str, Any]] = {
    "general": {"key": "pool", "value": "general"},
    "gpu": {"key": "pool", "value": "gpu", "gpus": 4},
}


def agent(
    common: dict[str, Any],
    own: dict[str, Any],
    *,
    profile: str | None = None,
    is_default: bool = False,
    selectors: dict[str, Any] | None = None,
) -> Agent:
    named = {"profile": profile} if profile else {}
    gpu = {**SIZE, "gpus": 2, "node_pool": "gpu", "default": is_default}
    (made,) = agents(
        prefect={"overrides": common, "agents": [{"name": "a", "overrides": own, **named}]},
        profiles={"flow_run": {"gpu": gpu, "plain": SIZE}},
        existing={"node_selectors": {"gpu": SELECTORS["gpu"]} if selectors is None else selectors},
    ).values()
    return made


def placing(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(key) for key in ("nodeSelector", "gpus", "tolerations"))


COMMON = {"nodeSelector": {"pool": "team", "zone": "a"}, "gpus": 0, "tolerations": [TEAM]}


@pytest.mark.parametrize(
    ("common", "own", "profile", "is_default", "expected"),
    [
        pytest.param(COMMON, {}, "gpu", False, ({"pool": "gpu"}, 2, [GPU, TEAM]), id="named"),
        pytest.param(
            COMMON,
            {},
            None,
            True,
            ({"pool": "team", "zone": "a"}, None, [GPU, TEAM]),
            id="over-the-default-profile",
        ),
        pytest.param(
            {"nodeSelector": {"zone": "a"}},
            {},
            None,
            True,
            ({"pool": "gpu", "zone": "a"}, 2, [GPU]),
            id="key-by-key-over-the-default-profile",
        ),
        pytest.param(
            {**COMMON, "gpus": 3},
            {},
            "plain",
            False,
            ({"pool": "team", "zone": "a"}, None, [TEAM]),
            id="named-without-nodes",
        ),
        pytest.param(
            COMMON,
            {"nodeSelector": {"disk": "ssd"}, "gpus": 1, "tolerations": [OWN, TEAM, GPU]},
            "gpu",
            False,
            ({"pool": "gpu", "disk": "ssd"}, 1, [GPU, TEAM, OWN]),
            id="own-over-named",
        ),
        pytest.param(
            COMMON, {"gpus": 0}, "gpu", False, ({"pool": "gpu"}, None, [GPU, TEAM]), id="own-0-gpus"
        ),
    ],
)
def test_jobs_are_placed_by_the_strongest_and_tolerate_for_all(
    common: dict[str, Any],
    own: dict[str, Any],
    profile: str | None,
    is_default: bool,  # noqa: FBT001
    expected: tuple[Any, ...],
) -> None:
    made = agent({"job": common}, {"job": own}, profile=profile, is_default=is_default)

    assert placing(agent_values(made, project="p")["job"]) == expected
    assert made.job.placement.gpus == (expected[1] or 0)


@pytest.mark.parametrize("provider", ["existing", "local"])
def test_the_general_nodes_place_the_agents_and_not_their_jobs(provider: str) -> None:
    made = agents(prefect={}, provider=provider, **{provider: {"node_selectors": SELECTORS}})[
        "pipelines"
    ]

    values = agent_values(made, project="p")
    assert values["nodeSelector"] == {"pool": "general"}
    assert values["job"] == {}


def test_an_agents_own_node_selector_is_merged_over_the_general_one() -> None:
    made = agent(
        {"nodeSelector": {"pool": "team"}, "tolerations": [TEAM]},
        {"nodeSelector": {"zone": "a"}, "tolerations": [OWN]},
        selectors=SELECTORS,
    )

    values = agent_values(made, project="p")
    assert values["nodeSelector"] == {"pool": "team", "zone": "a"}
    assert values["tolerations"] == [TEAM, OWN]


def test_agents_tolerate_the_taints_of_general_spot_nodes() -> None:
    made = agent({}, {}, selectors={**SELECTORS, "general": {**SELECTORS["general"], "spot": True}})

    assert made.placement == Placement(
        {"pool": "general"},
        (
            Toleration("cloud.google.com/gke-spot"),
            Toleration("kubernetes.azure.com/scalesetpriority"),
        ),
        gpus=0,
    )


def test_other_settings_of_jobs_stay_beside_their_placement() -> None:
    made = agent({"job": {**COMMON, "backoffLimit": 2}}, {"job": {"labels": {"a": "b"}}})

    assert made.settings == {
        "job": {"backoffLimit": 2, "labels": {"a": "b"}, "tolerations": [TEAM]}
    }
