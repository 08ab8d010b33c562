"""The API server of the tests comes, goes, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform.acted import until
from tests.terraform.apiserver import NOBODY, RefusedError, kube, running

if TYPE_CHECKING:
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster

REPOSITORY = Path(__file__).parents[2]
NAMESPACES = "/api/v1/namespaces"
PROGRAMS = 3  # etcd, the API server, the controllers


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def processes(folder: Path) -> list[int]:
    """Return the processes that have a folder in their arguments."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in line.read_bytes():
                found.append(int(line.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [process for process in found if process != os.getpid()]


def test_two_at_once_are_two_and_end_without_a_trace(apiserver: ApiServer, tmp_path: Path) -> None:
    with running(tmp_path) as other:
        until(lambda: len(processes(tmp_path)) == PROGRAMS, "all of it runs")
        other.call("POST", NAMESPACES, namespace("only-here"))
        with pytest.raises(RefusedError, match="404"):
            apiserver.call("GET", f"{NAMESPACES}/only-here")

    assert processes(tmp_path) == []
    with pytest.raises(OSError, match="refused"):
        other.call("GET", "/readyz")


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    kube()
    code = (
        "import time\nfrom pathlib import Path\nfrom tests.terraform.apiserver import running\n"
        f"with running(Path({str(tmp_path)!r})): print('ready', flush=True); time.sleep(600)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "ready\n"

    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    until(lambda: not processes(tmp_path), "its processes end")


def test_it_can_be_away_and_keeps_what_it_has(apiserver: ApiServer) -> None:
    apiserver.call("POST", NAMESPACES, namespace("kept"))
    with apiserver.away(), pytest.raises(OSError, match="refused"):
        apiserver.call("GET", "/readyz")

    assert apiserver.call("GET", f"{NAMESPACES}/kept")["metadata"]["name"] == "kept"
    apiserver.remove_namespace("kept")
    with pytest.raises(RefusedError) as raised:
        apiserver.call("GET", f"{NAMESPACES}/kept")
    assert (raised.value.status, raised.value.message) == (404, 'namespaces "kept" not found')


def test_nobody_is_known_and_may_nothing(apiserver: ApiServer) -> None:
    kubectl = kube().with_name("kubectl")
    done = subprocess.run(
        [str(kubectl), "--kubeconfig", str(apiserver.login(NOBODY)), "auth", "whoami"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert NOBODY in done.stdout
    refused = subprocess.run(
        [str(kubectl), "--kubeconfig", str(apiserver.login(NOBODY)), "get", "namespaces"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f'User "{NOBODY}" cannot list resource "namespaces"' in refused.stderr


def test_pods_of_a_deployment_become_ready(apiserver: ApiServer) -> None:
    apiserver.call("POST", NAMESPACES, namespace("played"))
    path = "/apis/apps/v1/namespaces/played/deployments"
    labels = {"app": "it"}
    container = {"name": "main", "image": "nowhere.test/none"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    made = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "it"}, "spec": spec}
    apiserver.call("POST", path, made)

    with apiserver.ready_pods("played"):
        until(
            lambda: apiserver.call("GET", f"{path}/it")["status"].get("readyReplicas") == 2,
            "two pods are ready",
        )
    apiserver.remove_namespace("played")
