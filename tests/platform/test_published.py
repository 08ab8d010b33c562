"""What Prefect's variables say of a platform: complete sizes, pools in order, unique names."""

from __future__ import annotations

from typing import Any

from qhub.platform.published import LONGEST, too_long, variables
from tests.platform.planned import planned

SIZE = {"cpu": "500m", "memory": "1Gi"}
WORKER = {
    "worker_cores": 1.5,
    "worker_cores_limit": 2,
    "worker_memory": "5G",
    "worker_memory_limit": "8G",
}
GATEWAY = {"address": "http://127.0.0.1:8000", "proxy_address": "gateway://127.0.0.1:8001"}


def published(**keys: Any) -> dict[str, dict[str, Any]]:
    """Return the variables of a short config for this machine."""
    keys = {"provider": "embedded", "prefect": {"enabled": True}, **keys}
    return variables(planned(**keys), gateway=None, storage=None)


def test_the_platform_names_its_pools_its_gateway_and_where_code_lies() -> None:
    platform = planned(provider="embedded", namespace="flows", prefect={"enabled": True})

    found = variables(platform, gateway=GATEWAY, storage="file:///state/flows")

    assert found == {
        "qhub_platform": {
            "version": 1,
            "project": "pipelines",
            "namespace": "flows",
            "provider": "embedded",
            "pools": ["pipelines"],
            "gateway": GATEWAY,
            "storage": "file:///state/flows",
        }
    }


def test_the_first_agent_of_the_file_is_the_first_pool() -> None:
    agents = [{"name": name} for name in ("etl", "probe", "alpha")]

    made = published(prefect={"enabled": True, "agents": agents})["qhub_platform"]

    assert made["pools"] == ["etl", "alpha", "probe"]
    assert published(prefect={"enabled": False})["qhub_platform"]["pools"] == []


def test_a_size_of_flow_runs_is_complete() -> None:
    found = published(profiles={"flow_run": {"small": {**SIZE, "cpu_limit": 2, "default": True}}})

    assert found["qhub_profile_small"] == {
        "version": 1,
        "name": "small",
        "kind": "flow_run",
        "default": True,
        "job_variables": {
            "cpu_request": "500m",
            "cpu_limit": "2",
            "memory_request": "1Gi",
            "memory_limit": "1Gi",
        },
    }


def test_on_kubernetes_a_size_says_its_nodes_in_the_words_of_our_job_template() -> None:
    selectors = {"gpu": {"key": "pool", "value": "gpu", "gpus": 2}}
    gpu = {**SIZE, "gpus": 1, "node_pool": "gpu"}
    profiles = {"flow_run": {"gpu": gpu}}

    found = published(
        provider="existing", existing={"node_selectors": selectors}, profiles=profiles
    )

    assert found["qhub_profile_gpu"]["job_variables"] == {
        "cpu_request": "500m",
        "cpu_limit": "500m",
        "memory_request": "1Gi",
        "memory_limit": "1Gi",
        "gpu_limit": 1,
        "node_selector": {"pool": "gpu"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    }
    here = published(profiles=profiles)["qhub_profile_gpu"]["job_variables"]
    assert sorted(here) == ["cpu_limit", "cpu_request", "memory_limit", "memory_request"]


def test_a_size_of_dask_workers_has_numbers_of_cores() -> None:
    found = published(profiles={"dask_worker": {"Small Worker": {**WORKER, "worker_threads": 3}}})

    value = found["qhub_dask_profile_small_worker"]
    assert value == {
        "version": 1,
        "name": "Small Worker",
        "kind": "dask_worker",
        "default": False,
        "cores": 1.5,
        "cores_limit": 2,
        "memory": "5G",
        "memory_limit": "8G",
        "threads": 3,
    }
    assert isinstance(value["cores_limit"], int)


def test_names_that_would_be_the_same_variable_are_numbered() -> None:
    names = ("Größe 1", "größe-1", "GRÖSSE 1", "x" * 400, "x" * 401)

    found = published(profiles={"flow_run": dict.fromkeys(names, SIZE)})

    by_name = {value["name"]: name for name, value in found.items() if "name" in value}
    assert by_name == {
        "GRÖSSE 1": "qhub_profile_gr_sse_1",
        "Größe 1": "qhub_profile_gr__e_1",
        "größe-1": "qhub_profile_gr__e_1_2",
        "x" * 400: f"qhub_profile_{'x' * 200}",
        "x" * 401: f"qhub_profile_{'x' * 200}_2",
    }


def test_a_value_that_prefect_would_refuse_is_found() -> None:
    fits = {"a": {"b": "x" * (LONGEST - len('{"b": ""}'))}}

    assert list(too_long(fits)) == []
    assert list(too_long({"a": {"b": fits["a"]["b"] + "x"}})) == [("a", LONGEST + 1)]
