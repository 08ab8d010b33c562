"""Pods of the bed's own image `probe`, which sees a network and files from inside."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.access import Cluster

__all__ = ["get", "outcome", "pod", "start", "until"]

T = TypeVar("T")
DEADLINE_SECONDS = 60


def pod(name: str, image: str, *args: str, **spec: Any) -> dict[str, Any]:
    """Return a pod of one container that passes Pod Security `restricted`."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "main",
                    "image": image,
                    "args": list(args),
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
            **spec,
        },
    }


def start(cluster: Cluster, namespace: str, *documents: dict[str, Any]) -> None:
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})
    cluster.kubectl("apply", "--namespace", namespace, "--filename=-", stdin=items)


def outcome(cluster: Cluster, namespace: str, name: str) -> tuple[str, str]:
    """Wait until a pod is done; return its phase and what it printed."""

    def phase() -> str:
        found = get(cluster, namespace, "pod", name)["status"]["phase"]
        return found if found in ("Succeeded", "Failed") else ""

    ended = until(phase, f"pod {name} ends")
    return ended, cluster.kubectl("logs", name, "--namespace", namespace).strip()


def get(cluster: Cluster, namespace: str, kind: str, name: str) -> dict[str, Any]:
    """Return an object as the API server has it."""
    text = cluster.kubectl("get", kind, name, "--namespace", namespace, "--output=json")
    found: dict[str, Any] = json.loads(text)
    return found


def until(attempt: Callable[[], T], what: str, *, seconds: float = DEADLINE_SECONDS) -> T:
    """Return what `attempt` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (found := attempt()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return found
