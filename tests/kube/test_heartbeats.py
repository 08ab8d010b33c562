"""When Prefect last heard of a worker: asked with the token that the cluster holds."""

from __future__ import annotations

import base64
import json
import socket
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qhub.api import load
from qhub.cluster.heartbeats import Heartbeat, heartbeat
from tests.embedded.server import PASSWORD, Server, serving
from tests.kube.deployed import write
from tests.kube.reaching import http, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.cluster import Cluster
    from qhub.platform.model import Agent
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Prefect server with a password."""
    with serving(tmp_path_factory.mktemp("prefect")) as found:
        yield found


def agent(folder: Path, url: str, source: str = "PREFECT_TOKEN") -> Agent:
    """Return a worker of a Prefect API at an address; its token is one that QHub stores."""
    project = load(write(folder, "dev", agents=f"[{{name: etl, token: {source}}}]"))
    (found,) = project.platform.agents
    return replace(found, api=replace(found.api, url=url))


def token(objects: Objects, value: str) -> None:
    """Store the token of agent etl."""
    data = {"token": base64.b64encode(value.encode()).decode()}
    objects.create("v1", "secrets", {"metadata": {"name": "qhub-etl-token"}, "data": data})


def tell(server: Server, path: str, body: dict[str, Any]) -> None:
    """Tell the server something as a worker does."""
    headers = {"Content-Type": "application/json", **server.header}
    request = urllib.request.Request(  # noqa: S310 to ourselves
        f"{server.api}{path}", data=json.dumps(body).encode(), headers=headers, method="POST"
    )
    urllib.request.urlopen(request).close()  # noqa: S310


@pytest.mark.full
def test_a_worker_is_heard_of(
    server: Server, cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    asked = agent(tmp_path, server.api)
    token(objects, PASSWORD)
    unknown = heartbeat(cluster, asked)
    assert unknown.problem == f"Prefect's API {server.api} has no work pool 'etl'"
    tell(server, "/work_pools/", {"name": "etl", "type": "kubernetes", "base_job_template": {}})
    silent = heartbeat(cluster, asked)
    assert (silent.at, silent.problem) == (None, "Prefect knows no worker of work pool 'etl'")
    began = datetime.now(UTC)
    assert heartbeat(cluster, asked, ready=began).problem == ""
    assert heartbeat(cluster, asked, ready=began - timedelta(minutes=1)) == silent
    tell(server, "/work_pools/etl/workers/heartbeat", {"name": "qhub-etl-1"})
    heard = heartbeat(cluster, asked)
    assert heard.at is not None
    assert heard.problem == ""


@pytest.mark.full
def test_a_wrong_token_is_told(
    server: Server, cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, "qhub:wrong")
    found = heartbeat(cluster, agent(tmp_path, server.api))
    assert found.problem == f"Prefect's API {server.api} refuses its token (401)"
    assert "agents[].token" in found.hint
    assert "wrong" not in f"{found}"


def test_a_worker_that_was_not_heard_of_for_long_is_told(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, PASSWORD)
    old = [{"last_heartbeat_time": "2026-03-02T10:00:00Z"}, {"last_heartbeat_time": None}]
    with listening(http("200 OK", json.dumps(old))) as port:
        found = heartbeat(cluster, agent(tmp_path, f"http://127.0.0.1:{port}/api"))
    assert found.problem == "Prefect has not heard of it since 2026-03-02 10:00:00 UTC"


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", "<html>"),
        http("200 OK", '{"a": 1}'),
        http("200 OK", "[1]"),
        http("200 OK", '[{"last_heartbeat_time": "yesterday"}]'),
        http("500 Internal Server Error", ""),
        http("302 Found\r\nLocation: http://127.0.0.1:9/", ""),
        b"no HTTP at all",
        b"",
    ],
    ids=["a page", "an object", "numbers", "no time", "500", "elsewhere", "no HTTP", "nothing"],
)
def test_what_is_no_answer_of_prefect_tells_nothing(
    answer: bytes, cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, PASSWORD)
    with listening(answer) as port:
        assert heartbeat(cluster, agent(tmp_path, f"http://127.0.0.1:{port}/api")) == Heartbeat()


def test_the_credential_goes_to_no_other_address(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, PASSWORD)
    asked: list[bytes] = []
    elsewhere: list[bytes] = []
    with listening(http("200 OK", "[]"), elsewhere) as other:
        moved = http(f"302 Found\r\nLocation: http://127.0.0.1:{other}/api/", "")
        with listening(moved, asked) as port:
            found = heartbeat(cluster, agent(tmp_path, f"http://127.0.0.1:{port}/api"))
    assert found == Heartbeat()
    assert [authorization(one) for one in asked] == [basic(PASSWORD)]
    assert elsewhere == []


def test_prefect_cloud_is_asked_with_the_key_alone(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, "pnu_key\n")
    asked: list[bytes] = []
    with listening(http("200 OK", "[]"), asked) as port:
        worker = agent(tmp_path, f"http://127.0.0.1:{port}/api")
        heartbeat(cluster, replace(worker, api=replace(worker.api, kind="cloud")))
    assert [authorization(one) for one in asked] == ["Bearer pnu_key"]


def test_a_token_in_a_secret_of_the_users_own_is_used(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, "another")
    data = {"password": base64.b64encode(PASSWORD.encode()).decode(), "token": "eA=="}
    objects.create("v1", "secrets", {"metadata": {"name": "warehouse"}, "data": data})
    asked: list[bytes] = []
    with listening(http("200 OK", "[]"), asked) as port:
        heartbeat(cluster, agent(tmp_path, f"http://127.0.0.1:{port}/api", "DB"))
    assert [authorization(one) for one in asked] == [basic(PASSWORD)]


def basic(credential: str) -> str:
    """Return the header's value for a credential of an own server."""
    return f"Basic {base64.b64encode(credential.encode()).decode()}"


def authorization(asked: bytes) -> str | None:
    """Return the credential that a request was made with."""
    lines = asked.decode().split("\r\n")
    found = (line.partition(": ") for line in lines)
    return next((value for name, _, value in found if name.lower() == "authorization"), None)


def test_what_cannot_be_reached_tells_nothing(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    token(objects, "a token\nwith a line break")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert heartbeat(cluster, agent(tmp_path, f"http://127.0.0.1:{port}/api")) == Heartbeat()
    assert heartbeat(cluster, agent(tmp_path, "file:///etc/passwd")) == Heartbeat()
