"""What a kubeconfig's user leads to: commands that print credentials, tokens in files."""

from __future__ import annotations

import base64
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qhub.cluster import credentials, target
from qhub.cluster.credentials import Access
from qhub.cluster.errors import CredentialsError, KubeconfigError
from tests.kube.kubeconfigs import write

SECRET = "t0p-s3cret-t0ken"  # noqa: S105 planted
PRINTS_TOKEN = f"""echo '{{
    "kind": "ExecCredential",
    "apiVersion": "client.authentication.k8s.io/v1",
    "status": {{"token": "{SECRET}", "expirationTimestamp": "2031-01-02T03:04:05Z"}}
}}'"""


def access(folder: Path, user: dict[str, Any] | None, **cluster: Any) -> Access:
    """Return the access that a kubeconfig in `folder` gives to its only user."""
    path = write(folder / "config", {"team": user}, current="team", **cluster)
    environ = {"KUBE_CONFIG_PATH": str(path), "PATH": "/usr/bin:/bin", "SEEN": "of ours"}
    files = folder / "files"
    files.mkdir(exist_ok=True)
    return credentials.access(target("team", "dev", environ), environ=environ, folder=files)


def header(found: Access) -> str | None:
    """Return the header that proves who we are."""
    return found.headers.get("authorization")


def plugin(folder: Path, program: str, **settings: Any) -> dict[str, Any]:
    """Return a user whose credential is printed by a shell script."""
    path = folder / "plugin"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o755)
    version = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": version, "command": "./plugin", **settings}}


def test_a_token_is_sent_as_it_is(tmp_path: Path) -> None:
    found = access(tmp_path, {"token": SECRET})
    assert header(found) == f"Bearer {SECRET}"
    assert found.expires is None
    assert SECRET not in repr(found)


def test_a_token_that_says_until_when_it_holds_is_believed(tmp_path: Path) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    claims = base64.urlsafe_b64encode(json.dumps({"exp": until.timestamp()}).encode()).decode()
    assert access(tmp_path, {"token": f"e30.{claims.rstrip('=')}.sig"}).expires == until


@pytest.mark.parametrize("token", ["a.b", "a.b.c", "a.e30.c", "a.bnVsbA.c"])
def test_a_token_that_only_looks_like_one_says_nothing(token: str, tmp_path: Path) -> None:
    assert access(tmp_path, {"token": token}).expires is None


def test_a_token_is_read_from_a_file_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert header(access(tmp_path, {"tokenFile": "token"})) == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the token of context 'team' from {}: No such file or directory"),
        (b" \n", "the token of context 'team' is empty: {}"),
        (b"\xff\xfe", "cannot read the token of context 'team' from {}: it is no text"),
    ],
    ids=["absent", "empty", "no text"],
)
def test_a_file_without_a_token_is_told(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CredentialsError) as raised:
        access(tmp_path, {"tokenFile": "token"})
    assert str(raised.value) == message.format(path)
    assert raised.value.hint


def test_a_command_prints_the_token_and_until_when_it_holds(tmp_path: Path) -> None:
    found = access(tmp_path, plugin(tmp_path, PRINTS_TOKEN))
    assert header(found) == f"Bearer {SECRET}"
    assert found.expires == datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_command_gets_its_arguments_its_variables_and_what_it_may_know(tmp_path: Path) -> None:
    said = '"$ROLE" "$SEEN" "$KUBECONFIG" "$KUBERNETES_EXEC_INFO"'
    program = f'echo "$@" {said} > told; {PRINTS_TOKEN}'
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"tenant": "t"}}
    user = plugin(
        tmp_path,
        program,
        args=["get-token", "--cluster", 7],
        env=[{"name": "ROLE", "value": "deployer"}],
        provideClusterInfo=True,
    )
    access(tmp_path, user, extensions=[extension])
    told = (tmp_path / "told").read_text()
    words, _, info = told.partition("{")
    files = str(tmp_path / "config")
    assert words.split() == ["get-token", "--cluster", "7", "deployer", "of", "ours", files]
    known = json.loads("{" + info)
    assert known["kind"] == "ExecCredential"
    assert known["spec"]["interactive"] is False
    assert known["spec"]["cluster"]["server"].startswith("https://")
    assert known["spec"]["cluster"]["config"] == {"tenant": "t"}


