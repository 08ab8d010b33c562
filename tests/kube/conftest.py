"""A real API server with controllers, a scheduler, and no node: pods are made, not run.

What a kubelet would say of a pod, tests write into its status; what the API server, the
controllers and the scheduler say is theirs.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from qhub.cluster import Cluster, target
from tests.kube.kubelet import Kubelet, serving
from tests.kube.objects import Objects
from tests.terraform.apiserver import ApiServer, kube

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMBERS = itertools.count(1)
_PROGRAMS = {
    "controller-manager": ("--controllers=job-controller", "--leader-elect=false"),
    "scheduler": ("--leader-elect=false",),
}
"""What the API server's fixture does not run already."""
_DEADLINE_SECONDS = 30


@pytest.fixture(scope="module")
def controlled(
    apiserver: ApiServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiServer]:
    """Have what makes pods of Jobs, and what looks for nodes."""
    folder = tmp_path_factory.mktemp("controllers")
    processes = []
    for name, flags in _PROGRAMS.items():
        with (folder / f"{name}.log").open("ab") as log:
            argv = [str(kube()), name, f"--kubeconfig={apiserver.kubeconfig}", *flags]
            argv.append("--secure-port=0")
            processes.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", "--", *argv],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={"PATH": os.environ["PATH"], "HOME": str(folder), "GOGC": "400"},
                    start_new_session=True,
                )
            )
    try:
        yield apiserver
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def kubelet(apiserver: ApiServer) -> Iterator[Kubelet]:
    """Have a node that has the logs of its pods; the scheduler puts none there."""
    with serving(apiserver) as found:
        yield found


@pytest.fixture
def objects(apiserver: ApiServer) -> Iterator[Objects]:
    """Have a namespace of the test's own, and means to fill it."""
    name = f"kube-{os.getpid()}-{next(_NUMBERS)}"
    made = Objects(apiserver, name)
    made.create("v1", "namespaces", {"metadata": {"name": name}}, namespaced=False)
    yield made
    made.clear()
    apiserver.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def cluster(apiserver: ApiServer, objects: Objects) -> Iterator[Cluster]:
    """Have the test's namespace as QHub sees it, with all rights."""
    environ = {"KUBECONFIG": str(apiserver.kubeconfig)}
    with Cluster(target(None, objects.namespace, environ), environ=environ, seconds=10) as found:
        yield found


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition that others bring about."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.05)

    return wait
