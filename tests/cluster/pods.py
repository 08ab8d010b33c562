"""Objects of the cluster, and pods of the bed's own image `probe`, which sees it from inside."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.cluster.access import Cluster

__all__ = [
    "RESTRICTED",
    "get",
    "items",
    "log",
    "make_namespace",
    "outcome",
    "pod",
    "remove",
    "start",
    "until",
]

T = TypeVar("T")
DEADLINE_SECONDS = 180  # of which a pod takes two, on a machine with nothing else to do
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
# The kinds that are in a group, by the words of their addresses; all others are of the core.
_GROUPS = {
    "deployments": "apis/apps/v1",
    "jobs": "apis/batch/v1",
    "networkpolicies": "apis/networking.k8s.io/v1",
    "poddisruptionbudgets": "apis/policy/v1",
    "replicasets": "apis/apps/v1",
    "rolebindings": "apis/rbac.authorization.k8s.io/v1",
    "roles": "apis/rbac.authorization.k8s.io/v1",
}


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
    """Make objects that are not there yet."""
    with cluster.api() as api:
        for document in documents:
            api.post(_path(document["kind"], namespace), document)


def make_namespace(cluster: Cluster, name: str, labels: Mapping[str, str] | None = None) -> None:
    """Make a namespace in which pods may be made then."""
    with cluster.api() as api:
        api.post("/api/v1/namespaces", {"metadata": {"name": name, "labels": dict(labels or {})}})
        account = f"{_path('serviceaccounts', name)}/default"
        until(lambda: api.get(account), f"namespace {name} has its account")


def remove(cluster: Cluster, kind: str, name: str, namespace: str = "") -> None:
    """Remove an object, or one that is there no more; nothing waits for its end."""
    with cluster.api() as api:
        api.delete(f"{_path(kind, namespace)}/{name}")


def outcome(
    cluster: Cluster, namespace: str, name: str, *, seconds: float = DEADLINE_SECONDS
) -> tuple[str, str]:
    """Wait until a pod is done; return its phase and what it printed."""

    def phase() -> str:
        found = get(cluster, namespace, "pod", name)["status"]["phase"]
        return found if found in ("Succeeded", "Failed") else ""

    ended = until(phase, f"pod {name} ends", seconds=seconds, pause=0.3)
    return ended, log(cluster, namespace, name).strip()


def log(cluster: Cluster, namespace: str, name: str) -> str:
    """Return what a pod of one container has printed."""
    with cluster.api() as api:
        return api.text(f"{_path('pods', namespace)}/{name}/log").decode()


def get(cluster: Cluster, namespace: str, kind: str, name: str) -> dict[str, Any]:
    """Return an object as the API server has it."""
    with cluster.api() as api:
        found = api.get(f"{_path(kind, namespace)}/{name}")
    assert found is not None, f"no {kind} {name} in namespace {namespace}"
    return found


def items(cluster: Cluster, namespace: str, kinds: str, selector: str = "") -> list[dict[str, Any]]:
    """Return the objects of kinds ("jobs,pods") in a namespace, each with its kind."""
    query = {"labelSelector": selector} if selector else None
    found = []
    with cluster.api() as api:
        for kind in kinds.split(","):
            listed = api.get(_path(kind, namespace), query)
            assert listed is not None, f"no kind {kind}"
            named = listed["kind"].removesuffix("List")
            version = listed["apiVersion"]
            found += [{"apiVersion": version, "kind": named, **one} for one in listed["items"]]
    return found


def _path(kind: str, namespace: str) -> str:
    """Return the address of a kind ("Pod", "pod" or "pods") in a namespace; of all without one."""
    word = kind.lower()
    if not word.endswith("s"):
        word = f"{word.removesuffix('y')}ies" if word.endswith("y") else f"{word}s"
    within = f"namespaces/{namespace}/" if namespace else ""
    return f"/{_GROUPS.get(word, 'api/v1')}/{within}{word}"


def until(
    attempt: Callable[[], T], what: str, *, seconds: float = DEADLINE_SECONDS, pause: float = 0.2
) -> T:
    """Return what `attempt` returns soon after that is true; what takes long is asked less."""
    deadline = time.monotonic() + seconds
    while not (found := attempt()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)
        pause = max(pause, min(1.1 * pause, 0.4))
    return found
