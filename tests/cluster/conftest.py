"""The tests here are marked `cluster`: they run in the network of one, which comes up for them.

What a fixture does with the cluster it does in the setup or the teardown of a test, so in its
network, too, unless it outlives the last test of this folder: its scope is a module at most.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster import pods
from tests.cluster.access import Cluster, the_cluster
from tests.cluster.bed import images, lifecycle
from tests.cluster.bed.errors import BedError
from tests.full import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.bed.place import Place

HERE = Path(__file__).parent
_ENTERED = pytest.StashKey[contextlib.ExitStack]()
_CLUSTER = pytest.StashKey[Cluster]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cluster)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    entered = item.stash[_ENTERED] = contextlib.ExitStack()
    entered.enter_context(_ready(item.config).entered())
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    try:
        yield
    finally:
        if _ENTERED in item.stash:
            item.stash[_ENTERED].close()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """The cluster, which is up."""
    return _ready(pytestconfig)


@pytest.fixture(scope="session")
def bed(cluster: Cluster) -> Place:
    """Our own bed, for the tests that are about it; with another cluster they are skipped."""
    if cluster.place is None:
        pytest.skip("is about the test bed, and QHUB_TEST_KUBECONFIG names another cluster")
    return cluster.place


@pytest.fixture(scope="module")
def probe(bed: Place) -> str:
    """The image of the program `probe`, in the bed's registry."""
    images.push("probe", "1", bed.bin / "probe")
    return f"{bed.registry}/probe:1"


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of this test alone; what is in it goes with it."""
    name = f"test-{secrets.token_hex(4)}"
    pods.make_namespace(cluster, name)
    yield name
    pods.remove(cluster, "namespace", name)


def _ready(config: pytest.Config) -> Cluster:
    """Bring the bed up once in this run, or find the other cluster."""
    if _CLUSTER not in config.stash:
        found = the_cluster()
        if found.place is not None:
            needs.root("the test bed makes namespaces, mounts and cgroups")
            try:
                lifecycle.up(found.place, lambda _: None)
            except BedError as error:
                pytest.fail(f"{error}\n{error.hint}", pytrace=False)
        config.stash[_CLUSTER] = found
    return config.stash[_CLUSTER]
