"""Pods that the API server refuses: what its admission says becomes a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster.causes import causes, of_runs
from tests.kube.cause import RELEASE, after, only
from tests.kube.objects import pod_spec

if TYPE_CHECKING:
    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("controlled")]


def test_pod_security_refuses(cluster: Cluster, objects: Objects, until: Any) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    path = f"/api/v1/namespaces/{objects.namespace}"
    objects.server.call("PATCH", path, {"metadata": {"labels": labels}})
    objects.deployment()
    found = after(cluster, until, "pod-security")
    assert found.subject == "deployment/qhub-etl"
    assert found.message.startswith(
        'no pod is made: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != '
    )
    assert found.hint.startswith("the namespace enforces Pod Security 'restricted': take what")
    assert found.lasting


def test_a_full_quota_refuses(cluster: Cluster, objects: Objects, until: Any) -> None:
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}}
    objects.create("v1", "resourcequotas", quota)
    until(lambda: any(one.hard for one in cluster.quotas()))
    objects.deployment()
    found = after(cluster, until, "quota")
    assert found.message == (
        "no pod is made: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0"
    )
    assert found.hint == (
        "free something, lower `resources`, or ask for more: `kubectl describe quota small` "
        "shows it"
    )


def test_a_quota_that_wants_requests_refuses(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    hard = {"requests.memory": "1Gi", "limits.cpu": "1"}
    objects.create("v1", "resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    until(lambda: any(one.hard for one in cluster.quotas()))
    objects.deployment()
    found = after(cluster, until, "quota")
    assert "failed quota: q: must specify limits.cpu" in found.message
    assert found.hint.startswith("quota 'q' wants every pod to say it: set resources.requests")


def test_a_limit_range_refuses(cluster: Cluster, objects: Objects, until: Any) -> None:
    limit = {"type": "Container", "max": {"memory": "128Mi"}}
    objects.create("v1", "limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}})
    amounts = {"limits": {"memory": "512Mi"}}
    objects.deployment(container={"resources": amounts})
    found = after(cluster, until, "quota")
    assert "maximum memory usage per Container is 128Mi" in found.message
    assert "`kubectl describe limitrange` shows it" in found.hint


def test_a_priority_class_that_is_not_there_refuses(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    objects.deployment(priorityClassName="urgent")
    found = after(cluster, until, "creation")
    assert "no PriorityClass with name urgent was found" in found.message
    assert found.hint.startswith("create the PriorityClass 'urgent'")


def test_refusals_end_with_their_reason(cluster: Cluster, objects: Objects, until: Any) -> None:
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}}
    objects.create("v1", "resourcequotas", quota)
    until(lambda: any(one.hard for one in cluster.quotas()))
    objects.deployment()
    after(cluster, until, "quota")
    objects.patch("v1", "resourcequotas", "small", {"spec": {"hard": {"pods": "5"}}})
    # A new version of the Deployment is tried at once; the old one's refusal no longer counts.
    objects.patch(
        "apps/v1",
        "deployments",
        "qhub-etl",
        {"spec": {"template": {"metadata": {"annotations": {"again": "1"}}}}},
    )
    until(lambda: {one.kind for one in causes(cluster, RELEASE)} == {"unschedulable"})


def test_the_refusal_of_an_older_version_does_not_count(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    limit = {"type": "Container", "max": {"memory": "128Mi"}}
    objects.create("v1", "limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}})
    objects.deployment(container={"resources": {"limits": {"memory": "512Mi"}}})
    after(cluster, until, "quota")
    (name,) = (one["name"] for one in pod_spec()["containers"])
    fits = {"name": name, "resources": {"limits": {"memory": "64Mi"}}}
    # The older version keeps asking for its pod until one of the newer version is ready.
    objects.patch(
        "apps/v1",
        "deployments",
        "qhub-etl",
        {"spec": {"template": {"spec": {"containers": [{**pod_spec()["containers"][0], **fits}]}}}},
    )
    until(lambda: {one.kind for one in causes(cluster, RELEASE)} == {"unschedulable"})
    refused = [one for one in cluster.replica_sets() if one.conditions.get("ReplicaFailure")]
    assert [one.replicas for one in refused] == [1]


def test_a_flow_run_whose_pod_is_refused_is_told(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    path = f"/api/v1/namespaces/{objects.namespace}"
    objects.server.call("PATCH", path, {"metadata": {"labels": labels}})
    runs = {"qhub.dev/agent": "qhub-etl", "qhub.dev/component": "flow-run"}
    template = {"metadata": {"labels": runs}, "spec": pod_spec(restartPolicy="Never")}
    job = {"metadata": {"name": "brave-otter", "labels": runs}, "spec": {"template": template}}
    objects.create("batch/v1", "jobs", job)
    until(lambda: of_runs(cluster, RELEASE))
    found = only(of_runs(cluster, RELEASE))
    assert (found.kind, found.subject) == ("pod-security", "job/brave-otter")
    assert of_runs(cluster, "qhub-other") == ()
