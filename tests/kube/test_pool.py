"""Which proxy stands before an API server, and what TLS is told."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
import urllib3

from qhub.cluster import Cluster, target
from qhub.cluster.errors import KubeconfigError, UnreachableError
from qhub.cluster.pool import Way, pool, way_to

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "https://api.team.example:6443"
THROUGH = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("all_proxy", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _proxy(server: str, way: Way = Way()) -> str | None:  # noqa: B008 frozen
    found = pool(server, way)
    return str(found.proxy) if isinstance(found, urllib3.ProxyManager) else None


def test_there_is_no_proxy_unless_one_is_named() -> None:
    assert _proxy(SERVER) is None
    assert _proxy(SERVER, Way(proxy=THROUGH)) == THROUGH
    assert _proxy(SERVER, Way(proxy="proxy.example:3128")) == THROUGH


@pytest.mark.parametrize("name", ["socks5://user:word@proxy.example", "nonsense://proxy.example"])
def test_a_proxy_that_does_not_speak_http_is_told(name: str) -> None:
    with pytest.raises(KubeconfigError) as told:
        pool(SERVER, Way(proxy=name))
    assert f"of the kind {name.split(':')[0]}://" in str(told.value)
    assert "word" not in str(told.value)


@pytest.mark.parametrize("server", ["nonsense", "api.team.example:6443", "ftp://api.team.example"])
def test_a_server_that_is_no_url_is_told(server: str) -> None:
    with pytest.raises(KubeconfigError, match="no URL that begins with https://"):
        pool(server, Way())


def test_a_kubeconfig_may_hold_a_number_where_a_name_belongs(tmp_path: Path) -> None:
    way = way_to({"server": SERVER, "proxy-url": 5, "tls-server-name": 6}, {}, tmp_path)
    assert (way.proxy, way.server_name) == ("5", "6")


def test_a_proxy_that_does_not_run_is_not_taken_for_the_server(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    cluster = {"server": SERVER, "proxy-url": "http://127.0.0.1:9"}
    document = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": cluster}],
        "users": [{"name": "me", "user": {"token": "of-a-test"}}],
    }
    file.write_text(json.dumps(document))
    environ = {"KUBECONFIG": str(file)}
    with (
        Cluster(target(None, "dev", environ), environ=environ, seconds=10) as found,
        pytest.raises(UnreachableError, match="cannot be reached through the proxy"),
    ):
        found.version()


def test_a_proxy_gets_the_name_and_password_of_its_address() -> None:
    found = pool(SERVER, Way(proxy="http://user:w%40rd@proxy.example:3128"))
    both = base64.b64encode(b"user:w@rd").decode()
    assert found.proxy_headers == {"proxy-authorization": f"Basic {both}"}


@pytest.mark.parametrize(
    ("name", "through"), [("https_proxy", THROUGH), ("ALL_PROXY", THROUGH), ("http_proxy", None)]
)
def test_the_environment_names_one_for_its_scheme(
    name: str, through: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, THROUGH)
    assert _proxy(SERVER) == through


@pytest.mark.parametrize(
    ("server", "near", "is_near"),
    [
        (SERVER, "*", True),
        (SERVER, "else.example, .team.example", True),
        (SERVER, "team.example", True),
        (SERVER, "api.team.example:6443", True),
        (SERVER, "api.team.example:443", False),
        (SERVER, "m.example", False),
        ("https://10.1.2.3:6443", "10.0.0.0/8", True),
        ("https://10.1.2.3:6443", "10.1.2.3", True),
        ("https://11.1.2.3:6443", "10.0.0.0/8", False),
    ],
)
def test_what_is_near_needs_none(
    server: str, near: str, *, is_near: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", near)
    assert _proxy(server, Way(proxy=THROUGH)) == (None if is_near else THROUGH)


def test_tls_is_told_what_the_kubeconfig_says() -> None:
    said = pool(SERVER, Way("ca", "certificate", "key", server_name="kubernetes"))
    told = said.connection_pool_kw
    assert (told["ca_certs"], told["cert_file"], told["key_file"]) == ("ca", "certificate", "key")
    assert (told["server_hostname"], told["cert_reqs"]) == ("kubernetes", "CERT_REQUIRED")
    assert pool(SERVER, Way(verified=False)).connection_pool_kw["cert_reqs"] == "CERT_NONE"
