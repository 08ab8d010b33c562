"""Jobs that real agents and workers make in the stand-in for Kubernetes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helm import stubs
from tests.helm.examples import NAMESPACE, SECRETS
from tests.helm.prefect3 import SECONDS, Server, render
from tests.helm.processes import free_port, invocation, running, status

DEPLOYMENT_ENV = {"MINE": "planted", "PREFECT_LOGGING_LEVEL": "DEBUG"}


@dataclass(frozen=True, slots=True)
class JobRun:
    """A Job that a worker made, and how the worker was."""

    job: dict[str, Any]
    health: int | None
    log: str


def is_job(request: stubs.Request) -> bool:
    return (
        request.method == "POST" and request.path == f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
    )


def flow_container(job: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = job["spec"]["template"]["spec"]["containers"][0]
    return described


def references(job: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the variables of the flow's container that come from Secrets."""
    return {
        entry["name"]: entry["valueFrom"]["secretKeyRef"]
        for entry in flow_container(job)["env"]
        if "valueFrom" in entry
    }


def first_job(server: Server, *, python: Path, folder: Path) -> JobRun:
    """Run the chart's worker until it has made the Job of a deployment with its own variables."""
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
