"""The real agents of Prefect 0.14 and 1.4, started as the chart starts them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.helm import environments, stubs
from tests.helm.engine import Manifest, template
from tests.helm.examples import AGENT, CHART, NAMESPACE, RELEASE, SECRETS
from tests.helm.jobs import flow_container, is_job, references
from tests.helm.pods import expand, find
from tests.helm.processes import free_port, invocation, running, status
from tests.helm.restricted import violations

pytestmark = pytest.mark.agents
VERSIONS = {"0.14.22": environments.PREFECT_0, "1.4.1": environments.PREFECT_1}
TOKEN = "31415926535e5"  # noqa: S105  stands for a token
"""Reads like a number: Prefect would make one of it."""
COPY = "MY_PREFECT_KEY"
"""A flow's own variable whose value is the agent's token."""
SECONDS = 40
VERBS = {"GET": "list", "POST": "create"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one agent did."""

    job: dict[str, Any]
    api: list[stubs.Request]
    cluster: list[stubs.Request]
    manifests: list[Manifest]
    health: int | None
    log: str
    ended: int | None


@pytest.fixture(scope="session", params=VERSIONS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An agent of each version, until it has created the Job of one flow run."""
    return run_agent(
        VERSIONS[request.param],
        tmp_path_factory.mktemp("agent"),
        flow_run=stubs.flow_run(
            run_config={"type": "UniversalRun", "env": {"PLAIN": "planted", COPY: TOKEN}},
            environment=None,
        ),
    )


def run_agent(version: environments.Environment, folder: Path, *, flow_run: dict[str, Any]) -> Run:
    """Start the agent of a rendered chart on stubs, and return what it did."""
    python = environments.interpreter(version)
    secrets = {**SECRETS, ("qhub-etl-token", "token"): TOKEN}
    port, log = free_port(), folder / "log"
    with (
        stubs.serve(stubs.PrefectOne(flow_run)) as (api, asked),
        stubs.serve(stubs.kubernetes) as (cluster, created),
    ):
        manifests = template(
            CHART, RELEASE, NAMESPACE, {**AGENT, "api": {"kind": "hosted", "url": api}}
        )
        start = invocation(manifests, "agent", python=python, folder=folder, secrets=secrets)
        address = start.variables["PREFECT__CLOUD__AGENT__AGENT_ADDRESS"].replace(
            ":8080", f":{port}"
        )
        stubs.write_kubeconfig(folder / "kubeconfig", cluster)
        here = {
            "KUBECONFIG": str(folder / "kubeconfig"),
            "PREFECT__CLOUD__AGENT__AGENT_ADDRESS": address,
        }
        with running(start.command, start.variables | here, log) as agent:
            job = created.wait_for(is_job, SECONDS)
            health = status(f"http://127.0.0.1:{port}/api/health")
            # The clean-up starts with the agent; the events of a pending pod are its last question.
            created.wait_for(lambda request: "/events" in request.path, SECONDS)
        return Run(
            job=job.body,
            api=list(asked.requests),
            cluster=list(created.requests),
            manifests=manifests,
            health=health,
            log=log.read_text(encoding="utf-8"),
            ended=agent.returncode,
        )


def test_the_agent_authenticates_with_the_token_and_registers_name_and_labels(run: Run) -> None:
    assert {request.headers["Authorization"] for request in run.api} == {f"Bearer {TOKEN}"}
    [registered] = [each.body for each in run.api if "register_agent" in each.body["query"]]
    variables = registered["variables"]
    wanted = json.loads(variables)["input"] if isinstance(variables, str) else variables["input"]
    assert (wanted["type"], wanted["name"]) == ("KubernetesAgent", "etl")
    assert wanted["labels"] == AGENT["labels"]


def test_a_running_agent_answers_the_liveness_probe(run: Run) -> None:
    assert run.health == 200


def test_an_agent_that_kubernetes_stops_ends_well(run: Run) -> None:
    assert run.ended == 0
    assert "Shutting down" in run.log


def test_the_role_allows_what_the_agent_asks_of_kubernetes(run: Run) -> None:
    used = {
        (VERBS[request.method], request.path.partition("?")[0].rpartition("/")[2])
        for request in run.cluster
    }
    rules = find(run.manifests, "Role", RELEASE)["rules"]
    allowed = {
        (verb, name) for rule in rules for name in rule["resources"] for verb in rule["verbs"]
    }
    assert used == allowed - {("delete", "jobs")}, "no Job is finished here, so none is deleted"


def test_the_job_has_every_row_of_the_overrides(run: Run) -> None:
    pod = run.job["spec"]["template"]["spec"]
    flow = flow_container(run.job)
    assert flow["resources"] == {
        "requests": {"cpu": "500m", "memory": "1Gi"},
        "limits": {"cpu": "2", "memory": "4Gi", "nvidia.com/gpu": "1"},
    }
    assert pod["imagePullSecrets"] == [{"name": "regcred"}]
    assert flow["imagePullPolicy"] == "Always"
    assert flow["envFrom"] == [{"configMapRef": {"name": "qhub-etl-env"}}]
    assert pod["nodeSelector"] == {"qhub.dev/pool": "gpu"}
    assert pod["tolerations"] == AGENT["job"]["tolerations"]
    assert pod["serviceAccountName"] == "qhub-etl-job"
    assert run.job["spec"]["ttlSecondsAfterFinished"] == 86400


def test_the_job_satisfies_pod_security_restricted(run: Run) -> None:
    assert violations(run.job["spec"]["template"]["spec"]) == []


def test_the_job_reads_the_secrets_by_reference_and_as_files(run: Run) -> None:
    found = references(run.job)
    token = {"name": "qhub-etl-token", "key": "token"}
    s3_key = {"name": "qhub-etl-flow", "key": "S3_KEY"}
    credentials = {"name": "team-credentials", "key": "gcp.json"}
    tokens = {name for name, reference in found.items() if reference == token}
    assert {"PREFECT__CLOUD__AUTH_TOKEN", COPY} <= tokens
    assert {name: reference for name, reference in found.items() if name not in tokens} == {
        "S3_KEY": s3_key,
        "PREFECT__CONTEXT__SECRETS__S3_KEY": s3_key,
        "GCP_CREDENTIALS": credentials,
        "PREFECT__CONTEXT__SECRETS__GCP_CREDENTIALS": credentials,
    }
    assert {
        "name": "secrets",
        "mountPath": "/etc/qhub/secrets",
        "readOnly": True,
    } in flow_container(run.job)["volumeMounts"]


def test_no_secret_value_is_in_the_job_or_in_the_log(run: Run) -> None:
    searched = json.dumps(run.job) + run.log
    assert "planted" in searched, "the control: a flow's plain variable is found by this search"
    assert "s3-value" not in searched
    assert TOKEN not in searched
    assert str(float(TOKEN)) not in searched


def test_labels_arrive_in_the_jobs_container_as_they_are(run: Run) -> None:
    [copied] = [
        entry["value"]
        for entry in flow_container(run.job)["env"]
        if entry["name"] == "PREFECT__CLOUD__AGENT__LABELS"
    ]
    assert expand(copied, {"HOME": "/tmp"}) == str(AGENT["labels"])  # noqa: S108


def test_a_flow_with_an_old_environment_runs_in_the_same_template(tmp_path: Path) -> None:
    old: dict[str, Any] = {
        "type": "LocalEnvironment",
        "labels": [],
        "metadata": {"image": "team/old:1"},
        "executor": None,
    }
    flow_run = stubs.flow_run(run_config=None, environment=old)
    run = run_agent(environments.PREFECT_0, tmp_path, flow_run=flow_run)
    assert flow_container(run.job)["image"] == "team/old:1"
    assert violations(run.job["spec"]["template"]["spec"]) == []
    assert TOKEN not in json.dumps(run.job)
