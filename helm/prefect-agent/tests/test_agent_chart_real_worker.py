"""The real Prefect 3: pools and variables that the chart sets up, and the Jobs of its worker."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm import environments, stubs
from tests.helm.engine import REPOSITORY, Manifest, template
from tests.helm.examples import CHART, NAMESPACE, RELEASE, SECRETS, TOKEN, WORKER
from tests.helm.jobs import DEPLOYMENT_ENV, JobRun, first_job, flow_container, is_job, references
from tests.helm.pods import find
from tests.helm.prefect3 import SECONDS, Outcome, Server, render, serving, set_up
from tests.helm.processes import free_port, invocation
from tests.helm.restricted import violations

pytestmark = pytest.mark.agents
INSIDE = REPOSITORY / "tests" / "helm" / "inside"
PLATFORM = {"version": 1, "project": "p", "namespace": "dev", "gateway": None, "pools": ["etl"]}
SMALL = {"version": 1, "name": "Small & <ü>", "job_variables": {"cpu_request": "1", "x": 1.5}}
LARGER = {**SMALL, "job_variables": {"cpu_request": "2"}}
OTHERS = {"mine": 1, "qhub_of_mine": 1}
QUEUES = ["default", "gpu", 'odd $(HOME) "queue"']
UNCHANGED = [
    "work pool 'etl': unchanged",
    *(f"work queue '{queue}': unchanged" for queue in QUEUES),
]


def template_of(manifests: list[Manifest]) -> dict[str, Any]:
    text = find(manifests, "ConfigMap", "qhub-etl-job-template")["data"]["job-template.yaml"]
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@pytest.fixture(scope="module")
def python() -> Path:
    return environments.interpreter(environments.PREFECT_3)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


def published(**variables: Any) -> dict[str, str]:
    """Return the chart's value for the platform's description and some profiles."""
    values = {"platform": PLATFORM, **variables}
    return {f"qhub_{name}": json.dumps(value) for name, value in values.items()}


def of_variables(outcome: Outcome) -> list[str]:
    """Return what a set-up that ended well says of variables."""
    code, lines = outcome
    assert code == 0, lines
    return [line for line in lines if "variable" in line]


@pytest.fixture(scope="module")
def first(server: Server, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the set-up says where there is no pool yet, but what others have published."""
    for name in OTHERS:
        server.call("POST", "/variables/", {"name": name, "value": 1})
    old = {"name": "qhub_profile_old", "value": 1, "tags": ["qhub"]}
    server.call("POST", "/variables/", old)
    rendered = render(server, published=published(profile_small=SMALL))
    [outcome] = set_up(rendered, python=python, folder=tmp_path_factory.mktemp("first"))
    return outcome


@dataclass(frozen=True, slots=True)
class Later:
    """What later set-ups say; the first of them changes something."""

    changed: Outcome
    refused: Outcome
    other_type: Outcome
    wrong_credential: Outcome
    nowhere: Outcome


