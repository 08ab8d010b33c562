"""Helm's own record of a release: read as real Helm writes it, and told where it is damaged."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster.causes import causes
from qhub.cluster.drift import chart_mark
from qhub.cluster.errors import RefusedError
from qhub.cluster.status import look
from tests.kube import deployed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qhub.api import Project
    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster

RECORD = "sh.helm.release.v1.qhub-etl.v"


@pytest.fixture
def project(objects: Objects, tmp_path: Path) -> Project:
    """A platform whose only agent Helm has installed."""
    return deployed.deploy(objects, tmp_path)


def change(objects: Objects, revision: int, edit: Callable[[dict[str, Any]], None]) -> None:
    """Change a revision's record."""
    name = f"{RECORD}{revision}"
    packed = objects.get("v1", "secrets", name)["data"]["release"]
    release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(packed))))
    edit(release)
    packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    store(objects, name, packed)


def copy(objects: Objects, revision: int) -> None:
    """Store the first revision's record as that of a later one."""
    first = objects.get("v1", "secrets", f"{RECORD}1")
    labels = {**first["metadata"]["labels"], "version": str(revision)}
    metadata = {"name": f"{RECORD}{revision}", "labels": labels}
    body = {"metadata": metadata, "type": first["type"], "data": first["data"]}
    objects.create("v1", "secrets", body)
    change(objects, revision, lambda release: release.update(version=revision))


def store(objects: Objects, name: str, content: bytes) -> None:
    """Store a record as it is."""
    data = {"release": base64.b64encode(content).decode()}
    objects.patch("v1", "secrets", name, {"data": data})


def test_the_newest_revision_counts(
    cluster: Cluster, objects: Objects, project: Project, tmp_path: Path
) -> None:
    files = deployed.stage(project)
    first = cluster.release("qhub-etl")
    assert first is not None
    assert (first.name, first.revision, first.status) == ("qhub-etl", 1, "deployed")
    assert first.description == chart_mark(files)
    assert first.values["envVars"] == {"LEVEL": "INFO"}
    assert (first.values["token"]["revision"], first.values["secrets"]["revision"]) == (3, 7)
    assert "kind: Deployment" in first.manifest
    assert first.deployed_at is not None
    for revision in range(2, 10):
        copy(objects, revision)
    deployed.install(objects, tmp_path, "etl", files)  # the tenth comes after the ninth
    newest = cluster.release("qhub-etl")
    assert newest is not None
    assert newest.revision == 10
    assert cluster.releases() == ("qhub-etl",)


def test_a_release_that_is_not_done_is_told_also_without_a_deployment(
    cluster: Cluster, objects: Objects, project: Project
) -> None:
    def told(status: str) -> list[tuple[str, str]]:
        wrong = {"status": status, "description": "it went wrong"}
        change(objects, 1, lambda release: release["info"].update(wrong))
        problems = look(cluster, project.platform, wanted=deployed.stage(project)).problems
        return [(problem.message, problem.hint) for problem in problems]

    assert (
        "a deploy is at work on it, or was killed: pending-upgrade",
        "wait for it, or run `qhub deploy`",
    ) in told("pending-upgrade")
    assert (
        "Helm left its release failed: it went wrong",
        "run `qhub deploy` again",
    ) in told("failed")

    objects.delete("apps/v1", "deployments", "qhub-etl")
    change(objects, 1, lambda release: release["info"].update(status="failed", description="why"))
    (found,) = (one for one in causes(cluster, "qhub-etl") if one.kind == "release")
    assert found.message == "Helm left it failed: why"
    change(objects, 1, lambda release: release["info"].update(status="pending-install"))
    assert "release" not in {one.kind for one in causes(cluster, "qhub-etl")}


def test_a_damaged_record_is_told(cluster: Cluster, objects: Objects, project: Project) -> None:
    message = f"the Secret '{RECORD}1' holds no release that can be read"
    cut = b"\x1f\x8bcut"
    for content in (b"no base64!", base64.b64encode(cut), base64.b64encode(b"[]"), b""):
        store(objects, f"{RECORD}1", content)
        with pytest.raises(RefusedError) as raised:
            cluster.release("qhub-etl")
        assert str(raised.value) == message, content
        problems = look(cluster, project.platform, wanted=deployed.stage(project)).problems
        assert message in {problem.message for problem in problems}, content
