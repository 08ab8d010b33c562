"""What a kubelet tells of a container, in its status or by events, becomes a cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster.causes import Cause, causes
from tests.kube.cause import RELEASE, only
from tests.kube.kubelet import NODE, Kubelet
from tests.kube.objects import IMAGE, container_status, ended, now, waiting

if TYPE_CHECKING:
    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster


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


@pytest.mark.parametrize("status", [0, 137, 143])
def test_a_container_that_its_liveness_probe_had_ended_is_told_so(
    status: int, cluster: Cluster, objects: Objects
) -> None:
    objects.deployment(paused=True)
    pod = objects.pod(nodeName="node-1")
    told = "Liveness probe failed: HTTP probe failed with statuscode: 503"
    objects.event("Pod", pod, "Unhealthy", told)
    killed = "Container agent failed liveness probe, will be restarted"
    objects.event("Pod", pod, "Killing", killed)
    again = container_status(
        {"running": {"startedAt": now()}}, lastState=ended(status), restartCount=2
    )
    objects.says("qhub-etl-1", phase="Running", containerStatuses=[again])

    found = only(causes(cluster, RELEASE))

    assert found.message == (
        f"'agent' is ended because it did not answer any more: {told}, 2 restarts so far"
    )
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
