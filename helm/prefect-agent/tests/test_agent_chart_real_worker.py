"""The real Prefect 3: the work pool that the chart sets up, and the Jobs of its worker."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm import stubs
from tests.helm.engine import REPOSITORY, Manifest, template
from tests.helm.examples import CHART, NAMESPACE, RELEASE, SECRETS, TOKEN, WORKER
from tests.helm.pods import find
from tests.helm.prefect3 import SECONDS, Outcome, Server, render, set_up
from tests.helm.processes import free_port, invocation, running, status
from tests.helm.restricted import violations

pytestmark = [pytest.mark.agents, pytest.mark.xdist_group("prefect-3")]
INSIDE = REPOSITORY / "tests" / "helm" / "inside"
DEPLOYMENT_ENV = {"MINE": "planted", "PREFECT_LOGGING_LEVEL": "DEBUG"}


@dataclass(frozen=True, slots=True)
class JobRun:
    """A Job that a worker made, and how the worker was."""

    job: dict[str, Any]
    health: int | None
    log: str


def template_of(manifests: list[Manifest]) -> dict[str, Any]:
    text = find(manifests, "ConfigMap", "qhub-etl-job-template")["data"]["job-template.yaml"]
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@pytest.fixture(scope="session")
def first(server: Server, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the set-up says where there is no pool yet."""
    [outcome] = set_up(render(server), python=python, folder=tmp_path_factory.mktemp("first"))
    return outcome


@dataclass(frozen=True, slots=True)
class Later:
    """What later set-ups say, and the pools after them."""

    changed: Outcome
    other_type: Outcome
    wrong_credential: Outcome
    nowhere: Outcome


@pytest.fixture(scope="session")
def later(
    server: Server, python: Path, first: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> Later:
    assert first[0] == 0
    old = {"name": "old", "type": "kubernetes", "concurrency_limit": 7}
    server.call("POST", "/work_pools/", old)
    server.call("POST", "/work_pools/", {"name": "local", "type": "process"})
    nowhere = replace(server, url=f"http://127.0.0.1:{free_port()}/api")
    outcomes = set_up(
        render(server, agentName="old"),
        render(server, agentName="local"),
        render(server, token={"secretName": "qhub-etl-flow", "key": "S3_KEY"}),
        render(nowhere, worker={"setupTimeoutSeconds": 4}),
        python=python,
        folder=tmp_path_factory.mktemp("later"),
    )
    return Later(*outcomes)


@pytest.fixture(scope="session")
def job_run(
    server: Server, python: Path, first: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> JobRun:
    """The Job of a deployment with variables of its own, made by the chart's worker."""
    assert first[0] == 0
    folder = tmp_path_factory.mktemp("worker")
    schedule_flow_run(server, pool="etl", queue="gpu")
    start = invocation(render(server), "agent", python=python, folder=folder, secrets=SECRETS)
    port, log = free_port(), folder / "log"
    with stubs.serve(stubs.kubernetes) as (cluster, created):
        stubs.write_kubeconfig(folder / "kubeconfig", cluster)
        here = {
            "KUBECONFIG": str(folder / "kubeconfig"),
            "PREFECT_WORKER_WEBSERVER_PORT": str(port),
            "PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_ENABLED": "false",  # the stub streams nothing
        }
        with running(start.command, start.variables | here, log):
            job = created.wait_for(is_job, SECONDS)
            health = status(f"http://127.0.0.1:{port}/health")
    return JobRun(job.body, health, log.read_text(encoding="utf-8"))


def is_job(request: stubs.Request) -> bool:
    return (
        request.method == "POST" and request.path == f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
    )


def schedule_flow_run(server: Server, *, pool: str, queue: str) -> None:
    """Ask for a run of a deployment that has variables of its own."""
    flow = server.call("POST", "/flows/", {"name": "etl"})
    description = {
        "name": "nightly",
        "flow_id": flow["id"],
        "work_pool_name": pool,
        "work_queue_name": queue,
        "entrypoint": "flows.py:etl",
        "path": "/opt/flows",
        "job_variables": {"env": DEPLOYMENT_ENV},
    }
    deployment = server.call("POST", "/deployments/", description)
    path = f"/deployments/{deployment['id']}/create_flow_run"
    server.call("POST", path, {"state": {"type": "SCHEDULED"}})


def flow_container(job: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = job["spec"]["template"]["spec"]["containers"][0]
    return described


def references(job: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        entry["name"]: entry["valueFrom"]["secretKeyRef"]
        for entry in flow_container(job)["env"]
        if "valueFrom" in entry
    }


def test_the_first_start_makes_the_pool_and_every_queue(server: Server, first: Outcome) -> None:
    assert first == (
        0,
        [
            "work pool 'etl': created",
            "work queue 'default': unchanged",
            "work queue 'gpu': created",
            "work queue 'odd $(HOME) \"queue\"': created",
        ],
    )
    pool = server.call("GET", "/work_pools/etl")
    assert (pool["type"], pool["base_job_template"]) == ("kubernetes", template_of(render(server)))
    queues = server.call("POST", "/work_pools/etl/queues/filter", {})
    assert sorted(queue["name"] for queue in queues) == ["default", "gpu", 'odd $(HOME) "queue"']


def test_another_template_replaces_the_pools_and_leaves_its_limit(
    server: Server, later: Later
) -> None:
    code, lines = later.changed
    assert (code, lines[0]) == (0, "work pool 'old': base job template updated")
    pool = server.call("GET", "/work_pools/old")
    expected = template_of(render(server, agentName="old"))
    assert (pool["base_job_template"], pool["concurrency_limit"]) == (expected, 7)


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
