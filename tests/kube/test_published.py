"""Whether Prefect's variables describe this platform is asked as its agent asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from qhub.api import load
from qhub.cluster.published import another
from tests.kube.deployed import write
from tests.kube.reaching import http, listening

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster


def described(project: str, namespace: str) -> list[dict[str, Any]]:
    """Return what Prefect answers about the variable of a platform."""
    return [{"name": "qhub_platform", "value": {"project": project, "namespace": namespace}}]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(described("pipelines", "dev"), None, id="this one"),
        pytest.param([], None, id="none"),
        pytest.param([{"name": "qhub_platform", "value": None}], None, id="not QHub's"),
        pytest.param({"a": 1}, None, id="no answer of Prefect"),
        pytest.param(described("pipelines", "old"), "'pipelines' in namespace 'old'", id="another"),
        pytest.param(described("old", "dev"), "'old' in namespace 'dev'", id="another project"),
    ],
)
def test_another_platform_is_told(
    answer: Any, told: str | None, cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    del objects  # the cluster is there
    asked: list[bytes] = []
    with listening(http("200 OK", json.dumps(answer)), asked) as port:
        platform = load(write(tmp_path, "dev", api=f"http://127.0.0.1:{port}/api")).platform
        (agent,) = platform.agents
        found = another(cluster, platform, agent)
    assert [one.partition(b" HTTP")[0] for one in asked] == [b"POST /api/variables/filter"]
    if told is None:
        assert found is None
    else:
        assert found == (
            f"Prefect's variables describe the platform {told}, whose profiles flows get: if that "
            "one has gone, `prefect variable delete qhub_platform`, and the next pod of agent etl "
            "describes this one"
        )


def test_who_cannot_be_reached_tells_nothing(cluster: Cluster, tmp_path: Path) -> None:
    platform = load(write(tmp_path, "dev", api="http://127.0.0.1:9/api")).platform
    assert another(cluster, platform, platform.agents[0]) is None
