"""Pods that no node takes: what the scheduler says becomes a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster.causes import causes, of_runs
from tests.kube.cause import RELEASE, after, only
from tests.kube.objects import AGENT, node, pod_spec

if TYPE_CHECKING:
    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster


@pytest.mark.usefixtures("controlled")
def test_without_a_node_nothing_is_scheduled(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    objects.deployment()
    found = after(cluster, until, "unschedulable")
    assert found.subject.startswith("pod/qhub-etl-")
    assert found.message == "no node takes it: no nodes available to schedule pods"
    assert found.hint == "the cluster has no nodes: add some"
    assert found.lasting


@pytest.mark.usefixtures("controlled")
@pytest.mark.parametrize(
    ("spec", "settings", "message", "hint", "lasting"),
    [
        pytest.param(
            {"container": {"resources": {"requests": {"memory": "8Gi"}}}},
            {},
            "no node takes it: 0/1 nodes are available: 1 Insufficient memory",
            "no node has so much memory free: lower the requests in `resources`",
            False,
            id="memory",
        ),
        pytest.param(
            {"container": {"resources": {"limits": {"nvidia.com/gpu": "1"}}}},
            {},
            "no node takes it: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu",
            "no node has a GPU free",
            False,
            id="a GPU",
        ),
        pytest.param(
            {"nodeSelector": {"qhub.dev/pool": "gpu"}},
            {},
            "no node takes it: 0/1 nodes are available: 1 node(s) didn't match Pod's node "
            "affinity/selector",
            "no node has the labels that it selects: check node_pool",
            True,
            id="a pool",
        ),
        pytest.param(
            {},
            {"taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]},
            "no node takes it: 0/1 nodes are available: 1 node(s) had untolerated taint",
            "nodes are tainted",
            True,
            id="a taint",
        ),
        pytest.param(
            {},
            {"unschedulable": True},
            "no node takes it: 0/1 nodes are available: 1 node(s) were unschedulable",
            "nodes are cordoned",
            True,
            id="cordoned",
        ),
    ],
)
def test_the_scheduler_tells_why_no_node_takes_it(
    spec: dict[str, Any],
    settings: dict[str, Any],
    message: str,
    hint: str,
    lasting: bool,  # noqa: FBT001 of the table
    cluster: Cluster,
    objects: Objects,
    until: Any,
) -> None:
    with node(objects, **settings):
        objects.deployment(**spec)
        until(lambda: any(one.message.startswith(message) for one in causes(cluster, RELEASE)))
        found = only(causes(cluster, RELEASE))
    assert found.kind == "unschedulable"
    assert "preemption" not in found.message
    assert found.hint.startswith(hint)
    assert found.lasting is lasting


def test_a_node_that_is_being_added_is_waited_for(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    pod = objects.pod()
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    message = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
    objects.says("qhub-etl-1", conditions=[{**unscheduled, "message": message}])
    assert only(causes(cluster, RELEASE)).lasting
    objects.event("Pod", pod, "TriggeredScaleUp", "pod triggered scale-up: [{gpu 0->1 (max: 4)}]")
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.lasting) == ("starting", False)
    assert "a node that is being added: pod triggered scale-up" in found.message


@pytest.mark.usefixtures("controlled")
def test_a_flow_run_that_no_node_takes_is_told(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    runs = {"qhub.dev/agent": "qhub-etl", "qhub.dev/component": "flow-run"}
    template = {"metadata": {"labels": runs}, "spec": pod_spec(restartPolicy="Never")}
    job = {"metadata": {"name": "brave-otter", "labels": runs}, "spec": {"template": template}}
    objects.create("batch/v1", "jobs", job)
    until(lambda: of_runs(cluster, RELEASE))
    assert only(of_runs(cluster, RELEASE)).kind == "unschedulable"
    assert AGENT["app.kubernetes.io/instance"] == RELEASE
