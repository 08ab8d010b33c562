from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "state",
    [
        {"type": "remote"},
        {"type": "local", "backend": None, "config": {}},
        {"type": "existing", "backend": "s3", "config": {"bucket": "b", "encrypt": True}},
        {"type": "existing", "backend": "azurerm", "config": {"key": "state", "access_key": ""}},
        {
            "type": "existing",
            "backend": "pg",
            "config": {"conn_str": "postgres://db.example.com/s"},
        },
        {"type": "existing", "backend": "gcs", "config": {7: "x", "bucket": None}},
    ],
    ids=str,
)
def test_a_state_without_credentials_is_right(
    state: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"terraform_state": state}) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("access_key", "AKIA"),
        ("secret_key", "x"),
        ("token", "x"),
        ("password", "x"),
        ("sas_token", "x"),
        ("client_secret", "x"),
        ("conn_str", "postgres://qhub:word@db.example.com/state"),
        ("conn_str", "host=db.example.com user=qhub password=word"),
        ("address", "https://qhub:word@state.example.com"),
    ],
)
def test_a_credential_is_never_rendered(
    key: str, value: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    state = {"type": "existing", "backend": "http", "config": {key: value}}

    assert told({"terraform_state": state}) == [
        f"error terraform_state.config.{key}: '{key}' is a credential and would be written "
        "into the rendered files"
    ]


def test_an_old_file_may_leave_its_backend_open(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    message = "terraform_state.type: terraform_state.type 'existing' needs terraform_state.backend"
    data = {"terraform_state": {"type": "existing"}}

    assert told(data) == [f"error {message}"]
    assert told({**data, "qhub_version": "0.4.5"}) == [
        f"warning {message}; without it the state is local"
    ]


@pytest.mark.parametrize(
    "branch", ["main", "release/2026.1", "feature/a_b-c", "v1.0", "Ünder", "a@b"]
)
def test_a_branch_of_git_is_right(branch: str, told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told({"ci_cd": {"type": "github-actions", "branch": branch}}) == []


@pytest.mark.parametrize(
    "branch",
    ["-x", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "/a", "a/", "a//b", ".a",
     "a/.b", "a.lock", "a.", "a@{1}", "@"],
)  # fmt: skip
def test_what_git_refuses_is_no_branch(
    branch: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"ci_cd": {"type": "github-actions", "branch": branch}}) == [
        f"error ci_cd.branch: '{branch}' is not the name of a git branch"
    ]


@pytest.mark.parametrize(
    "certificate",
    [
        {
            "type": "lets-encrypt",
            "acme_email": "ops@example.com",
            "acme_server": "https://a.example",
        },
        {"type": "self-signed"},
        {"type": "existing", "secret_name": "tls"},
        {"type": "disabled", "secret_name": None, "acme_email": None},
        {},
    ],
    ids=str,
)
def test_a_certificate_with_what_it_needs_is_right(
    certificate: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"domain": "qhub.example.com", "certificate": certificate}) == []


@pytest.mark.parametrize("domain", ["localhost", "qhub.local", "qhub.localhost", "10.0.0.7"])
def test_lets_encrypt_signs_public_names_alone(
    domain: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    certificate = {"type": "lets-encrypt", "acme_email": "ops@example.com"}

    assert told({"domain": domain, "certificate": certificate}) == [
        f"error certificate.type: Let's Encrypt signs no certificate for '{domain}' (domain)"
    ]


@pytest.mark.parametrize(
    ("state", "pipeline", "count"),
    [("local", "gitlab-ci", 1), ("local", "none", 0), ("remote", "gitlab-ci", 0)],
)
def test_a_pipeline_loses_a_local_state(
    state: str, pipeline: str, count: int, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert len(told({"terraform_state": {"type": state}, "ci_cd": {"type": pipeline}})) == count
