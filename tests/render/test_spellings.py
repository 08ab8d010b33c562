"""Every spelling of a setting, at every place that takes it, ends in the Job that flows run in."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.helm.engine import CHARTS, template
from tests.render.rendered import bundle, values_of

REQUESTS = {"cpu": "1500m", "memory": "2Gi"}
LIMITS = {"cpu": "4", "memory": "3Gi"}
PULL: dict[str, Any] = {"imagePullSecrets": ["a", "b"], "imagePullPolicy": "Always"}
PLURAL = {"resources": {"requests": REQUESTS, "limits": LIMITS}, **PULL}
SINGULAR = {
    "resources": {"request": REQUESTS, "limit": LIMITS},
    **PULL,
    "imagePullSecrets": "a, b",
}
OLD = {
    "JOB_CPU_REQUEST": "1500m",
    "JOB_CPU_LIMIT": "4",
    "JOB_MEM_REQUEST": "2Gi",
    "JOB_MEM_LIMIT": "3Gi",
    "IMAGE_PULL_SECRETS": "a,b",
    "IMAGE_PULL_POLICY": "Always",
    "PREFECT__CLOUD__AGENT__LABELS": "['x', 'y']",
}
LABELS = {"prefectLabels": ["x", "y"]}
SPELLINGS = [
    pytest.param({"prefect_agent": {"job": PLURAL, **LABELS}}, id="prefect_agent.job"),
    pytest.param(
        {"prefect_agent": {"job": SINGULAR, "prefectLabels": "x, y"}}, id="prefect_agent.job-old"
    ),
    pytest.param({"job": PLURAL, "prefect_agent": LABELS}, id="job"),
    pytest.param({"prefect_agent": OLD}, id="old-variables-in-prefect_agent"),
    pytest.param(OLD, id="old-variables"),
    pytest.param({"envVars": OLD}, id="old-variables-in-envVars"),
]


@pytest.mark.parametrize("is_own", [False, True], ids=["of-all-agents", "of-one-agent"])
@pytest.mark.parametrize("written", SPELLINGS)
def test_a_spelling_reaches_the_job_of_a_worker(
    written: dict[str, Any],
    is_own: bool,  # noqa: FBT001
) -> None:
    made, values = job_template(written, is_own=is_own, version="3.8.8")

    defaults = {name: kept.get("default") for name, kept in made["variables"]["properties"].items()}
    wanted = {
        "cpu_request": "1500m",
        "cpu_limit": "4",
        "memory_request": "2Gi",
        "memory_limit": "3Gi",
        "image_pull_secrets": [{"name": "a"}, {"name": "b"}],
        "image_pull_policy": "Always",
    }
    assert {name: defaults[name] for name in wanted} == wanted
    assert (values["queues"], values["labels"], values["envVars"]) == (["x", "y"], [], {})


@pytest.mark.parametrize("is_own", [False, True], ids=["of-all-agents", "of-one-agent"])
@pytest.mark.parametrize("written", SPELLINGS)
def test_a_spelling_reaches_the_job_of_an_agent(
    written: dict[str, Any],
    is_own: bool,  # noqa: FBT001
) -> None:
    made, values = job_template(written, is_own=is_own, version="0.14.22")

    pod = made["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["resources"] == {"requests": REQUESTS, "limits": LIMITS}
    assert container["imagePullPolicy"] == "Always"
    assert pod["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}]
    assert (values["queues"], values["labels"], values["envVars"]) == ([], ["x", "y"], {})


def job_template(overrides: dict[str, Any], *, is_own: bool, version: str) -> tuple[Any, Any]:
    """Return an agent's job template as Helm renders it, and the values that it came from."""
    own = {"agents": [{"name": "a", "overrides": overrides}]}
    common = {"agents": [{"name": "a"}], "overrides": overrides}
    prefect = {"image": f"prefecthq/prefect:{version}", **(own if is_own else common)}
    values = values_of(bundle(prefect=prefect), "a")
    objects = template(CHARTS / "prefect-agent", "qhub-a", "dev", values)
    (held,) = (
        made["data"]["job-template.yaml"]
        for made in objects
        if made["metadata"]["name"] == "qhub-a-job-template"
    )
    return yaml.safe_load(held), values
