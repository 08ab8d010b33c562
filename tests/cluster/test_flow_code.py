"""Flow code that is in the image of its runs, or that they clone, on a real Kubernetes."""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import flow_runs, pods, prefect_server
from tests.cluster.flow_projects import COUNTED, PROJECT
from tests.cluster.images import image
from tests.cluster.place import Place, digest_of, new_namespace, place_in
from tests.flows.projects import committed, git, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

AUTH = "qhub:flow-code"
MOST_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Platform:
    """What `qhub deploy` made, and its server."""

    place: Place
    server: Server

    def flow(self, *arguments: str, **more: str) -> Any:
        """Run `qhub flow`, which finds the API and its password by the config file.

        Another cluster's Services are not reached from here, but by a forwarded port.
        """
        is_inside = self.place.cluster.place is not None
        found = {} if is_inside else self.server.environment
        return self.place.report("flow", *arguments, more={**found, **more})

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.call("GET", f"/deployments/{name}")
        return found

    def message(self, run: str) -> str:
        """Return what a flow made of the message of its last state."""
        state = self.server.call("GET", f"/flow_runs/{run}")["state"]
        return str(state["message"])

    def line(self, run: str, text: str) -> str:
        """Wait for the line of a run's log that has a text."""

        def found() -> str:
            body = {"logs": {"flow_run_id": {"any_": [run]}}}
            messages = (line["message"] for line in self.server.every("/logs/filter", body))
            return next((message for message in messages if text in message), "")

        return pods.until(found, f"the run says: {text}")

    def push(self, folder: Path) -> None:
        """Push to `origin`; another cluster's name for this machine is none here."""
        cluster, url = self.place.cluster, git(folder, "remote", "get-url", "origin")
        if cluster.place is None:
            here = url.replace(cluster.host, "127.0.0.1")
            git(folder, "remote", "set-url", "--push", "origin", here)
        git(folder, "push", "-q", "origin", "main")

    def image(self, run: str) -> tuple[str, str]:
        """Return the image that the pod of a run was made for, and the digest that it ran."""
        _, pod = flow_runs.job(self.place, run)
        [container] = pod["spec"]["containers"]
        [status] = pod["status"]["containerStatuses"]
        return container["image"], status["imageID"].rpartition("@")[2]


