"""The versions of Secrets of the user's own: of those that an agent reads, and that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.api import load
from qhub.deploy.own_secrets import versions
from tests.kube.deployed import write

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.cluster import Cluster
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(
    "reader",
    ["{name: etl, secrets: [DB]}", "{name: etl, secrets: [], token: DB}"],
    ids=["its flows", "its credential"],
)
def test_a_version_is_told_to_who_reads_the_secret_and_rises(
    reader: str, cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    agents = f"[{reader}, {{name: gpu, secrets: [S3_KEY]}}]"
    platform = load(write(tmp_path, objects.namespace, agents=agents)).platform
    assert versions(cluster, platform) == {}  # it is not there yet

    objects.create("v1", "secrets", {"metadata": {"name": "warehouse"}, "data": {"password": ""}})
    first = versions(cluster, platform)
    assert first == versions(cluster, platform)
    objects.patch("v1", "secrets", "warehouse", {"data": {"password": "cGxhbnRlZA=="}})
    second = versions(cluster, platform)

    assert set(first) == set(second) == {"etl"}
    (name, before), (same, after) = first["etl"].split(), second["etl"].split()
    assert name == same == "warehouse"
    assert int(after) > int(before)
