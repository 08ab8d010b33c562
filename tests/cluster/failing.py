"""Deploys of a test that go on side by side, by another QHub or by who has too few rights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.process import QHUB
from tests.cluster.bed.place import CHECKOUT
from tests.cluster.pods import start

if TYPE_CHECKING:
    from tests.cluster.access import Cluster
    from tests.cluster.place import Place

__all__ = [
    "BINDING",
    "Attempt",
    "Told",
    "another_qhub",
    "at_work",
    "bound",
    "limited_user",
    "shown",
]

DEADLINE_SECONDS = 300
BINDING = "deployer"
_KINDS = {
    "": "configmaps events pods pods/log resourcequotas secrets serviceaccounts",
    "apps": "deployments replicasets",
    "batch": "jobs",
    "networking.k8s.io": "networkpolicies",
    "policy": "poddisruptionbudgets",
    "rbac.authorization.k8s.io": "roles rolebindings",
}


@dataclass(frozen=True, slots=True)
class Told:
    """How a deploy ended; `at` is when it said so, in seconds since 1970."""

    status: int
    out: str
    err: str
    at: float

    @property
    def report(self) -> dict[str, Any]:
        """What `--output json` says."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True, slots=True)
class Attempt:
    """One `qhub deploy` at work, of another QHub if one is given; what it prints goes to files."""

    place: Place
    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    begun: float

    @classmethod
    def begin(cls, place: Place, *, qhub: Path | None = None) -> Attempt:
        """Start `qhub deploy --output json`."""
        first = [] if qhub is None else [str(qhub)]
        path = os.pathsep.join([*first, place.environment["PYTHONPATH"]])
        log = place.folder.parent
        number = len(list(log.glob("*.out")))
        out, err = log / f"{number}.out", log / f"{number}.err"
        begun = time.time()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*QHUB, "deploy", "--yes", "--output", "json"],
                cwd=place.folder,
                env=place.env({"PYTHONPATH": path}),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        return cls(place, process, out, err, begun)

    def told(self) -> Told:
        """Wait until it has ended."""
        status = self.process.wait(timeout=DEADLINE_SECONDS)
        at = self.out.stat().st_mtime
        return Told(status, self.out.read_text(), self.err.read_text(), at)


def at_work(place: Place) -> list[str]:
    """Return the programs that still work for a place: qhub, Terraform, providers, helm."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        if str(place.folder).encode() in said or place.namespace.encode() in said.split(b"\0"):
            found.append(name)
    return found


def shown(place: Place, agent: str, reason: str) -> float:
    """Return when the cluster first showed such an event of an agent, in seconds since 1970."""
    told = [
        event
        for event in place.items("events")
        if event["reason"] == reason
        and event["involvedObject"]["name"].startswith(f"qhub-{agent}-")
    ]
    times = [event.get("firstTimestamp") or event["eventTime"] for event in told]
    assert times, f"no event {reason}"
    return min(datetime.fromisoformat(time).timestamp() for time in times)


def limited_user(cluster: Cluster, namespace: str, folder: Path) -> Path:
    """Return a kubeconfig of somebody who may deploy into a namespace, and not look at it."""
    account = {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": BINDING}}
    role = {
        "kind": "Role",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": BINDING},
        "rules": [
            {"apiGroups": [group], "resources": kinds.split(), "verbs": ["*"]}
            for group, kinds in _KINDS.items()
        ],
    }
    start(cluster, namespace, account, role, bound(namespace))
    token = cluster.kubectl("create", "token", BINDING, f"--namespace={namespace}").strip()
    raw = ("config", "view", "--raw", "--minify", "--flatten", "--output=json")
    config = json.loads(cluster.kubectl(*raw))
    config["users"][0]["user"] = {"token": token}
    file = folder / "limited"
    file.touch(mode=0o600)
    file.write_text(json.dumps(config), encoding="utf-8")
    return file


def bound(namespace: str) -> dict[str, Any]:
    """Return what gives that user his rights."""
    rbac = "rbac.authorization.k8s.io"
    return {
        "kind": "RoleBinding",
        "apiVersion": f"{rbac}/v1",
        "metadata": {"name": BINDING},
        "roleRef": {"apiGroup": rbac, "kind": "Role", "name": BINDING},
        "subjects": [{"kind": "ServiceAccount", "name": BINDING, "namespace": namespace}],
    }


def another_qhub(folder: Path) -> Path:
    """Make a QHub whose chart differs from ours.

    It refuses two replicas, which the check of the config lets through, and does not fit Pod
    Security `restricted`.
    """
    ignored = shutil.ignore_patterns(".terraform")
    for part in ("qhub", "helm", "schemas", "terraform"):
        shutil.copytree(CHECKOUT / part, folder / part, ignore=ignored)
    chart = folder / "helm" / "prefect-agent"
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    schema["properties"]["replicas"]["maximum"] = 1
    del schema["definitions"]["podSecurityContext"]["properties"]["runAsNonRoot"]["const"]
    (chart / "values.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    values = (chart / "values.yaml").read_text(encoding="utf-8")
    assert "runAsNonRoot: true" in values
    loose = values.replace("runAsNonRoot: true", "runAsNonRoot: false")
    (chart / "values.yaml").write_text(loose, encoding="utf-8")
    return folder