@pytest.fixture(scope="module")
def later(
    server: Server, python: Path, first: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> Later:
    assert first[0] == 0
    old = {"name": "old", "type": "kubernetes", "concurrency_limit": 7}
    server.call("POST", "/work_pools/", old)
    server.call("POST", "/work_pools/", {"name": "local", "type": "process"})
    nowhere = replace(server, url=f"http://127.0.0.1:{free_port()}/api")
    outcomes = set_up(
        render(server, agentName="old", published=published(profile_small=LARGER)),
        render(server, published=published(platform={**PLATFORM, "storage": "x" * 5000})),
        render(server, agentName="local"),
        render(server, token={"secretName": "qhub-etl-flow", "key": "S3_KEY"}),
        render(nowhere, worker={"setupTimeoutSeconds": 4}),
        python=python,
        folder=tmp_path_factory.mktemp("later"),
    )
    return Later(*outcomes)


@pytest.fixture(scope="module")
def job_run(
    server: Server, python: Path, first: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> JobRun:
    """The Job of a deployment with variables of its own, made by the chart's worker."""
    assert first[0] == 0
    return first_job(server, python=python, folder=tmp_path_factory.mktemp("worker"))


def test_the_first_start_makes_the_pool_every_queue_and_the_variables(
    server: Server, first: Outcome
) -> None:
    assert first == (
        0,
        [
            "work pool 'etl': created",
            "work queue 'default': unchanged",
            "work queue 'gpu': created",
            "work queue 'odd $(HOME) \"queue\"': created",
            "Prefect variable 'qhub_platform': created",
            "Prefect variable 'qhub_profile_small': created",
            "Prefect variable 'qhub_profile_old': removed",
        ],
    )
    pool = server.call("GET", "/work_pools/etl")
    assert (pool["type"], pool["base_job_template"]) == ("kubernetes", template_of(render(server)))
    queues = server.call("POST", "/work_pools/etl/queues/filter", {})
    assert sorted(queue["name"] for queue in queues) == QUEUES
    assert server.variables() == {**OTHERS, "qhub_platform": PLATFORM, "qhub_profile_small": SMALL}


def test_another_template_replaces_the_pools_and_leaves_its_limit(
    server: Server, later: Later
) -> None:
    code, lines = later.changed
    assert (code, lines[0]) == (0, "work pool 'old': base job template updated")
    pool = server.call("GET", "/work_pools/old")
    expected = template_of(render(server, agentName="old"))
    assert (pool["base_job_template"], pool["concurrency_limit"]) == (expected, 7)


def test_another_value_replaces_a_variables(server: Server, later: Later) -> None:
    assert of_variables(later.changed) == ["Prefect variable 'qhub_profile_small': updated"]
    assert server.variables() == {**OTHERS, "qhub_platform": PLATFORM, "qhub_profile_small": LARGER}


def test_an_api_that_refuses_variables_does_not_keep_the_agent_from_its_start(later: Later) -> None:
    assert of_variables(later.refused) == [
        "Prefect variables: not published, the API refused it (status 422); "
        "without them, qhub.flows knows no profiles"
    ]


@pytest.mark.usefixtures("later")
def test_a_start_again_and_one_of_another_platform_change_nothing(
    server: Server, python: Path, tmp_path: Path
) -> None:
    before = server.variables()
    other = {**PLATFORM, "namespace": "prod"}
    again, foreign = set_up(
        render(server, published=published(profile_small=LARGER)),
        render(server, published=published(platform=other, profile_x=SMALL)),
        python=python,
        folder=tmp_path,
    )
    assert again == (0, [*UNCHANGED, "Prefect variables: unchanged"])
    assert of_variables(foreign) == [
        "Prefect variables: those of the platform 'p' in namespace 'dev' stay; delete the "
        "variable qhub_platform to have this one's"
    ]
    assert server.variables() == before


@pytest.mark.usefixtures("later")
def test_two_starts_at_once_end_in_the_same(server: Server, python: Path, tmp_path: Path) -> None:
    for name in server.variables():
        server.call("DELETE", f"/variables/name/{name}")
    rendered = render(server, published=published(profile_small=SMALL))
    outcomes = set_up(rendered, rendered, python=python, folder=tmp_path)
    assert [code for code, _ in outcomes] == [0, 0]
    assert server.variables() == {"qhub_platform": PLATFORM, "qhub_profile_small": SMALL}


def test_a_pool_of_another_type_is_told(later: Later) -> None:
    message = (
        "failed: work pool 'local' is of type 'process'; delete it, or name the agent differently"
    )
    assert later.other_type == (1, [message])


def test_a_wrong_credential_is_told_at_once(later: Later) -> None:
    message = "failed: the API refused the credential (status 401); check the token's Secret"
    assert later.wrong_credential == (1, [message])


def test_a_server_that_is_not_up_is_waited_for_until_the_deadline(later: Later) -> None:
    code, lines = later.nowhere
    assert code == 1
    assert lines[0].startswith("API not ready (")
    assert lines[-1].startswith("failed: the API did not answer in time; last: ")


def test_an_image_whose_worker_would_show_the_token_is_refused(
    server: Server, python: Path, tmp_path: Path
) -> None:
    installed = tmp_path / "prefect_kubernetes-0.6.2.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        "Name: prefect-kubernetes\nVersion: 0.6.2\n", encoding="utf-8"
    )
    older = render(server, envVars={"PYTHONPATH": str(tmp_path)})
    message = "failed: prefect-kubernetes 0.6.2 writes credentials into Jobs; use 0.6.4 or later"
    assert set_up(older, python=python, folder=tmp_path) == [(1, [message])]


def test_the_job_has_every_row_of_the_overrides(job_run: JobRun) -> None:
    pod = job_run.job["spec"]["template"]["spec"]
    flow = flow_container(job_run.job)
    assert flow["resources"] == {
        "requests": {"cpu": "500m", "memory": "1Gi"},
        "limits": {"cpu": "2", "memory": "4Gi", "nvidia.com/gpu": 1},
    }
    assert flow["image"] == WORKER["image"]
    assert flow["imagePullPolicy"] == "Always"
    assert flow["envFrom"] == [{"configMapRef": {"name": "qhub-etl-env"}}]
    assert pod["imagePullSecrets"] == [{"name": "regcred"}]
    assert pod["nodeSelector"] == {"qhub.dev/pool": "gpu"}
    assert pod["tolerations"] == WORKER["job"]["tolerations"]
    assert pod["serviceAccountName"] == "qhub-etl-job"
    assert job_run.job["spec"]["ttlSecondsAfterFinished"] == 86400


def test_a_deployments_own_variables_are_added_to_those_of_the_chart(job_run: JobRun) -> None:
    flow = flow_container(job_run.job)
    plain = {entry["name"]: entry["value"] for entry in flow["env"] if "value" in entry}
    assert {name: plain[name] for name in DEPLOYMENT_ENV} == DEPLOYMENT_ENV
    assert not set(WORKER["envVars"]) & set(plain), "what stands here would hide the ConfigMap's"


def test_the_job_satisfies_pod_security_restricted(job_run: JobRun) -> None:
    assert violations(job_run.job["spec"]["template"]["spec"]) == []


def test_the_job_reads_token_and_secrets_by_reference_and_as_files(job_run: JobRun) -> None:
    assert references(job_run.job) == {
        "PREFECT_API_AUTH_STRING": {"name": "qhub-etl-token", "key": "token"},
        "S3_KEY": {"name": "qhub-etl-flow", "key": "S3_KEY"},
        "GCP_CREDENTIALS": {"name": "team-credentials", "key": "gcp.json"},
    }
    mount = {"name": "secrets", "mountPath": "/etc/qhub/secrets", "readOnly": True}
    assert mount in flow_container(job_run.job)["volumeMounts"]


def test_no_secret_value_is_in_the_job_the_log_or_the_pool(server: Server, job_run: JobRun) -> None:
    pool = json.dumps(server.call("GET", "/work_pools/etl"))
    searched = json.dumps(job_run.job) + job_run.log + pool
    assert "planted" in searched, (
        "the control: a deployment's plain variable is found by this search"
    )
    assert [value for value in ("s3-value", "service account", TOKEN) if value in searched] == []


def test_the_jobs_policy_selects_the_job(job_run: JobRun) -> None:
    labels = job_run.job["spec"]["template"]["metadata"]["labels"]
    assert labels["qhub.dev/agent"] == "qhub-etl"
    assert labels["qhub.dev/component"] == "flow-run"


def test_a_running_worker_answers_the_liveness_probe(job_run: JobRun) -> None:
    assert job_run.health == 200


def test_the_key_of_prefect_cloud_is_in_the_job_by_reference(python: Path, tmp_path: Path) -> None:
    cloud = {"kind": "cloud", "url": "http://127.0.0.1:9/api"}
    manifests = template(CHART, RELEASE, NAMESPACE, {**WORKER, "api": cloud})
    start = invocation(manifests, "agent", python=python, folder=tmp_path, secrets=SECRETS)
    assert start.variables["PREFECT_API_KEY"] == TOKEN
    with stubs.serve(stubs.kubernetes) as (cluster, created):
        stubs.write_kubeconfig(tmp_path / "kubeconfig", cluster)
        arguments = [str(tmp_path / "job-template.yaml"), json.dumps({"env": {"PLAIN": "planted"}})]
        subprocess.run(
            [str(python), str(INSIDE / "worker_job.py"), *arguments],
            env={**start.variables, "KUBECONFIG": str(tmp_path / "kubeconfig")},
            check=True,
            timeout=SECONDS,
        )
        job = created.wait_for(is_job, 0).body
    assert references(job)["PREFECT_API_KEY"] == {"name": "qhub-etl-token", "key": "token"}
    assert "planted" in json.dumps(job)
    assert TOKEN not in json.dumps(job)
