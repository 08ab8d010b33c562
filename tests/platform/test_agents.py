"""The agents of a config: what they share, what is their own, and which of the two wins."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.config.model import ExistingSecret, FromEnv, Secret
from qhub.platform import Api, Placement, Toleration
from tests.platform.planned import SERVER, agents, planned

OLD_IMAGE = "prefecthq/prefect:0.14.22-python3.8"
SECRETS = {
    "AUTH": {"from_env": "TF_VAR_auth"},
    "GPU_AUTH": {"from_env": "TF_VAR_gpu_auth"},
    "S3": {"from_env": "TF_VAR_s3"},
    "SSH": {"existing_secret": "ssh", "key": "id"},
}
AUTH = Secret("AUTH", FromEnv("TF_VAR_auth"))
GPU_AUTH = Secret("GPU_AUTH", FromEnv("TF_VAR_gpu_auth"))
S3 = Secret("S3", FromEnv("TF_VAR_s3"))
SSH = Secret("SSH", ExistingSecret("ssh", "id"))


def job(**keys: Any) -> dict[str, Any]:
    return {"prefect_agent": {"job": keys}}


def test_prefect_switched_off_has_no_agents() -> None:
    assert planned(prefect={"enabled": False, "agents": [{"name": "a"}]}).agents == ()


def test_agents_are_sorted_by_name() -> None:
    assert list(agents(prefect={"agents": [{"name": "b"}, {"name": "a"}]})) == ["a", "b"]


@pytest.mark.parametrize(
    ("prefect", "queues", "labels"),
    [
        pytest.param({"agents": [{"name": "a", "queues": ["x"]}]}, ("x",), (), id="queues"),
        pytest.param(
            {"overrides": {"prefect_agent": {"prefectLabels": ["x"]}}}, ("x",), (), id="labels"
        ),
        pytest.param(
            {"image": OLD_IMAGE, "agents": [{"name": "a", "queues": ["x"]}]},
            (),
            ("x",),
            id="queues-of-an-old-agent",
        ),
        pytest.param(
            {
                "overrides": {"prefect_agent": {"prefectLabels": ["common"]}},
                "agents": [{"name": "a", "queues": ["x"]}],
            },
            ("x",),
            (),
            id="own-queues-win",
        ),
        pytest.param(
            {
                "agents": [
                    {
                        "name": "a",
                        "queues": ["x", "y"],
                        "overrides": {"prefect_agent": {"prefectLabels": ["y", "z"]}},
                    }
                ]
            },
            ("x", "y", "z"),
            (),
            id="both-of-its-own",
        ),
    ],
)
def test_queues_and_labels_are_one_thing_in_two_generations(
    prefect: dict[str, Any], queues: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    (agent,) = agents(prefect=prefect).values()

    assert (agent.queues, agent.labels) == (queues, labels)


def test_flows_read_every_secret_that_is_nobodys_credential() -> None:
    made = agents(
        prefect={
            "api": {**SERVER, "token": "AUTH"},
            "agents": [{"name": "a"}, {"name": "b", "token": "GPU_AUTH", "secrets": ["S3"]}],
        },
        secrets=SECRETS,
    )

    assert (made["a"].token, made["a"].secrets) == (AUTH, (S3, SSH))
    assert (made["b"].token, made["b"].secrets) == (GPU_AUTH, (S3,))


def test_an_agent_may_read_no_secret_at_all() -> None:
    made = agents(prefect={"agents": [{"name": "a", "secrets": []}]}, secrets=SECRETS)

    assert made["a"].secrets == ()


def test_secret_variables_of_all_and_of_one_agent_are_its_secrets() -> None:
    made = agents(
        prefect={
            "overrides": {"secretEnvVars": {"A": {"from_env": "A"}, "B": {"from_env": "B"}}},
            "agents": [
                {"name": "x", "overrides": {"secretEnvVars": {"B": {"from_env": "OWN"}}}},
                {"name": "y"},
            ],
        }
    )

    assert made["x"].secrets == (Secret("A", FromEnv("A")), Secret("B", FromEnv("OWN")))
    assert made["y"].secrets == (Secret("A", FromEnv("A")), Secret("B", FromEnv("B")))


def test_a_variable_is_plain_or_secret_but_not_both() -> None:
    made = agents(
        prefect={
            "overrides": {"envVars": {"A": "text", "B": "text"}},
            "agents": [{"name": "x", "overrides": {"secretEnvVars": {"A": {"from_env": "A"}}}}],
        }
    )

    assert made["x"].env_vars == {"B": "text"}
    assert made["x"].secrets == (Secret("A", FromEnv("A")),)


def test_overrides_are_merged_key_by_key_and_lists_replaced() -> None:
    common = {"podLabels": {"team": "a", "tier": "cpu"}, "extraVolumes": [{"name": "x"}]}
    own = {"podLabels": {"tier": "gpu"}, "extraVolumes": [], "envVars": {"B": "own"}}
    made = agents(
        prefect={
            "overrides": {**common, "envVars": {"A": "1", "B": "common"}},
            "agents": [{"name": "x", "overrides": own}, {"name": "y"}],
        }
    )

    assert made["x"].settings == {"podLabels": {"team": "a", "tier": "gpu"}, "extraVolumes": []}
    assert made["x"].env_vars == {"A": "1", "B": "own"}
    assert made["y"].settings == common
    assert made["y"].env_vars == {"A": "1", "B": "common"}


@pytest.mark.parametrize(
    ("prefect", "api"),
    [
        pytest.param({}, Api("server", SERVER["url"]), id="server"),
        pytest.param({"api": {}}, Api("deployed", None), id="deployed"),
        pytest.param(
            {"image": OLD_IMAGE, "api": {}},
            Api("hosted", "https://api.prefect.io/graphql"),
            id="hosted",
        ),
    ],
)
def test_every_agent_knows_its_api(prefect: dict[str, Any], api: Api) -> None:
    (agent,) = agents(prefect=prefect).values()

    assert agent.api == api


@pytest.mark.parametrize(
    ("keys", "image", "job_image"),
    [
        pytest.param({}, "team/all:3.8", "team/all:3.8", id="prefect.image"),
        pytest.param(
            {"image": "team/own:3.8"}, "team/own:3.8", "team/own:3.8", id="agents[].image"
        ),
        pytest.param({"flow": "team/flow:1"}, "team/all:3.8", "team/flow:1", id="flow-image"),
    ],
)
def test_jobs_run_the_flow_image_else_the_agents(
    keys: dict[str, str], image: str, job_image: str
) -> None:
    flow = {"flow": keys["flow"]} if "flow" in keys else {}
    own = {"image": keys["image"]} if "image" in keys else {}
    (agent,) = agents(
        prefect={"image": "team/all:3.8", "agents": [{"name": "a", **own}]}, default_images=flow
    ).values()

    assert (agent.image, agent.job.image) == (image, job_image)


SMALL = {"cpu": 1, "memory": "2Gi", "memory_limit": "3Gi"}
LARGE = {"cpu": 8, "memory": "64Gi"}
OF_SMALL = ("1", "1", "2Gi", "3Gi")
OF_LARGE = ("8", "8", "64Gi", "64Gi")


@pytest.mark.parametrize(
    ("default", "common", "profile", "own", "resources"),
    [
        pytest.param(False, {}, None, {}, (None,) * 4, id="nothing-said"),
        pytest.param(True, {}, None, {}, OF_SMALL, id="default-profile"),
        pytest.param(True, {}, "large", {}, OF_LARGE, id="named-profile"),
        pytest.param(
            False,
            job(resources={"requests": {"cpu": 2}, "limits": {"memory": "1Gi"}}),
            None,
            {},
            ("2", None, None, "1Gi"),
            id="overrides",
        ),
        pytest.param(
            True,
            job(resources={"limits": {"cpu": 4}}),
            None,
            {},
            (None, "4", "2Gi", "3Gi"),
            id="overrides-replace-the-default-profiles-cpu",
        ),
        pytest.param(
            True,
            job(resources={"limits": {"cpu": 4}}),
            "large",
            {},
            OF_LARGE,
            id="the-named-profile-wins-over-the-overrides-of-all",
        ),
        pytest.param(
            False,
            job(resources={"limits": {"cpu": 4}}),
            "large",
            job(resources={"requests": {"memory": "1Gi"}}),
            ("8", "8", "1Gi", None),
            id="its-own-overrides-win-over-the-profile",
        ),
        pytest.param(
            False,
            job(resources={"requests": {"cpu": 1}, "limits": {"cpu": 4}}),
            None,
            job(resources={"limits": {"cpu": 6}}),
            ("1", "6", None, None),
            id="own-over-common-key-by-key",
        ),
    ],
)
def test_a_jobs_size_comes_from_the_strongest_that_speaks_of_it(
    default: bool,  # noqa: FBT001
    common: dict[str, Any],
    profile: str | None,
    own: dict[str, Any],
    resources: tuple[str | None, ...],
) -> None:
    named = {} if profile is None else {"profile": profile}
    (agent,) = agents(
        prefect={"overrides": common, "agents": [{"name": "a", "overrides": own, **named}]},
        profiles={"flow_run": {"small": {**SMALL, "default": default}, "large": LARGE}},
    ).values()

    made = agent.job
    assert (made.cpu_request, made.cpu_limit, made.memory_request, made.memory_limit) == resources


def test_a_profile_places_the_jobs_and_leaves_the_agent_where_it_is() -> None:
    (agent,) = agents(
        prefect={"agents": [{"name": "a", "profile": "gpu"}]},
        profiles={"flow_run": {"gpu": {**LARGE, "gpus": 2, "node_pool": "gpu"}}},
        existing={"node_selectors": {"gpu": {"key": "pool", "value": "gpu", "gpus": 4}}},
    ).values()

    assert agent.job.placement == Placement(
        {"pool": "gpu"}, (Toleration("nvidia.com/gpu"),), gpus=2
    )
    assert agent.placement == Placement({}, (), gpus=0)


def test_pull_secrets_and_policy_of_one_agent_replace_those_of_all() -> None:
    made = agents(
        prefect={
            "overrides": job(imagePullSecrets=["a"], imagePullPolicy="Always"),
            "agents": [
                {"name": "x", "overrides": job(imagePullSecrets=[])},
                {"name": "y", "overrides": job(imagePullPolicy="Never")},
            ],
        }
    )

    assert (made["x"].job.image_pull_secrets, made["x"].job.image_pull_policy) == ((), "Always")
    assert (made["y"].job.image_pull_secrets, made["y"].job.image_pull_policy) == (("a",), "Never")
