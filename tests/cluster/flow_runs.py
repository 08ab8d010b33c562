"""Flow runs on the cluster: registered, started, waited for, and what their containers saw."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cluster import pods

if TYPE_CHECKING:
    from tests.cluster.place import Place
    from tests.cluster.prefect_server import Server

__all__ = [
    "LOOK",
    "Seen",
    "config_map",
    "ended",
    "job",
    "register",
    "run",
    "seen",
    "start",
]

FOLDER = "/opt/flows"
SECONDS = 150
_FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_MARK = "QHUB-SEEN "
LOOK = f'''
import base64, json, os, pathlib

from prefect import flow


def text(path):
    return path.read_text().strip() if path.exists() else None


@flow
def look():
    secrets = pathlib.Path("/etc/qhub/secrets")
    files = sorted(secrets.iterdir()) if secrets.exists() else []
    group = pathlib.Path("/sys/fs/cgroup")
    print("{_MARK}" + json.dumps({{
        "environment": dict(os.environ),
        "files": {{
            path.name: base64.b64encode(path.read_bytes()).decode()
            for path in files if path.is_file()
        }},
        "is_writable": os.access(secrets, os.W_OK),
        "memory": text(group / "memory/memory.limit_in_bytes") or text(group / "memory.max"),
        "cpu": text(group / "cpu/cpu.cfs_quota_us") or text(group / "cpu.max"),
        "user": os.getuid(),
    }}), flush=True)
    return 1
'''
"""A flow that prints what its container sees."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a flow saw from inside; `memory_bytes` and `cpu` are the limits of its cgroup."""

    environment: dict[str, str]
    files: dict[str, bytes]
    is_writable: bool
    memory_bytes: int
    cpu: float | None
    user: int


def config_map(name: str, **files: str) -> dict[str, Any]:
    """Return a ConfigMap with files of code: `look=…` is `look.py`."""
    data = {f"{file}.py": text for file, text in files.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def register(
    server: Server,
    name: str,
    *,
    pool: str,
    flow: str = "look",
    queue: str = "default",
    job_variables: dict[str, Any] | None = None,
) -> str:
    """Make a deployment of `FLOW.py:FLOW`, by Prefect's API alone; return its id."""
    working = {"prefect.deployments.steps.set_working_directory": {"directory": FOLDER}}
    made = server.call(
        "POST",
        "/deployments/",
        {
            "name": name,
            "flow_id": server.call("POST", "/flows/", {"name": flow})["id"],
            "work_pool_name": pool,
            "work_queue_name": queue,
            "entrypoint": f"{flow}.py:{flow}",
            "pull_steps": [working],
            "job_variables": job_variables or {},
        },
    )
    return str(made["id"])


def start(server: Server, deployment: str) -> str:
    """Ask for a run now; return its id."""
    wanted = {"state": {"type": "SCHEDULED"}}
    made = server.call("POST", f"/deployments/{deployment}/create_flow_run", wanted)
    return str(made["id"])


def ended(server: Server, flow_run: str) -> dict[str, Any]:
    """Wait until a run has ended; return it as Prefect has it."""

    def final() -> dict[str, Any] | None:
        found: dict[str, Any] = server.call("GET", f"/flow_runs/{flow_run}")
        return found if found["state_type"] in _FINAL else None

    found = pods.until(final, f"flow run {flow_run} ends", seconds=SECONDS, pause=1)
    assert found is not None
    return found


def run(server: Server, *deployments: str) -> list[str]:
    """Run deployments, all at once, which must complete; return the ids of the runs."""
    started = [start(server, deployment) for deployment in deployments]
    states = [ended(server, each)["state"] for each in started]
    assert [state["type"] for state in states] == ["COMPLETED"] * len(started), states
    return started


def job(place: Place, flow_run: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the Job of a run and its pod, as the API server has them."""
    label = f"prefect.io/flow-run-id={flow_run}"
    [made] = place.items("jobs", label)
    [pod] = place.items("pods", f"job-name={made['metadata']['name']}")
    return made, pod


def seen(place: Place, flow_run: str) -> Seen:
    """Return what the flow `look` printed."""
    _, pod = job(place, flow_run)
    text = pods.log(place.cluster, place.namespace, pod["metadata"]["name"])
    [line] = [line for line in text.splitlines() if line.startswith(_MARK)]
    said = json.loads(line.removeprefix(_MARK))
    return Seen(
        environment=said["environment"],
        files={name: base64.b64decode(text) for name, text in said["files"].items()},
        is_writable=said["is_writable"],
        memory_bytes=int(said["memory"]),
        cpu=_cpus(said["cpu"]),
        user=said["user"],
    )


def _cpus(said: str | None) -> float | None:
    """Return the CPUs of a quota: "50000" of cgroup v1, "50000 100000" of v2; None of no limit."""
    if said is None or said.startswith(("-1", "max")):
        return None
    quota, _, period = said.partition(" ")
    return int(quota) / int(period or 100_000)
