"""Where there is no API server, or one that does not answer as it should."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING

import pytest

from qhub.cluster.errors import RefusedError, UnreachableError
from tests.kube.kubeconfigs import write
from tests.kube.reaching import http, listening, reaching

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_that_is_away_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"https://127.0.0.1:{port}"
        )
        begun = time.monotonic()
        with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert time.monotonic() - begun < 2
    assert str(raised.value) == (
        f"the API server https://127.0.0.1:{port} of context 't' does not run: the connection is "
        "refused"
    )
    assert raised.value.hint == "start the cluster, or name its context"


def test_a_server_without_a_word_is_given_up(tmp_path: Path) -> None:
    with listening(None) as port:
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"http://127.0.0.1:{port}"
        )
        begun = time.monotonic()
        with reaching(path, seconds=1) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert 0.9 < time.monotonic() - begun < 3
    assert "does not answer within 1 s" in str(raised.value)
    assert "VPN" in raised.value.hint


def test_a_server_that_stops_in_the_middle_is_given_up(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"
    with listening(cut) as port:
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"http://127.0.0.1:{port}"
        )
        with reaching(path, seconds=2) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert "cannot be reached" in str(raised.value)


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"t": None}, current="t", server="https://no-such.invalid")
    with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
        cluster.version()
    assert "cannot be found: its name is unknown here" in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (http("200 OK", "<html>hello"), "is no Kubernetes API server: it answers 200 <html>hello"),
        (http("404 Not Found", "nothing"), "is no Kubernetes API server: it answers 404 nothing"),
        (
            http("404 Not Found", "404 page not found"),
            "is no Kubernetes API server: it tells no version",
        ),
        (http("302 Found", ""), "is no Kubernetes API server: it answers 302"),
    ],
    ids=["a page", "404", "a server of Go", "elsewhere"],
)
def test_what_is_no_api_server_is_told(answer: bytes, message: str, tmp_path: Path) -> None:
    with listening(answer) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert str(raised.value) == f"{server} {message}"


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    body = json.dumps({"kind": "Status", "message": "etcd is not well"})
    with listening(http("503 Service Unavailable", body)) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        begun = time.monotonic()
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert time.monotonic() - begun > 0.8
    assert str(raised.value) == f"the API server {server} answers 503: etcd is not well"
    assert raised.value.hint == "try again when it has recovered"


def test_what_stands_before_a_server_is_taken_at_its_word(tmp_path: Path) -> None:
    with listening(http("502 Bad Gateway", "upstream is away")) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert str(raised.value) == f"the API server {server} answers 502: upstream is away"
