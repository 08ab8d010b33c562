"""Why a release is not ready: refusals and scheduling by real controllers, containers as told."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster import Cluster, target
from qhub.cluster.causes import Cause, causes, of_runs
from tests.kube.kubelet import NODE, Kubelet
from tests.kube.objects import AGENT, IMAGE, container_status, ended, now, pod_spec, waiting
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer


RELEASE = "qhub-etl"


def only(found: tuple[Cause, ...]) -> Cause:
    """Return the one cause that there must be."""
    assert len(found) == 1, found
    return found[0]


def after(cluster: Cluster, until: Any, kind: str) -> Cause:
    """Return the cause, once it is of a kind: controllers take a moment."""
    until(lambda: [one.kind for one in causes(cluster, RELEASE)] == [kind])
    return only(causes(cluster, RELEASE))


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


@pytest.mark.usefixtures("controlled")
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


@pytest.mark.usefixtures("controlled")
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


@pytest.mark.usefixtures("controlled")
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


@pytest.mark.usefixtures("controlled")
def test_a_limit_range_refuses(cluster: Cluster, objects: Objects, until: Any) -> None:
    limit = {"type": "Container", "max": {"memory": "128Mi"}}
    objects.create("v1", "limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}})
    amounts = {"limits": {"memory": "512Mi"}}
    objects.deployment(container={"resources": amounts})
    found = after(cluster, until, "quota")
    assert "maximum memory usage per Container is 128Mi" in found.message
    assert "`kubectl describe limitrange` shows it" in found.hint


@pytest.mark.usefixtures("controlled")
def test_a_priority_class_that_is_not_there_refuses(
    cluster: Cluster, objects: Objects, until: Any
) -> None:
    objects.deployment(priorityClassName="urgent")
    found = after(cluster, until, "creation")
    assert "no PriorityClass with name urgent was found" in found.message
    assert found.hint.startswith("create the PriorityClass 'urgent'")


@pytest.mark.usefixtures("controlled")
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


MISSING_TAG = (
    'failed to pull and unpack image "registry.example.com/team/worker:1.0": failed to resolve '
    'reference "registry.example.com/team/worker:1.0": registry.example.com/team/worker:1.0: '
    "not found"
)


@pytest.mark.parametrize(
    ("status", "kind", "message", "hint"),
    [
        pytest.param(
            waiting("ErrImagePull", f"rpc error: code = NotFound desc = {MISSING_TAG}"),
            "image",
            f"cannot pull the image {IMAGE}: not found",
            "the registry has no such image or tag: check its name, or push it first",
            id="no such tag",
        ),
        pytest.param(
            waiting(
                "ErrImagePull",
                'failed to pull and unpack image "x": failed to resolve reference "x": pull access '
                "denied, repository does not exist or may require authorization: 401 Unauthorized",
            ),
            "image",
            f"cannot pull the image {IMAGE}: pull access denied, repository does not exist or may "
            "require authorization: 401 Unauthorized",
            "the registry wants a login, or it has no such image: name the Secret with the login "
            "in imagePullSecrets, and check the image's name",
            id="no login",
        ),
        pytest.param(
            waiting(
                "ErrImagePull",
                'failed to do request: Head "https://r.example.com/v2/": dial tcp: lookup '
                "r.example.com: no such host",
            ),
            "image",
            None,
            "the nodes cannot reach the registry: check its name, and that they may (firewall, "
            "proxy)",
            id="no registry",
        ),
        pytest.param(
            waiting("InvalidImageName", "couldn't parse image name"),
            "image",
            None,
            "that is no name of an image: correct it in the config",
            id="no name",
        ),
        pytest.param(
            waiting(
                "ErrImageNeverPull", "Container image is not present with pull policy of Never"
            ),
            "image",
            None,
            "its pull policy is Never and the node does not have it: set the pull policy "
            "IfNotPresent",
            id="never pulled",
        ),
        pytest.param(
            waiting("CreateContainerConfigError", 'secret "s3-credentials" not found'),
            "config",
            "container 'agent' cannot be made: secret \"s3-credentials\" not found",
            "create the Secret 's3-credentials' in namespace '{}', or correct the config "
            "(existing_secret)",
            id="no Secret",
        ),
        pytest.param(
            waiting(
                "CreateContainerConfigError", "couldn't find key token in Secret dev/s3-credentials"
            ),
            "config",
            None,
            "create the Secret 's3-credentials' with the key 'token' in namespace '{}', or "
            "correct the config (existing_secret)",
            id="no key",
        ),
        pytest.param(
            waiting("CreateContainerConfigError", 'secret "qhub-etl-token" not found'),
            "config",
            None,
            "`qhub deploy` writes the Secret 'qhub-etl-token' again",
            id="no Secret of ours",
        ),
        pytest.param(
            waiting(
                "CreateContainerConfigError",
                "container has runAsNonRoot and image will run as root",
            ),
            "config",
            None,
            "the image runs as root: set podSecurityContext.runAsUser, or a USER in the image",
            id="root",
        ),
        pytest.param(
            waiting(
                "CreateContainerError",
                'exec: "prefect": executable file not found in $PATH: unknown',
            ),
            "config",
            None,
            "the image does not hold that program: use one that is made for it",
            id="no program",
        ),
        pytest.param(
            waiting("CrashLoopBackOff", "back-off", restartCount=3, lastState=ended(1)),
            "crash",
            "'agent' ends with status 1, 3 restarts so far",
            "its last lines tell why; all of them: `qhub logs agent/etl`",
            id="it crashes",
        ),
        pytest.param(
            waiting(
                "CrashLoopBackOff", "back-off", restartCount=1, lastState=ended(137, "OOMKilled")
            ),
            "crash",
            "'agent' ends: it needs more memory than its limit, 1 restarts so far",
            "raise resources.limits.memory in the overrides (of a flow run: in its profile)",
            id="out of memory",
        ),
        pytest.param(
            container_status(ended(127)),
            "crash",
            "'agent' ends with status 127 (its command is not in the image)",
            "check the image: it is not made for this",
            id="no command",
        ),
    ],
)
def test_what_a_kubelet_tells_of_a_container_becomes_a_cause(
    status: dict[str, Any],
    kind: str,
    message: str | None,
    hint: str,
    cluster: Cluster,
    objects: Objects,
) -> None:
    objects.deployment(paused=True)
    objects.pod(nodeName="node-1")
    objects.says("qhub-etl-1", containerStatuses=[status])
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.subject) == (kind, "pod/qhub-etl-1")
    assert found.message == (message or found.message)
    assert found.hint == hint.format(objects.namespace)


def test_the_reason_of_a_back_off_is_in_the_events(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    pod = objects.pod(nodeName="node-1")
    objects.event("Pod", pod, "Failed", f'Failed to pull image "{IMAGE}": {MISSING_TAG}')
    objects.event("Pod", pod, "Failed", "Error: ImagePullBackOff")
    status = waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"')
    objects.says("qhub-etl-1", containerStatuses=[status])
    found = only(causes(cluster, RELEASE))
    assert found.message == f"cannot pull the image {IMAGE}: not found"
    assert found.hint.startswith("the registry has no such image or tag")


def test_a_pull_secret_that_is_not_there_is_named(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    pod = objects.pod(nodeName="node-1")
    objects.event(
        "Pod",
        pod,
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may "
        "not succeed.",
    )
    objects.says("qhub-etl-1", containerStatuses=[waiting("ErrImagePull", "401 Unauthorized")])
    assert only(causes(cluster, RELEASE)).hint.startswith(
        "the namespace has no Secret 'regcred', which imagePullSecrets names: create it"
    )


@pytest.mark.parametrize(
    ("reason", "message", "kind", "hint"),
    [
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "secrets" : secret "s3" not found',
            "volume",
            "create the Secret 's3' in namespace",
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "secrets" : references non-existent secret key: k',
            "volume",
            "put the key 'k' there",
        ),
        ("FailedCreatePodSandBox", "plugin type=calico failed", "node", "its node node-1 has"),
    ],
    ids=["no Secret", "no key", "no network"],
)
def test_what_holds_up_the_creation_of_a_container_is_in_the_events(
    reason: str, message: str, kind: str, hint: str, cluster: Cluster, objects: Objects
) -> None:
    objects.deployment(paused=True)
    objects.event("Pod", objects.pod(nodeName="node-1"), reason, message)
    objects.says("qhub-etl-1", containerStatuses=[waiting("ContainerCreating")])
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.message.endswith(message)) == (kind, True)
    assert found.hint.startswith(hint)


def test_a_pod_that_does_not_answer_its_probe(cluster: Cluster, objects: Objects) -> None:
    objects.deployment(paused=True)
    pod = objects.pod(nodeName="node-1")
    told = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    objects.event("Pod", pod, "Unhealthy", told)
    running = container_status({"running": {"startedAt": now()}})
    objects.says("qhub-etl-1", phase="Running", containerStatuses=[running])
    found = only(causes(cluster, RELEASE))
    assert (found.kind, found.lasting) == ("probe", False)
    assert found.message == f"'agent' runs and does not answer: {told}"
    assert "`qhub logs agent/etl`" in found.hint


def test_a_set_up_that_fails_is_named_before_what_waits_for_it(
    cluster: Cluster, objects: Objects
) -> None:
    objects.deployment(paused=True)
    objects.pod(nodeName="node-1", initContainers=[{"name": "work-pool", "image": IMAGE}])
    objects.says(
        "qhub-etl-1",
        initContainerStatuses=[
            waiting("CrashLoopBackOff", name="work-pool", restartCount=2, lastState=ended(1))
        ],
        containerStatuses=[waiting("PodInitializing")],
    )
    found = only(causes(cluster, RELEASE))
    assert found.message == "'work-pool' ends with status 1, 2 restarts so far"


def test_a_set_up_that_tries_in_vain_is_told_with_what_it_wrote(
    cluster: Cluster, objects: Objects, kubelet: Kubelet
) -> None:
    objects.deployment(paused=True)
    pod = f"etl-{objects.namespace}"
    objects.pod(pod, nodeName=NODE, initContainers=[{"name": "work-pool", "image": IMAGE}])
    told = "API not ready (ConnectError: [Errno -2] Name or service not known), trying again"
    kubelet.log(pod, "work-pool").write(told)

    def runs_since(moment: datetime) -> Cause:
        state = {"running": {"startedAt": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}}
        objects.says(
            pod,
            initContainerStatuses=[container_status(state, name="work-pool")],
            containerStatuses=[waiting("PodInitializing")],
        )
        return only(causes(cluster, RELEASE))

    found = runs_since(datetime.now(UTC) - timedelta(seconds=5))
    assert (found.kind, found.lasting) == ("starting", False)
    assert found.message == f"'work-pool' is at work: {told}"
    assert found.hint.startswith("it does not reach Prefect's API: check prefect.api.url")
    found = runs_since(datetime.now(UTC) - timedelta(seconds=45))
    assert (found.kind, found.lasting, found.lines) == ("waiting", True, (told,))
    assert found.message == f"'work-pool' tries in vain: {told}"
    kubelet.log(pod, "work-pool").write("work pool 'etl': created")
    assert only(causes(cluster, RELEASE)).kind == "starting"


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


@pytest.mark.usefixtures("controlled")
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
