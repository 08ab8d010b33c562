"""Credentials as a real API server takes them, or does not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster.errors import (
    ClusterError,
    CredentialsError,
    UnauthorisedError,
    UnreachableError,
)
from tests.kube.kubeconfigs import write
from tests.kube.reaching import login, reaching

if TYPE_CHECKING:
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(
    ("user", "hint"),
    [
        (
            {"token": "wrong"},
            "user 'team-user' of the kubeconfig has a token that is wrong or expired: put a new "
            "one there",
        ),
        (None, "context 'team' has no credential: log in to the cluster"),
        (
            {"exec": {"command": "echo", "args": ['{"status": {"token": "wrong"}}']}},
            "log in again with 'echo', which gives the credential",
        ),
        (
            {"username": "me", "password": "wrong"},
            "user 'team-user' of the kubeconfig has a password, which the server does not take",
        ),
    ],
    ids=["a token", "none", "a command", "a password"],
)
def test_a_credential_that_the_server_does_not_take_is_told(
    user: dict[str, Any] | None, hint: str, apiserver: ApiServer, tmp_path: Path
) -> None:
    with reaching(login(apiserver, tmp_path, user)) as cluster:
        with pytest.raises(UnauthorisedError) as raised:
            cluster.pods()
        assert str(raised.value) == (
            f"the API server {apiserver.url} does not accept the credential of context 'team'"
        )
        assert raised.value.hint == hint
        assert "wrong" not in str(raised.value)


def test_a_token_that_expired_is_told_with_its_time(apiserver: ApiServer, tmp_path: Path) -> None:
    claims = json.dumps({"exp": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()}).encode()
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"
    with (
        reaching(login(apiserver, tmp_path, {"token": token})) as cluster,
        pytest.raises(UnauthorisedError) as raised,
    ):
        cluster.pods()
    assert (
        str(raised.value) == "the credential of context 'team' expired at 2026-01-02 03:04:05 UTC"
    )


def test_a_credential_that_ends_is_fetched_anew(
    apiserver: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.cluster.connection._KEPT_SECONDS", 0.0)

    def told(token: str, until: datetime) -> str:
        status = {"token": token, "expirationTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({"status": status})

    later = datetime.now(UTC) + timedelta(hours=1)
    said = tmp_path / "said"
    said.write_text(told(apiserver.token, datetime.now(UTC)))
    program = tmp_path / "plugin"
    program.write_text(f"#!/bin/sh\necho . >> {tmp_path}/count\ncat {said}\n")
    program.chmod(0o755)
    user = {"exec": {"command": str(program)}}

    def count() -> int:
        return len((tmp_path / "count").read_text().split())

    with reaching(login(apiserver, tmp_path, user)) as cluster:
        cluster.version()
        cluster.version()
        assert count() == 2  # it would end within a minute
        said.write_text(told(apiserver.token, later))
        cluster.version()
        cluster.version()
        assert count() == 3
        # Also where the server takes it no longer, whatever was said of its end.
        assert cluster._api._open is not None
        headers = cluster._api._open.headers
        assert isinstance(headers, dict)
        headers["authorization"] = "Bearer revoked"
        cluster.pods()
        assert count() == 4


@pytest.mark.parametrize("token", ["two\nlines", "pl\u00e4nt\u20ac"], ids=["lines", "letters"])
def test_a_token_that_cannot_be_sent_is_told_without_it(
    token: str, apiserver: ApiServer, tmp_path: Path
) -> None:
    with (
        reaching(login(apiserver, tmp_path, {"token": token})) as cluster,
        pytest.raises(CredentialsError, match="has characters that cannot be sent") as raised,
    ):
        cluster.version()
    assert raised.value.__cause__ is None
    assert token not in str(raised.value)


def test_a_certificate_of_another_authority_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"t": None}, current="t", server=apiserver.url)
    with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
        cluster.version()
    assert "is not signed by the authority of context 't'" in str(raised.value)
    named = {"certificate-authority": str(apiserver.ca), "tls-server-name": "other.example.com"}
    path = write(tmp_path / "config", {"t": None}, current="t", server=apiserver.url, **named)
    with reaching(path) as cluster, pytest.raises(UnreachableError, match="is for another name"):
        cluster.version()


def test_a_damaged_certificate_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    damaged = base64.b64encode(b"no certificate").decode()
    user = {"client-certificate-data": damaged, "client-key-data": damaged}
    with (
        reaching(login(apiserver, tmp_path, user)) as cluster,
        pytest.raises(UnreachableError, match="a certificate or key of context 'team' is damaged"),
    ):
        cluster.version()


def test_http_to_a_server_of_https_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    server = apiserver.url.replace("https", "http")
    path = write(tmp_path / "config", {"t": None}, current="t", server=server)
    with reaching(path) as cluster, pytest.raises(ClusterError) as raised:
        cluster.version()
    assert "Client sent an HTTP request to an HTTPS server" in str(raised.value)


def test_nothing_is_left_behind(apiserver: ApiServer, tmp_path: Path) -> None:
    authority = {"certificate-authority-data": base64.b64encode(apiserver.ca.read_bytes()).decode()}
    path = write(
        tmp_path / "config",
        {"t": {"token": apiserver.token}},
        current="t",
        server=apiserver.url,
        **authority,
    )
    with reaching(path) as cluster:
        cluster.version()
        folder = cluster._api._folder
        assert folder is not None
        inside = Path(folder.name)
        assert inside.is_dir()
        assert inside.stat().st_mode & 0o077 == 0
    assert not inside.exists()


def test_who_is_closed_takes_nothing_from_others(apiserver: ApiServer, tmp_path: Path) -> None:
    data = base64.b64encode(apiserver.ca.read_bytes()).decode()
    path = write(
        tmp_path / "config",
        {"t": {"token": apiserver.token}},
        current="t",
        server=apiserver.url,
        **{"certificate-authority-data": data},
    )
    with reaching(path) as one:
        one.version()
        with reaching(path) as other:
            other.version()
        one._api._opened().pool.clear()  # what connects anew reads the files anew
        assert one.version().major == 1
    with pytest.raises(ClusterError, match="is closed"):
        one.version()
