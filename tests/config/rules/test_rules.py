"""What holds for all rules: no good file is told anything, no bad one makes them stumble."""

from __future__ import annotations

import copy
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qhub.config.problem import Finding
from qhub.config.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

_WORKSPACE = (
    "https://api.prefect.cloud/api/accounts/9b649228-0419-40e1-9e0d-44954b5c0ab6"
    "/workspaces/d137367a-5055-44ff-b91c-6f7366c9e4c4"
)
_FULL: dict[str, Any] = {
    "project_name": "orchard",
    "namespace": "dev",
    "provider": "aws",
    "domain": "orchard.example.com",
    "prefect": {
        "enabled": True,
        "image": "prefecthq/prefect:3.8.8-python3.12-kubernetes",
        "version": "3.8",
        "api": {"url": _WORKSPACE, "token": "CLOUD_KEY"},
        "overrides": {
            "prefect_agent": {
                "job": {
                    "resources": {
                        "requests": {"cpu": 1, "memory": "1Gi"},
                        "limits": {"cpu": "1500m", "memory": "1500M"},
                    }
                }
            },
            "envVars": {"LOG_LEVEL": "INFO"},
            "secretEnvVars": {"S3_KEY": {"from_env": "S3_KEY"}},
            "replicas": 2,
        },
        "agents": [
            {"name": "main", "queues": ["nightly"], "secrets": ["S3_KEY"]},
            {
                "name": "gpu",
                "queues": ["gpu"],
                "profile": "gpu",
                "token": "GPU_KEY",
                "overrides": {"prefect_agent": {"JOB_CPU_LIMIT": "4"}},
            },
        ],
    },
    "default_images": {"flow": "registry.example.com/orchard/flow:7"},
    "secrets": {
        "CLOUD_KEY": {"from_env": "TF_VAR_cloud_key"},
        "GPU_KEY": {"existing_secret": "gpu", "key": "key"},
        "S3_KEY": {"from_env": "S3_KEY"},
        "ssh-key": {"from_file": "~/.ssh/deploy"},
    },
    "dask_gateway": {"enabled": True, "limits": {"workers": 20, "cores": 80, "memory": "320Gi"}},
    "profiles": {
        "flow_run": {
            "small": {"cpu": 1, "memory": "2Gi", "default": True},
            "gpu": {"cpu": 3, "memory": "12Gi", "gpus": 1, "node_pool": "gpu"},
        },
        "dask_worker": {
            "Small Worker": {
                "worker_cores": 1.5,
                "worker_cores_limit": 2,
                "worker_memory": "5G",
                "worker_memory_limit": "8G",
                "default": True,
            }
        },
    },
    "amazon_web_services": {
        "region": "us-west-2",
        "availability_zones": ["us-west-2a", "us-west-2b"],
        "kubernetes_version": "1.35",
        "node_groups": {
            "general": {"instance": "m5.2xlarge", "min_nodes": 1, "max_nodes": 1},
            "gpu": {"instance": "g5.xlarge", "min_nodes": 0, "max_nodes": 4, "gpu": True},
        },
    },
    "google_cloud_platform": None,
    "terraform_state": {"type": "remote", "backend": None, "config": {}},
    "ci_cd": {"type": "github-actions", "branch": "release/2026"},
    "certificate": {"type": "lets-encrypt", "acme_email": "ops@example.com", "secret_name": None},
}


def _findings(data: dict[str, Any]) -> list[Finding]:
    return [finding for rule in RULES for finding in rule(data)]


def _places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    below = [place for key in keys for place in _places(data[key], (*path, key))]
    return [path, *below] if path else below


_ALL_PLACES = _places(_FULL)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_a_good_file_is_told_nothing() -> None:
    assert _findings(_FULL) == []


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(_ALL_PLACES), value=_JSON)
def test_no_wrong_value_at_any_place_makes_a_rule_raise(
    place: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(_FULL)
    parent: Any = data
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value

    for finding in _findings(data):
        assert finding.message
        assert (finding.message + finding.hint).isprintable()
        assert finding.path[0] in {*_FULL, "digital_ocean"}


@settings(max_examples=100, deadline=None)
@given(data=st.dictionaries(st.sampled_from(sorted(_FULL)), _JSON, max_size=8))
def test_no_file_at_all_makes_a_rule_raise(data: dict[str, Any]) -> None:
    assert all(finding.message for finding in _findings(data))


@pytest.mark.parametrize("key", [7, 1.5, True, None, (1, 2)], ids=str)
def test_a_key_that_is_no_text_is_somebody_elses_matter(key: object) -> None:
    data = copy.deepcopy(_FULL)
    for block in (
        data["secrets"],
        data["profiles"]["flow_run"],
        data["prefect"]["overrides"]["envVars"],
        data["prefect"]["overrides"]["secretEnvVars"],
        data["amazon_web_services"]["node_groups"],
    ):
        block[key] = {"cpu": 1}

    assert _findings(data) == []


def test_the_place_of_a_finding_is_in_the_file(told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told({"provider": "gcp"}) == [
        "error provider: provider 'gcp' needs the block 'google_cloud_platform', "
        "which is not in the file"
    ]


def test_ten_thousand_profiles_take_ten_times_as_long_as_a_thousand() -> None:
    def seconds(count: int) -> float:
        data = copy.deepcopy(_FULL)
        worker = data["profiles"]["dask_worker"]["Small Worker"]
        data["profiles"]["dask_worker"] = {
            f"Worker {index}": {**worker, "default": False, "worker_memory": f"{index + 2000}Ki"}
            for index in range(count)
        }
        started = time.process_time()
        assert len(_findings(data)) == 0
        return time.process_time() - started

    few = min(seconds(1_000) for _ in range(3))
    many = min(seconds(10_000) for _ in range(2))

    assert many < 25 * max(few, 0.002)
    assert many < 2


def test_instance_types_are_read_for_clouds_alone() -> None:
    program = (
        "import sys; from qhub.config.rules import RULES; "
        "data = {'provider': 'existing', 'profiles': {'flow_run': {'a': {'node_pool': 'x'}}}, "
        "'existing': {'node_selectors': {'x': {}}}}; "
        "assert not [found for rule in RULES for found in rule(data)]; "
        "print(sorted({'qhub.config.instances', 'difflib', 'jsonschema'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.decode().strip() == "[]"
