"""Why a release is not ready, and what is no trouble at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster import Cluster, target
from qhub.cluster.causes import Cause, causes
from tests.kube.cause import RELEASE, only
from tests.kube.objects import IMAGE, node, waiting
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster


def test_a_release_that_is_not_there_is_absent(cluster: Cluster) -> None:
    assert only(causes(cluster, RELEASE)) == Cause(
        kind="absent",
        subject="release/qhub-etl",
        message="there is no such release",
        hint="run `qhub deploy`",
        lasting=True,
    )


@pytest.mark.usefixtures("controlled")
def test_a_ready_release_has_no_cause(cluster: Cluster, objects: Objects, until: Any) -> None:
    with node(objects):
        objects.deployment()
        until(lambda: any(pod.node for pod in cluster.pods()))
        (pod,) = cluster.pods()
        assert causes(cluster, RELEASE) != ()
        objects.says(pod.name, phase="Running", conditions=[{"type": "Ready", "status": "True"}])
        until(lambda: cluster.deployments()[0].is_rolled_out)
        assert causes(cluster, RELEASE) == ()


def test_an_evicted_pod_is_told(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    objects.pod(nodeName="node-1")
    told = "The node was low on resource: memory. "
    objects.says("qhub-etl-1", phase="Failed", reason="Evicted", message=told)
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.message) == (
        "node",
        "Evicted: The node was low on resource: memory",
    )


def test_what_only_starts_is_no_trouble_yet(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    pod = objects.pod(nodeName="node-1")
    objects.event("Pod", pod, "Pulling", f'Pulling image "{IMAGE}"')
    objects.says("qhub-etl-1", containerStatuses=[waiting("ContainerCreating")])
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.lasting) == ("starting", False)
    assert found.message.startswith(f'pulling image "{IMAGE}" (made ')


def test_several_pods_with_one_trouble_are_one_cause(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(replicas=3, paused=True)
    for number in (1, 2, 3):
        objects.pod(f"qhub-etl-{number}", nodeName="node-1")
        status = waiting("CreateContainerConfigError", 'secret "s3" not found')
        objects.says(f"qhub-etl-{number}", containerStatuses=[status])
    found = only(causes(cluster, RELEASE))
    assert found.message.endswith('secret "s3" not found (and 2 more like it)')


def test_what_we_may_not_see_is_told(apiserver: ApiServer, objects: Objects) -> None:
    environ = {"KUBECONFIG": str(apiserver.login(NOBODY))}
    with Cluster(target(None, objects.namespace, environ), environ=environ) as nobody:
        found = causes(nobody, RELEASE)
    assert {one.kind for one in found} == {"unknown"}
    assert any("may not list pods in namespace" in one.message for one in found)
