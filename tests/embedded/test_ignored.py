"""What means nothing to processes is listed once, with its place, what it is and why.

That every key is honoured or listed: tests/render/test_every_key_embedded.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from qhub.config import check, read
from qhub.config.prefect import DEFAULT_IMAGE
from qhub.embedded.ignored import ignored
from tests.platform.planned import config
from tests.render.rendered import EMBEDDED_EXAMPLES

SIZE = {"cpu": 1, "memory": "1Gi"}
WORKER = {
    "worker_cores": 1,
    "worker_cores_limit": 1,
    "worker_memory": "1G",
    "worker_memory_limit": "1G",
}
INSTALLED = "what is installed beside QHub runs"
ONE_MACHINE = "everything runs on this machine"


def listed(**keys: Any) -> list[tuple[str, str, str]]:
    """Return what is ignored of a short config for this machine."""
    keys = {"provider": "embedded", "prefect": {"enabled": True}, **keys}
    return [(item.path, item.what, item.why) for item in ignored(config(**keys))]


@pytest.mark.parametrize("example", EMBEDDED_EXAMPLES, ids=lambda path: path.stem)
def test_an_example_for_this_machine_holds_nothing_useless(example: Any) -> None:
    made = check(read(example)).config

    assert made is not None
    assert ignored(made) == ()


def test_a_file_for_kubernetes_is_listed_in_its_order() -> None:
    found = listed(
        domain="pipelines.example",
        prefect={
            "enabled": True,
            "image": "team/prefect:3.7.1",
            "server": {"retention": {}},
            "overrides": {
                "prefect_agent": {"job": {"imagePullSecrets": ["registry"]}},
                "envVars": {"A": "1"},
                "replicas": 2,
                "worker": {"limit": 1, "setupTimeoutSeconds": 9},
            },
            "agents": [
                {"name": "a", "image": "team/prefect:3.7.2"},
                {"name": "b", "overrides": {"job": {"ttlSecondsAfterFinished": 9}}},
            ],
        },
        default_images={"flow": "team/flow:1"},
        profiles={
            "flow_run": {"gpu": {**SIZE, "gpus": 2, "node_pool": "gpu"}},
            "dask_worker": {"Large Worker": {**WORKER, "image": "team/dask:1"}},
        },
        terraform_state={"type": "local"},
        ci_cd={"type": "gitlab-ci"},
        certificate={"type": "self-signed"},
    )

    loopback = "everything listens on 127.0.0.1 alone"
    assert found == [
        ("domain", "the domain name", loopback),
        ("prefect.image", "image team/prefect:3.7.1", INSTALLED),
        (
            "prefect.server.retention",
            "a setting of the server",
            "the server keeps an SQLite database in its state folder",
        ),
        (
            "prefect.overrides.prefect_agent.job.imagePullSecrets",
            "pull secrets of images",
            INSTALLED,
        ),
        (
            "prefect.overrides.replicas",
            "value replicas of the agent chart",
            "one process is the worker",
        ),
        (
            "prefect.overrides.worker.setupTimeoutSeconds",
            "value worker.setupTimeoutSeconds of the agent chart",
            "the worker waits for its pool, and asks for flow runs several times a second",
        ),
        ("prefect.agents[0].image", "image team/prefect:3.7.2", INSTALLED),
        (
            "prefect.agents[1].overrides.job.ttlSecondsAfterFinished",
            "value job.ttlSecondsAfterFinished of the agent chart",
            "it is about pods; here are processes",
        ),
        ("default_images.flow", "image team/flow:1", INSTALLED),
        ("profiles.flow_run.gpu.gpus", "2 GPUs", "a process sees every GPU of this machine"),
        ("profiles.flow_run.gpu.node_pool", "node pool gpu", ONE_MACHINE),
        ('profiles.dask_worker."Large Worker".image', "image team/dask:1", INSTALLED),
        ("terraform_state", "the state of Terraform", "nothing is applied with Terraform"),
        ("ci_cd", "the pipeline", "qhub deploys to the machine that it runs on"),
        ("certificate", "the certificate", loopback),
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"prefect": {"enabled": True, "image": DEFAULT_IMAGE}},
        {"prefect": {"enabled": True, "server": {}}},
        {"terraform_state": {"type": "remote"}},
        {"ci_cd": {"type": "none"}},
        {"certificate": {"type": "disabled"}},
        {"profiles": {"flow_run": {"a": {**SIZE, "gpus": 0}}}},
    ],
    ids=["the image", "no setting", "the state", "no pipeline", "no certificate", "no GPUs"],
)
def test_what_holds_anyway_is_not_listed(keys: dict[str, Any]) -> None:
    assert listed(**keys) == []


def test_a_version_is_listed_when_no_image_explains_it() -> None:
    assert listed(prefect={"enabled": True, "version": "3.9"}) == [
        ("prefect.version", "version 3.9", INSTALLED)
    ]
    assert listed(prefect={"enabled": True, "image": "team/prefect:stable"}) == [
        ("prefect.image", "image team/prefect:stable", INSTALLED)
    ]
