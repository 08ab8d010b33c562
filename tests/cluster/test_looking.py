"""What a real kubelet, scheduler and registry say becomes causes and logs that are of use."""

from __future__ import annotations

import threading
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster import Cluster as Looking
from qhub.cluster import target
from qhub.cluster.causes import Cause, causes
from qhub.cluster.errors import ClusterError
from tests.cluster.bed import images
from tests.cluster.pods import start, until
from tests.kube.objects import AGENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.access import Cluster
    from tests.cluster.bed.place import Place

RELEASE = "qhub-etl"


@pytest.fixture(scope="module")
def probe(bed: Place) -> str:
    """The image of the program `probe`, in the bed's registry."""
    images.push("probe", "1", bed.bin / "probe")
    return "127.0.0.1:5000/probe:1"


@pytest.fixture
def looking(cluster: Cluster, namespace: str) -> Iterator[Looking]:
    """The namespace as QHub sees it."""
    environ = {"KUBECONFIG": str(cluster.kubeconfig)}
    with Looking(target(None, namespace, environ), environ=environ) as found:
        yield found


def deploy(
    cluster: Cluster,
    namespace: str,
    image: str,
    *args: str,
    pod: Mapping[str, Any] | None = None,
    **container: Any,
) -> None:
    """Deploy an agent named etl of one container."""
    containers = [{"name": "agent", "image": image, "args": list(args), **container}]
    spec = {"containers": containers, "terminationGracePeriodSeconds": 1, **(pod or {})}
    template = {"metadata": {"labels": AGENT}, "spec": spec}
    start(
        cluster,
        namespace,
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": RELEASE, "labels": AGENT},
            "spec": {"selector": {"matchLabels": AGENT}, "template": template},
        },
    )


def cause(looking: Looking, *kinds: str, lasting: bool = False, word: str = "") -> Cause:
    """Return the first cause of one of these kinds as soon as there is one."""
    seen: list[tuple[Cause, ...]] = []

    def wanted() -> tuple[Cause, ...]:
        seen.append(causes(looking, RELEASE))
        return tuple(
            one
            for one in seen[-1]
            if one.kind in kinds and (one.lasting or not lasting) and word in one.message
        )

    try:
        return until(wanted, f"a cause of kind {', '.join(kinds)}")[0]
    except AssertionError as error:
        raise AssertionError(f"{error}; it is {seen[-1]}") from None


def test_an_image_that_does_not_exist(cluster: Cluster, namespace: str, looking: Looking) -> None:
    deploy(cluster, namespace, f"{cluster.registry}/never-pushed:1")
    found = cause(looking, "image")
    assert found.message == (f"cannot pull the image {cluster.registry}/never-pushed:1: not found")
    assert found.hint == "the registry has no such image or tag: check its name, or push it first"
    assert found.lasting


def test_a_registry_that_is_not_there(cluster: Cluster, namespace: str, looking: Looking) -> None:
    deploy(cluster, namespace, "127.0.0.1:9/team/worker:1")
    found = cause(looking, "image")
    assert "connection refused" in found.message
    assert found.hint.startswith("the nodes cannot reach the registry")


def test_a_secret_that_is_missing_as_a_variable(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    reference = {"secretKeyRef": {"name": "s3-credentials", "key": "token"}}
    deploy(cluster, namespace, probe, "sleep", env=[{"name": "S3", "valueFrom": reference}])
    found = cause(looking, "config")
    assert found.message == (
        "container 'agent' cannot be made: secret \"s3-credentials\" not found"
    )
    assert f"create the Secret 's3-credentials' in namespace '{namespace}'" in found.hint
    cluster.kubectl("create", "secret", "generic", "s3-credentials", "-n", namespace)
    found = cause(looking, "config", word="couldn't find key")
    assert "with the key 'token'" in found.hint


def test_a_secret_that_is_missing_as_a_file(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    item = {"key": "token", "path": "S3"}
    source = {"secret": {"name": "s3-credentials", "items": [item]}}
    volume = {"name": "secrets", "projected": {"sources": [source]}}
    mount = {"name": "secrets", "mountPath": "/etc/qhub/secrets"}
    deploy(cluster, namespace, probe, "sleep", volumeMounts=[mount], pod={"volumes": [volume]})
    found = cause(looking, "volume")
    assert 'secret "s3-credentials" not found' in found.message
    assert found.hint.startswith("create the Secret 's3-credentials' in namespace")
    assert found.lasting


def test_a_program_that_fails_is_told_with_its_last_lines(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    deploy(cluster, namespace, probe, "connect", "127.0.0.1:9")
    found = cause(looking, "crash", lasting=True)
    assert found.message.startswith("'agent' ends with status 1")
    assert found.lines[-1].endswith("connect: connection refused")
    assert found.hint.startswith("it does not reach Prefect's API")


def test_a_command_that_the_image_does_not_hold(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    deploy(cluster, namespace, probe, command=["prefect"])
    found = cause(looking, "config", "crash")
    assert "executable file not found" in found.message
    assert found.hint.startswith("the image does not hold that program")


def test_a_program_that_does_not_answer(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    check = {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 1}
    deploy(cluster, namespace, probe, "sleep", readinessProbe=check)
    found = cause(looking, "probe")
    assert "Readiness probe failed" in found.message
    assert "`qhub logs agent/etl`" in found.hint


def test_a_pod_that_the_node_cannot_take(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    deploy(cluster, namespace, probe, "sleep", resources={"requests": {"memory": "900Gi"}})
    found = cause(looking, "unschedulable")
    assert found.message == ("no node takes it: 0/1 nodes are available: 1 Insufficient memory")


def test_a_release_that_runs_has_no_cause(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    deploy(cluster, namespace, probe, "sleep")
    until(lambda: looking.deployments(AGENT)[0].is_rolled_out, "it runs")
    assert causes(looking, RELEASE) == ()


def test_logs_are_followed_as_they_are_written(
    cluster: Cluster, namespace: str, looking: Looking, probe: str
) -> None:
    # Two containers that share files: one says what the other's files are.
    deploy(cluster, namespace, probe, "environment", env=[{"name": "MARK", "value": "it-is-me"}])

    def written() -> list[str]:
        pods = looking.pods(AGENT)
        try:
            return [line.text for line in looking.logs(pods[0].name, "agent")] if pods else []
        except ClusterError:
            return []

    lines = until(written, "it wrote")
    assert "MARK=it-is-me" in lines
    told: Queue[str] = Queue()

    def follow() -> None:
        for line in looking.logs(looking.pods(AGENT)[0].name, "agent", follow=True):
            told.put(line.text)

    threading.Thread(target=follow, daemon=True).start()
    assert told.get(timeout=30)
