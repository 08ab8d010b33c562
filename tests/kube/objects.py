"""Objects of a test's namespace, and what a kubelet would say of them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.terraform.apiserver import ApiServer

AGENT = {
    "app.kubernetes.io/name": "prefect-agent",
    "app.kubernetes.io/instance": "qhub-etl",
    "app.kubernetes.io/component": "agent",
}
"""Labels of the pods of an agent named etl."""
IMAGE = "registry.example.com/team/worker:1.0"


class Objects:
    """One namespace of an API server."""

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self.server = server
        self.namespace = namespace

    def path(self, version: str, plural: str, name: str = "", *, namespaced: bool = True) -> str:
        """Return the path of a kind, or of one object."""
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        inside = f"/namespaces/{self.namespace}" if namespaced else ""
        return "/".join(filter(None, [f"{group}{inside}/{plural}", name]))

    def create(
        self, version: str, plural: str, body: Mapping[str, Any], *, namespaced: bool = True
    ) -> Any:
        """Create an object and return it."""
        return self.server.call("POST", self.path(version, plural, namespaced=namespaced), body)

    def get(self, version: str, plural: str, name: str = "") -> Any:
        """Return an object, or all of a kind."""
        return self.server.call("GET", self.path(version, plural, name))

    def patch(self, version: str, plural: str, name: str, body: Mapping[str, Any]) -> Any:
        """Merge into an object; a name may end in /status."""
        return self.server.call("PATCH", self.path(version, plural, name), body)

    def delete(self, version: str, plural: str, name: str) -> None:
        """Delete an object."""
        self.server.call("DELETE", self.path(version, plural, name))

    def clear(self) -> None:
        """Delete all that makes pods, and the pods: no kubelet says that they have ended."""
        for version, plural in (
            ("apps/v1", "deployments"),
            ("apps/v1", "replicasets"),
            ("batch/v1", "jobs"),
            ("v1", "pods"),
        ):
            path = self.path(version, plural)
            self.server.call("DELETE", f"{path}?gracePeriodSeconds=0&propagationPolicy=Background")

    def deployment(self, **spec: Any) -> Any:
        """Create the Deployment of an agent named etl; `spec` is of its pods.

        `paused`: its controller makes no pods, so that the test can.
        """
        return self.create("apps/v1", "deployments", deployment(**spec))

    def pod(self, name: str = "qhub-etl-1", **spec: Any) -> Any:
        """Create a pod of an agent named etl that no controller looks after, on a node."""
        body = {"metadata": {"name": name, "labels": AGENT}, "spec": pod_spec(**spec)}
        return self.create("v1", "pods", body)

    def says(self, pod: str, *, phase: str = "Pending", **status: Any) -> None:
        """Write into a pod's status, as its kubelet does."""
        self.patch("v1", "pods", f"{pod}/status", {"status": {"phase": phase, **status}})

    def event(self, kind: str, about: Mapping[str, Any], reason: str, message: str) -> None:
        """Tell something of an object, as its kubelet or a controller does."""
        metadata = about["metadata"]
        moment = now()
        body = {
            "metadata": {"generateName": "e-"},
            "type": "Warning",
            "reason": reason,
            "message": message,
            "involvedObject": {
                "kind": kind,
                "name": metadata["name"],
                "namespace": self.namespace,
                "uid": metadata["uid"],
            },
            "firstTimestamp": moment,
            "lastTimestamp": moment,
            "count": 1,
        }
        self.create("v1", "events", body)


@contextmanager
def node(objects: Objects, **more: Any) -> Iterator[str]:
    """Have a node with two cores and 1 GiB, tolerated by nobody else's pods."""
    name = f"node-of-{objects.namespace}"
    labels = {"kubernetes.io/hostname": name, **more.pop("labels", {})}
    body = {"metadata": {"name": name, "labels": labels}}
    objects.create("v1", "nodes", body, namespaced=False)
    amounts = {"cpu": "2", "memory": "1Gi", "pods": "10"}
    ready = [{"type": "Ready", "status": "True", "lastHeartbeatTime": now()}]
    status = {"allocatable": amounts, "capacity": amounts, "conditions": ready}
    objects.server.call("PATCH", f"/api/v1/nodes/{name}/status", {"status": status})
    objects.server.call("PATCH", f"/api/v1/nodes/{name}", {"spec": {"taints": [], **more}})
    try:
        yield name
    finally:
        objects.server.call("DELETE", f"/api/v1/nodes/{name}")


def now() -> str:
    """Return the time as the API has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def deployment(**spec: Any) -> dict[str, Any]:
    """Return the Deployment of an agent named etl."""
    return {
        "metadata": {"name": "qhub-etl", "labels": AGENT},
        "spec": {
            "replicas": spec.pop("replicas", 1),
            "paused": spec.pop("paused", False),
            "selector": {"matchLabels": AGENT},
            "template": {"metadata": {"labels": AGENT}, "spec": pod_spec(**spec)},
        },
    }


def pod_spec(**spec: Any) -> dict[str, Any]:
    """Return a pod with one container, `agent`."""
    container = {"name": "agent", "image": IMAGE, **spec.pop("container", {})}
    return {"terminationGracePeriodSeconds": 0, "containers": [container], **spec}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    """Return the status of a container that waits."""
    return container_status({"waiting": {"reason": reason, "message": message}}, **more)


def ended(exit_code: int, reason: str = "Error") -> dict[str, Any]:
    """Return the state of a container that ended."""
    moment = now()
    inside = {"exitCode": exit_code, "reason": reason, "startedAt": moment, "finishedAt": moment}
    return {"terminated": inside}


def container_status(state: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the status of the container `agent`."""
    return {
        "name": "agent",
        "image": IMAGE,
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": state,
        **more,
    }
