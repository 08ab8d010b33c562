"""The whole platform of a config."""

from __future__ import annotations

from qhub.platform import DaskGateway, Profile
from qhub.platform.node_pools import ANYWHERE
from tests.platform.planned import config, planned


def test_names_come_from_the_config() -> None:
    platform = planned(project_name="Acme_Pipes", namespace="prod")

    assert (platform.project, platform.namespace, platform.provider) == (
        "acme-pipes",
        "prod",
        "existing",
    )


def test_a_gateway_that_is_not_enabled_is_not_planned() -> None:
    assert planned(dask_gateway={"enabled": False}).dask_gateway is None


def test_the_gateway_runs_the_flow_image_within_its_limits() -> None:
    platform = planned(
        default_images={"flow": "team/flow:1"},
        dask_gateway={"enabled": True, "limits": {"workers": 5}},
    )

    assert platform.dask_gateway == DaskGateway("team/flow:1", 1800, 5, 80.0, "320Gi")


def test_profiles_are_complete_sizes_by_kind_and_name() -> None:
    worker = {
        "worker_cores": 0.75,
        "worker_cores_limit": 1,
        "worker_memory": "2G",
        "worker_memory_limit": "3G",
        "worker_threads": 2,
        "image": "team/dask:1",
    }
    platform = planned(
        profiles={
            "flow_run": {"b": {"cpu": "500m", "memory": "1Gi", "default": True}},
            "dask_worker": {"Small Worker": worker},
        }
    )

    assert platform.profiles == (
        Profile(
            name="Small Worker",
            kind="dask_worker",
            default=False,
            cpu_request="0.75",
            cpu_limit="1",
            memory_request="2G",
            memory_limit="3G",
            threads=2,
            image="team/dask:1",
            placement=ANYWHERE,
        ),
        Profile(
            name="b",
            kind="flow_run",
            default=True,
            cpu_request="500m",
            cpu_limit="500m",
            memory_request="1Gi",
            memory_limit="1Gi",
            threads=None,
            image=None,
            placement=ANYWHERE,
        ),
    )


def test_planning_the_same_config_twice_gives_equal_platforms() -> None:
    keys = {"prefect": {"enabled": True}, "profiles": {"flow_run": {"a": {"cpu": 1, "memory": 1}}}}

    assert planned(**keys) == planned(**keys)
    assert config(**keys) == config(**keys)