@pytest.fixture(scope="module")
def platform(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with new_namespace(cluster) as namespace:
        server = prefect_server.start(cluster, namespace, auth=AUTH)
        place = place_in(
            tmp_path_factory.mktemp("code"),
            cluster,
            namespace,
            prefect={
                "enabled": True,
                "image": image("flow"),
                "api": {"url": server.url, "token": "PREFECT_TOKEN"},
                "agents": [{"name": "code"}],
                "overrides": {
                    "worker": {"querySeconds": 5},
                    "resources": {"requests": {"cpu": "10m"}},
                    "job": {"resources": {"requests": {"cpu": "10m"}}},
                },
            },
        )
        place.environment["TF_VAR_prefect_token"] = AUTH
        place.run("deploy", "--yes")
        yield Platform(place, server)


@dataclass(frozen=True, slots=True)
class Published:
    """What `publish.py` printed: the image by digest, the digest of its code, its deployments."""

    folder: Path
    told: str
    reference: str
    code: str
    deployments: dict[str, str]


@pytest.fixture(scope="module")
def published(
    platform: Platform,
    bed: object,  # noqa: ARG001 an engine's build would not reach the packages of this test
    tmp_path_factory: pytest.TempPathFactory,
) -> Published:
    """A project whose flows were built into one image, and deployed from it, one by one."""
    place, folder = platform.place, tmp_path_factory.mktemp("project")
    requirements = f"# of {place.namespace}, so that no step of a build before fits\ntiny==1.5\n"
    write(folder, {**PROJECT, "requirements.txt": requirements})
    with packages(tmp_path_factory.mktemp("packages")) as index:
        environment = place.env({**platform.server.environment, "PIP_INDEX_URL": index})
        done = subprocess.run(
            [sys.executable, "publish.py", f"{place.cluster.registry}/team/shop:1"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Published(folder, done.stderr, *json.loads(done.stdout))


@contextmanager
def packages(folder: Path) -> Iterator[str]:
    """Serve an index that has one package, as small as one can be."""
    about = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.5\n"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    (folder / "tiny").mkdir()
    with zipfile.ZipFile(folder / "tiny" / "tiny-1.5-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny.py", "VALUE = 15\n")
        archive.writestr("tiny-1.5.dist-info/METADATA", about)
        archive.writestr("tiny-1.5.dist-info/WHEEL", wheel)
        archive.writestr("tiny-1.5.dist-info/RECORD", "")
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_flows_of_one_image_run(platform: Platform, published: Published) -> None:
    assert published.told.count("building ") == 1
    assert " on " + image("flow") in published.told  # which the work pool names
    digest = published.reference.rpartition("@")[2]
    assert digest.startswith("sha256:")
    assert list(published.deployments) == ["prices/default", "orders/default"]
    runs = flow_runs.run(platform.server, *published.deployments.values())
    assert [platform.message(run) for run in runs] == [
        # What is required is there, as are the rows, and the .env file is not.
        "1.5 15 (3, False) /opt/flows",
        "4 True",  # with its bytecode
    ]
    assert [platform.image(run) for run in runs] == [(published.reference, digest)] * 2


def test_the_same_code_makes_the_same_image(platform: Platform, published: Published) -> None:
    other = f"{platform.place.cluster.registry}/team/other:1"
    (published.folder / "rates.pyc").write_bytes(b"no code")
    arguments = ("--image", other, "--push", "--builder", "chroot")
    built = platform.flow(
        "build",
        str(published.folder / "prices.py"),
        *arguments,
        f"--requirements={published.folder / 'requirements.txt'}",
    )["built"]
    assert (built["code"], built["digest"]) == (
        published.code,
        published.reference.rpartition("@")[2],
    )
    assert built["reference"] == f"{other.rpartition(':')[0]}@{built['digest']}"
    assert digest_of(other) == built["reference"]  # where the nodes pull it
    paths = (str(published.folder / "prices.py"), "--image", built["reference"], "--no-build")
    [done] = platform.flow("deploy", *paths, "--name", "by-name")["deployed"]
    # Whose runs are those of the one that runs, but for the image's name and who vouches for it.
    runs = platform.deployment(published.deployments["prices/default"])
    other_runs = platform.deployment(done["id"])
    assert runs["job_variables"].pop("image") == published.reference
    assert other_runs["job_variables"].pop("image") == built["reference"]
    for key in ("job_variables", "entrypoint", "path", "work_pool_name"):
        assert other_runs[key] == runs[key], key
    step = {"directory": "/opt/flows", "image": built["reference"], "paths": ["."]}
    assert other_runs["pull_steps"] == [{"qhub.flows.steps.use_image": step}]
    vouched = {**step, "image": published.reference, "sha256": published.code}
    assert runs["pull_steps"] == [{"qhub.flows.steps.use_image": vouched}]


def test_a_run_in_an_image_with_other_code_is_refused(
    platform: Platform, published: Published
) -> None:
    """A deployment whose image somebody replaced: its code is not what was deployed."""
    found = platform.deployment(published.deployments["orders/default"])
    variables = {**found["job_variables"], "image": image("flow")}
    changed = {"job_variables": variables}
    platform.server.call("PATCH", f"/deployments/{found['id']}", changed)
    run = flow_runs.start(platform.server, found["id"])
    assert flow_runs.ended(platform.server, run)["state_type"] in {"FAILED", "CRASHED"}
    told = platform.line(run, "has no code")
    assert f"the image {published.reference} has no code in /opt/flows" in told


@pytest.fixture
def repositories(cluster: Cluster, tmp_path: Path) -> Iterator[str]:
    """The address of a folder of git repositories, which a daemon serves and takes pushes into."""
    host = cluster.host if cluster.place else "0.0.0.0"  # noqa: S104 of another cluster's machine
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "served/etl.git")
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    daemon = subprocess.Popen(
        [
            *("git", "daemon", f"--listen={host}", f"--port={port}", "--reuseaddr"),
            *("--export-all", "--enable=receive-pack", f"--max-connections={MOST_CONNECTIONS}"),
            *("--timeout=60", f"--base-path={tmp_path / 'served'}", str(tmp_path / "served")),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"},
        stdin=subprocess.DEVNULL,
    )
    try:
        here = f"git://{host if cluster.place else '127.0.0.1'}:{port}/etl.git"
        pods.until(lambda: _answers(here), "the git daemon answers")
        yield f"git://{cluster.host}:{port}"
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)


def _answers(url: str) -> bool:
    asked = ["git", "ls-remote", url]
    return subprocess.run(asked, capture_output=True, timeout=30, check=False).returncode == 0


def test_a_flow_of_a_git_repository_runs_at_the_deployed_commit_as_long_as_it_is_there(
    platform: Platform, repositories: str, tmp_path: Path
) -> None:
    files = {"pyproject.toml": "", "etl/counted.py": COUNTED, "etl/numbers_of_ours.py": "VALUE = 1"}
    folder = write(tmp_path / "etl", files)
    first = committed(folder)
    git(folder, "remote", "add", "origin", f"{repositories}/etl.git")
    platform.push(folder)

    def deployed() -> dict[str, Any]:
        path = str(folder / "etl" / "counted.py")
        [done] = platform.flow("deploy", path, "--storage", "git")["deployed"]
        return {"action": done["action"], **platform.deployment(done["id"])}

    made = deployed()
    assert (made["action"], made["version"]) == ("created", first[:12])
    write(folder, {"etl/numbers_of_ours.py": "VALUE = 2"})
    git(folder, "commit", "-qam", "another value")
    second = git(folder, "rev-parse", "HEAD")
    platform.push(folder)
    [run] = flow_runs.run(platform.server, made["id"])
    assert platform.message(run) == f"1 {first}"
    assert platform.server.call("GET", f"/flow_runs/{run}")["deployment_version"] == first[:12]

    changed = deployed()
    assert (changed["action"], changed["version"]) == ("updated", second[:12])
    assert changed["id"] == made["id"]
    shutil.rmtree(tmp_path / "served" / "etl.git")
    run = flow_runs.start(platform.server, changed["id"])
    assert flow_runs.ended(platform.server, run)["state_type"] in {"FAILED", "CRASHED"}
    told = platform.line(run, "cannot be cloned")
    assert f"the commit {second[:12]} of {repositories}/etl.git cannot be cloned" in told
