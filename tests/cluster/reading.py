"""A flow that reads secrets in its own pod and says whether they are right, never what they are.

It compares salted digests, which are its parameters; so what is right is told to nobody who does
not know it. Its code comes from a ConfigMap: `OVERRIDES` mounts it into the jobs of all agents.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.cluster import flow_runs, pods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

__all__ = ["OVERRIDES", "Expected", "completed", "lay_out", "read_by", "start"]

_NAME = "secret-reader"
_FLOW = "reader"
_CODE = """
import hashlib, os, pathlib
from prefect import flow, get_run_logger
from qhub.flows import secret, secret_file

VOLUME = pathlib.Path("/etc/qhub/secrets")


def arguments():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        yield path.read_bytes()


@flow
def reader(salt: str, files: dict[str, str], variables: dict[str, str]):
    log = get_run_logger()
    values = {f"file {name}": secret_file(name).read_bytes() for name in files}
    values |= {f"secret() {name}": secret(name).encode() for name in files}
    values |= {f"variable {name}": os.environb[name.encode()] for name in variables}
    right = {**files, **variables}
    wrong = [
        name
        for name, value in values.items()
        if hashlib.sha256(salt.encode() + value).hexdigest() != right[name.split(" ")[1]]
    ]
    there = {path.name for path in VOLUME.glob("[!.]*")}
    shown = [line for line in arguments() if any(value in line for value in values.values())]
    log.info("control %s", os.environ.get("CONTROL"))
    log.info("read %d: wrong %s, there %s", len(values), sorted(wrong), sorted(there))
    if wrong or shown or there != set(files):
        raise ValueError(f"wrong: {sorted(wrong)}; {len(shown)} processes show one")
"""
# Of `prefect.overrides`: the code, beside all that the chart mounts itself; runs begin soon, and
# many pods have room on a small node.
OVERRIDES: Mapping[str, Any] = {
    "worker": {"querySeconds": 5},
    "resources": {"requests": {"cpu": "50m"}},
    "job": {
        "resources": {"requests": {"cpu": "50m"}},
        "extraVolumes": [{"name": "flows", "configMap": {"name": _NAME}}],
        "extraVolumeMounts": [{"name": "flows", "mountPath": flow_runs.FOLDER, "readOnly": True}],
    },
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run must find: all files of the volume, and some variables, by their names."""

    files: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """Return it as the flow is told."""
        salt = secrets.token_hex(16)

        def digested(values: Mapping[str, str]) -> dict[str, str]:
            return {
                name: hashlib.sha256((salt + value).encode()).hexdigest()
                for name, value in values.items()
            }

        files, variables = digested(self.files), digested(self.variables)
        return {"salt": salt, "files": files, "variables": variables}


def lay_out(cluster: Cluster, namespace: str) -> None:
    """Put the flow's code into a namespace."""
    pods.start(cluster, namespace, flow_runs.config_map(_NAME, **{_FLOW: _CODE}))


def start(server: Server, agent: str, expected: Expected) -> str:
    """Start a run on an agent and return its id."""
    deployment = flow_runs.register(server, agent, pool=agent, flow=_FLOW)
    wanted = {"parameters": expected.parameters(), "state": {"type": "SCHEDULED"}}
    return str(server.call("POST", f"/deployments/{deployment}/create_flow_run", wanted)["id"])


def completed(server: Server, run: str) -> None:
    """Wait until a run has ended, which must be well."""
    state = flow_runs.ended(server, run)["state_type"]
    assert state == "COMPLETED", log(server, run)


def log(server: Server, run: str) -> str:
    """Return what a run has logged."""
    wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
    return "\n".join(line["message"] for line in server.every("/logs/filter", wanted))


def read_by(server: Server, expected: Mapping[str, Expected]) -> None:
    """Run the flow once on each agent, all at once; each run must end well."""
    for run in [start(server, agent, wanted) for agent, wanted in expected.items()]:
        completed(server, run)
