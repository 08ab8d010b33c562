"""A part of the bed that is killed comes back, and what runs in the cluster goes on.

In a bed of its own, so that nobody else's test misses the part.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cluster import beds
from tests.cluster.bed import cgroups, images, lifecycle, network
from tests.cluster.bed.parts import parts
from tests.cluster.bed.place import Place
from tests.cluster.pods import get, make_namespace, outcome, pod, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster

PARTS = [part.name for part in parts(Place())]


@pytest.fixture(scope="module")
def second(
    cluster: Cluster, bed: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A second bed, which is up, with the image `probe` and the namespace `parts`."""
    place = beds.another_checkout(tmp_path_factory.mktemp("parts") / "checkout")
    with cluster.outside():
        up = beds.command(place, "up")
        assert up.returncode == 0, up.stderr
    with network.entered(place.network):
        images.push("probe", "1", bed.bin / "probe")
    make_namespace(beds.as_cluster(place), "parts")
    yield place
    assert beds.command(place, "down").returncode == 0


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_comes_back(second: Place, part: str) -> None:
    """What etcd knows is in files, and pods go on without the kubelet and containerd."""
    cluster, image = beds.as_cluster(second), f"{second.registry}/probe:1"
    start(cluster, "parts", pod(f"during-{part}", image, "sleep"))
    until(lambda: phase(cluster, f"during-{part}") == "Running", "the pod runs")

    before = lifecycle.process(second, part)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: lifecycle.process(second, part) not in (None, before), f"there is a new {part}")
    until(lambda: lifecycle.condition(second).problems == (), f"the bed works without that {part}")

    start(cluster, "parts", pod(f"after-{part}", image, "resolve", "kubernetes.default"))
    assert outcome(cluster, "parts", f"after-{part}")[0] == "Succeeded"
    status = get(cluster, "parts", "pod", f"during-{part}")["status"]
    assert status["phase"] == "Running"
    assert status["containerStatuses"][0]["restartCount"] == 0


def phase(cluster: Cluster, name: str) -> str:
    return str(get(cluster, "parts", "pod", name)["status"]["phase"])


def test_a_part_can_be_held(second: Place) -> None:
    held = second.held / "scheduler"
    held.touch()
    try:
        until(lambda: lifecycle.process(second, "scheduler") is None, "the scheduler is gone")
        assert lifecycle.condition(second).problems == ("these parts do not run: scheduler",)
    finally:
        held.unlink()
    until(lambda: lifecycle.condition(second).problems == (), "the bed works again")


def test_all_ends_with_the_first_process(second: Place) -> None:
    (first, *_) = cgroups.members(second.name, "first")
    os.kill(first, signal.SIGKILL)
    until(lambda: not cgroups.members(second.name), "all ends with the first process")
    status = beds.command(second, "status")
    assert status.returncode == 4
    assert status.stdout == "its first process or its network is gone\n"