def test_a_command_may_print_a_certificate(tmp_path: Path) -> None:
    program = """echo '{"status": {"clientCertificateData": "CERT", "clientKeyData": "KEY"}}'"""
    found = access(tmp_path, plugin(tmp_path, program))
    assert header(found) is None
    for path, content in (
        (found.way.certificate, "CERT"),
        (found.way.key, "KEY"),
    ):
        assert path is not None
        file = Path(path)
        assert file.parent == tmp_path / "files"
        assert file.read_text() == content
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("program", "message", "hint"),
    [
        pytest.param(
            "echo you must log in first >&2; exit 1",
            "failed (1): you must log in first",
            "log in again",
            id="it fails",
        ),
        pytest.param("exit 7", "failed (7)", "log in again", id="it fails without a word"),
        pytest.param(
            f"echo no json {SECRET}", "printed no credential", "log in with it first", id="no JSON"
        ),
        pytest.param(
            """echo '{"status": {}}'""", "printed no credential", "log in with it first", id="empty"
        ),
        pytest.param("echo '[]'", "printed no credential", "log in with it first", id="a list"),
        pytest.param(
            """echo '{"status": {"clientCertificateData": "x"}}'""",
            "printed no credential",
            "log in with it first",
            id="a certificate without a key",
        ),
    ],
)
def test_a_command_that_gives_no_credential_is_told(
    program: str, message: str, hint: str, tmp_path: Path
) -> None:
    with pytest.raises(CredentialsError) as raised:
        access(tmp_path, plugin(tmp_path, program))
    assert str(raised.value) == (
        f"'./plugin', which gives the credential of context 'team', {message}"
    )
    assert raised.value.hint == hint
    assert SECRET not in str(raised.value)


def test_a_command_that_is_not_installed_is_told_with_its_own_hint(tmp_path: Path) -> None:
    user = {"exec": {"command": "no-such-plugin", "installHint": "get it from example.com\n"}}
    with pytest.raises(CredentialsError, match=r"'no-such-plugin', .* is not installed") as raised:
        access(tmp_path, user)
    assert raised.value.hint == "get it from example.com"


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_COMMAND_SECONDS", 0.2)
    with pytest.raises(CredentialsError, match=r"said nothing for 0\.2 s"):
        access(tmp_path, plugin(tmp_path, "exec sleep 60"))


def test_a_command_without_a_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="has an 'exec' without a command"):
        access(tmp_path, {"exec": {"args": ["x"]}})


def test_a_provider_that_kubernetes_gave_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="logs in through 'gcp', which Kubernetes no longer"):
        access(tmp_path, {"auth-provider": {"name": "gcp"}})


@pytest.mark.parametrize(
    ("user", "cluster"),
    [
        ({"client-certificate": "absent", "client-key": "absent"}, {}),
        ({"client-certificate-data": "abc", "client-key-data": "abc"}, {}),
        ({"token": "x"}, {"certificate-authority": "absent"}),
        ({"token": "x"}, {"certificate-authority-data": f"{SECRET}="}),
    ],
    ids=["no certificate", "no base64", "no authority", "no base64 of the authority"],
)
def test_what_tls_needs_and_cannot_be_had_is_told(
    user: dict[str, Any], cluster: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(KubeconfigError, match="context 'team' of the kubeconfig cannot") as raised:
        access(tmp_path, user, **cluster)
    assert SECRET not in str(raised.value)


def test_the_certificate_of_the_server_is_checked_as_the_kubeconfig_says(tmp_path: Path) -> None:
    assert access(tmp_path, None).way.verified
    loose = access(tmp_path, None, **{"insecure-skip-tls-verify": True})
    assert not loose.way.verified
    named = access(tmp_path, None, **{"tls-server-name": "kubernetes"})
    assert named.way.server_name == "kubernetes"


def test_somebody_else_is_impersonated(tmp_path: Path) -> None:
    found = access(tmp_path, {"token": SECRET, "as": "system:serviceaccount:dev:deployer"})
    assert found.headers["Impersonate-User"] == "system:serviceaccount:dev:deployer"


def test_a_password_is_sent_with_its_name(tmp_path: Path) -> None:
    found = access(tmp_path, {"username": "me", "password": SECRET})
    assert header(found) == f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"


def test_a_token_of_an_oidc_provider_is_sent_as_it_is(tmp_path: Path) -> None:
    token = "e30.e30.sig"  # noqa: S105 no secret
    user = {"auth-provider": {"name": "oidc", "config": {"id-token": token}}}
    assert header(access(tmp_path, user)) == f"Bearer {token}"
