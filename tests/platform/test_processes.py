"""With provider embedded the platform holds processes: nothing of images, pods and nodes."""

from __future__ import annotations

from qhub.platform.node_pools import ANYWHERE
from tests.platform.planned import agents, planned

WORKER = {
    "worker_cores": 1,
    "worker_cores_limit": 1,
    "worker_memory": "1G",
    "worker_memory_limit": "1G",
    "image": "team/dask:1",
    "gpus": 1,
}


def test_an_agent_keeps_what_a_process_can_honour() -> None:
    overrides = {
        "envVars": {"A": "1"},
        "prefect_agent": {
            "job": {
                "resources": {"limits": {"cpu": 2, "memory": "3Gi"}},
                "imagePullSecrets": ["registry"],
                "imagePullPolicy": "Always",
            }
        },
        "job": {"nodeSelector": {"pool": "a"}, "gpus": 1, "backoffLimit": 3},
        "nodeSelector": {"pool": "a"},
        "replicas": 2,
        "terminationGracePeriodSeconds": 60,
        "worker": {"limit": 3, "querySeconds": 2},
    }

    made = agents(
        provider="embedded",
        prefect={
            "api": {},
            "image": "team/prefect:3.8.8",
            "overrides": overrides,
            "agents": [{"name": "pipelines", "token": "T"}],
        },
        secrets={"S": {"from_env": "S"}, "T": {"from_env": "T"}},
        default_images={"flow": "team/flow:1"},
    )["pipelines"]

    assert (made.image, made.job.image, made.token) == (None, None, None)
    assert (made.placement, made.job.placement) == (ANYWHERE, ANYWHERE)
    assert (made.job.image_pull_secrets, made.job.image_pull_policy) == ((), None)
    assert (made.job.cpu_limit, made.job.memory_limit) == ("2", "3Gi")
    assert made.env_vars == {"A": "1"}
    assert [secret.name for secret in made.secrets] == ["S"]
    assert made.settings == {"terminationGracePeriodSeconds": 60, "worker": {"limit": 3}}


def test_profiles_and_the_gateway_are_of_this_machine_whatever_pools_they_name() -> None:
    made = planned(
        provider="embedded",
        prefect={"enabled": True},
        dask_gateway={"enabled": True},
        default_images={"flow": "team/flow:1"},
        profiles={
            "flow_run": {"a": {"cpu": 1, "memory": "1Gi", "node_pool": "nowhere"}},
            "dask_worker": {"b": WORKER},
        },
    )

    assert [(profile.image, profile.placement) for profile in made.profiles] == [
        (None, ANYWHERE),
        (None, ANYWHERE),
    ]
    assert made.dask_gateway is not None
    assert made.dask_gateway.image is None
    assert made.node_pools == ()
