"""The images that users build run on a real kubelet, pulled from a real registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.images import image
from tests.cluster.pods import get, outcome, pod, start, until

if TYPE_CHECKING:
    from tests.cluster.access import Cluster

PULL_SECONDS = 300
FLOW = """
import getpass, os, pathlib
import dask_gateway, distributed, prefect, prefect_dask, prefect_kubernetes, qhub.flows
try:
    pathlib.Path("/opt/x").touch()
except OSError as error:
    print(error.strerror)
cached = [module.__cached__ for module in (prefect, distributed, qhub.flows)]
print(all(os.path.exists(path) for path in cached), getpass.getuser(), os.getuid())
"""


def restricted(name: str, reference: str, *command: str) -> dict[str, Any]:
    """A pod for a namespace that enforces `restricted`, of the image's own user."""
    made = pod(name, reference, *command)
    spec = made["spec"]
    del spec["securityContext"]["runAsUser"]
    spec["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    (container,) = spec["containers"]
    container["securityContext"]["readOnlyRootFilesystem"] = True
    container["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 of the pod
    return made


def printed(cluster: Cluster, namespace: str, name: str) -> str:
    """Return what a pod printed, which must end well; an image of 240 MB is pulled before."""
    phase, text = outcome(cluster, namespace, name, seconds=PULL_SECONDS)
    assert phase == "Succeeded", text
    return text


@pytest.fixture
def strict(cluster: Cluster, namespace: str) -> str:
    """A namespace that enforces Pod Security `restricted`."""
    label = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", namespace, label)
    return namespace


def test_the_flow_image_runs_restricted(cluster: Cluster, strict: str) -> None:
    start(cluster, strict, restricted("flow", image("flow"), "python", "-c", FLOW))
    assert printed(cluster, strict, "flow") == "Read-only file system\nTrue flow 1000"


@pytest.mark.parametrize(
    ("name", "python", "version"),
    [("prefect-0.14.22", "3.8", "0.14.22"), ("prefect-1.4.1", "3.10", "1.4.1")],
)
def test_an_old_agents_image_runs_restricted(
    name: str, python: str, version: str, cluster: Cluster, strict: str
) -> None:
    code = (
        "import prefect.agent.kubernetes, sys; "
        "print(prefect.__version__, '%d.%d' % sys.version_info[:2])"
    )
    start(cluster, strict, restricted("old", image(name), "python", "-W", "ignore", "-c", code))
    assert printed(cluster, strict, "old") == f"{version} {python}"


@pytest.mark.usefixtures("bed")
def test_a_tag_begins_with_the_version_and_is_of_the_content(cluster: Cluster, strict: str) -> None:
    reference = image("base")
    assert reference.rpartition(":")[2].startswith("12-")
    assert image("base") == reference
    start(cluster, strict, restricted("base", reference, "python3", "-c", "print('runs')"))
    assert printed(cluster, strict, "base") == "runs"
    (status,) = get(cluster, strict, "pod", "base")["status"]["containerStatuses"]
    digest = status["imageID"].partition("@sha256:")[2]
    assert reference.endswith(f"-{digest[:12]}")


def test_an_image_that_does_not_exist_is_not_pulled(cluster: Cluster, strict: str) -> None:
    reference = image("base").rpartition(":")[0] + ":none"
    start(cluster, strict, restricted("none", reference, "python3"))

    def reason() -> str:
        found = get(cluster, strict, "pod", "none")["status"].get("containerStatuses") or [{}]
        return str(found[0].get("state", {}).get("waiting", {}).get("reason", ""))

    until(lambda: reason() in {"ErrImagePull", "ImagePullBackOff"}, "the pull is refused")
