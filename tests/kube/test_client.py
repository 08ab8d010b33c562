"""What QHub reads of a real API server."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from qhub.cluster import target
from qhub.cluster.connection import Connection
from qhub.cluster.errors import RefusedError
from tests.kube.objects import IMAGE, container_status, ended, now

if TYPE_CHECKING:
    from collections.abc import Callable

    from qhub.cluster import Cluster
    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster


PLANTED = "pl4nted-v4lue"


def test_the_version_and_who_we_are(cluster: Cluster) -> None:
    version = cluster.version()
    assert (version.major, version.minor) >= (1, 30)
    assert version.text.startswith(f"v{version.major}.{version.minor}.")
    assert cluster.user() == "admin"


def test_a_namespace_tells_its_labels_and_its_pod_security(
    cluster: Cluster, objects: Objects
) -> None:
    plain = cluster.namespace()
    assert plain is not None
    assert (plain.name, plain.pod_security, plain.is_ours) == (objects.namespace, None, False)
    labels = {
        "pod-security.kubernetes.io/enforce": "restricted",
        "app.kubernetes.io/managed-by": "qhub",
    }
    path = f"/api/v1/namespaces/{objects.namespace}"
    objects.server.call("PATCH", path, {"metadata": {"labels": labels}})
    ours = cluster.namespace(objects.namespace)
    assert ours is not None
    assert (ours.pod_security, ours.is_ours, ours.ends) == ("restricted", True, False)
    assert cluster.namespace("there-is-none") is None


def test_a_secret_gives_bytes_and_is_never_shown(cluster: Cluster, objects: Objects) -> None:
    value = PLANTED.encode() + b"\n\x00\xff"
    data = {"a.key": base64.b64encode(value).decode(), "empty": ""}
    objects.create("v1", "secrets", {"metadata": {"name": "mine"}, "data": data})
    found = cluster.secret("mine")
    assert found is not None
    assert dict(found) == {"a.key": value, "empty": b""}
    assert f"{found} {found!r}" == " ".join(["SecretData(keys=['a.key', 'empty'])"] * 2)
    assert cluster.secret("other") is None


def test_what_is_not_there_is_none_or_nothing(cluster: Cluster) -> None:
    assert cluster.lease("absent") is None
    assert cluster.pod("absent") is None
    assert cluster.release("absent") is None
    assert cluster.object("rbac.authorization.k8s.io/v1", "RoleBinding", "absent") is None
    assert cluster.object("networking.k8s.io/v1", "NetworkPolicy", "absent") is None
    assert cluster.object("no.such.group/v1", "Thing", "absent") is None
    assert (cluster.pods(), cluster.deployments(), cluster.jobs()) == ((), (), ())
    assert (cluster.events(), cluster.quotas(), cluster.releases()) == ((), (), ())


def test_storage_classes_tell_which_is_the_default(cluster: Cluster, objects: Objects) -> None:
    assert cluster.storage_classes() == ()
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    for name, marks in (("fast", default), ("slow", {})):
        body = {
            "metadata": {"name": name, "annotations": marks},
            "provisioner": "example.com/disk",
        }
        objects.create("storage.k8s.io/v1", "storageclasses", body, namespaced=False)
    try:
        found = {one.name: one.is_default for one in cluster.storage_classes()}
        assert found == {"fast": True, "slow": False}
    finally:
        for name in ("fast", "slow"):
            objects.server.call("DELETE", f"/apis/storage.k8s.io/v1/storageclasses/{name}")


def test_a_lease_tells_who_holds_it_since_when(cluster: Cluster, objects: Objects) -> None:
    moment = "2026-11-21T10:11:12.123456Z"
    body = {
        "metadata": {"name": "lock-tfstate", "annotations": {"app.terraform.io/lock-info": "{}"}},
        "spec": {"holderIdentity": "0f3e", "acquireTime": moment, "renewTime": moment},
    }
    objects.create("coordination.k8s.io/v1", "leases", body)
    found = cluster.lease("lock-tfstate")
    assert found is not None
    assert (found.holder, found.acquired_at) == ("0f3e", datetime.fromisoformat(moment))
    assert found.annotations == {"app.terraform.io/lock-info": "{}"}
    assert cluster.lease("lock-tfstate", "default") is None


def test_a_pod_tells_its_containers_in_the_order_of_their_start(
    cluster: Cluster, objects: Objects
) -> None:
    objects.pod("one", initContainers=[{"name": "work-pool", "image": IMAGE}], nodeName="node-1")
    state = {"running": {"startedAt": now()}}
    objects.says(
        "one",
        phase="Running",
        conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": now()}],
        initContainerStatuses=[container_status(ended(0, "Completed"), name="work-pool")],
        containerStatuses=[
            container_status(state, ready=True, restartCount=2, lastState=ended(137, "OOMKilled"))
        ],
    )
    (found,) = cluster.pods({"app.kubernetes.io/instance": "qhub-etl"})
    assert (found.name, found.node, found.is_ready, found.restarts) == ("one", "node-1", True, 2)
    first, second = found.containers
    assert (first.name, first.is_init, second.name, second.is_init) == (
        *("work-pool", True),
        *("agent", False),
    )
    assert first.state is not None
    assert (first.state.kind, first.state.exit_code) == ("terminated", 0)
    assert second.last is not None
    assert (second.last.reason, second.last.exit_code) == ("OOMKilled", 137)
    assert cluster.pods({"app.kubernetes.io/instance": "other"}) == ()
    assert cluster.pod("one") == found


def test_long_lists_come_whole(
    cluster: Cluster, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.cluster.connection._PAGE", "5")
    for number in range(12):
        objects.pod(f"pod-{number:02}")
    assert [pod.name for pod in cluster.pods()] == [f"pod-{number:02}" for number in range(12)]


def test_events_of_some_objects_come_in_order(cluster: Cluster, objects: Objects) -> None:
    one, other = (objects.pod(name, nodeName="node-1") for name in ("one", "other"))
    objects.event("Pod", one, "BackOff", "first")
    objects.event("Pod", other, "BackOff", "of another")
    objects.event("Pod", one, "Failed", "second")
    found = cluster.events([one["metadata"]["uid"]])
    assert [(event.reason, event.message) for event in found] == [
        ("BackOff", "first"),
        ("Failed", "second"),
    ]
    assert found[0].name == "one"
    many = [one["metadata"]["uid"], *(str(number) for number in range(30))]
    assert cluster.events(many) == found
    assert len(cluster.events()) == 3


def test_a_log_that_cannot_be_had_is_told(cluster: Cluster, objects: Objects) -> None:
    objects.pod("one")
    assert list(cluster.logs("one", "agent")) == []  # no node has it yet
    with pytest.raises(RefusedError, match="container other is not valid for pod one"):
        list(cluster.logs("one", "other"))
    objects.pod("two", nodeName="node-that-is-gone")
    with pytest.raises(RefusedError, match="node-that-is-gone"):
        list(cluster.logs("two", "agent"))


def test_several_threads_share_one_connection(
    cluster: Cluster, objects: Objects, until: Callable[[Callable[[], object]], None]
) -> None:
    objects.pod("one")
    until(lambda: cluster.pods())
    answers = cluster.several(lambda _: len(cluster.pods()), range(40))
    assert answers == (1,) * 40


def test_an_object_is_replaced_and_removed_and_one_that_is_gone_is_as_good(
    apiserver: ApiServer, objects: Objects
) -> None:
    path = objects.path("v1", "configmaps", "mine")
    objects.create("v1", "configmaps", {"metadata": {"name": "mine"}, "data": {"a": "1"}})
    environ = {"KUBECONFIG": str(apiserver.kubeconfig)}
    connection = Connection(target(None, objects.namespace, environ), environ=environ)
    try:
        found = connection.get(path)
        assert found is not None
        connection.put(path, {**found, "data": {"a": "2"}})
        assert objects.get("v1", "configmaps", "mine")["data"] == {"a": "2"}
        connection.delete(path)
        assert connection.get(path) is None
        connection.delete(path)
    finally:
        connection.close()
