"""Terraform's state, the certificate and the pipeline, each against what it depends on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding
from qhub.config.rules.reading import (
    mapping,
    show,
    suggestion,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "branch_is_a_branch",
    "certificate_has_what_it_needs",
    "pipeline_can_keep_state",
    "state_backend_is_known",
    "state_holds_no_credential",
]

_BACKENDS = (
    "azurerm", "consul", "cos", "gcs", "http", "kubernetes", "local", "oci", "oss", "pg", "s3",
)  # fmt: skip
# Terraform's own names of these settings, per backend; and where it reads them otherwise.
_CREDENTIALS = {
    "access_key": "AWS_ACCESS_KEY_ID (s3) or ARM_ACCESS_KEY (azurerm)",
    "secret_key": "AWS_SECRET_ACCESS_KEY (s3) or ALICLOUD_SECRET_KEY (oss)",
    "token": "AWS_SESSION_TOKEN (s3), KUBE_TOKEN (kubernetes) or CONSUL_HTTP_TOKEN (consul)",
    "password": "TF_HTTP_PASSWORD (http) or KUBE_PASSWORD (kubernetes)",
    "client_secret": "ARM_CLIENT_SECRET",
    "client_certificate_password": "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "oidc_token": "ARM_OIDC_TOKEN",
    "sas_token": "ARM_SAS_TOKEN",
    "access_token": "GOOGLE_OAUTH_ACCESS_TOKEN",
    "encryption_key": "GOOGLE_ENCRYPTION_KEY",
    "sse_customer_key": "AWS_SSE_CUSTOMER_KEY",
    "secret_id": "TENCENTCLOUD_SECRET_ID",
    "security_token": "ALICLOUD_SECURITY_TOKEN",
    "http_auth": "CONSUL_HTTP_AUTH",
    "client_key": "KUBE_CLIENT_KEY_DATA",
    "client_private_key_pem": "TF_HTTP_CLIENT_PRIVATE_KEY_PEM",
}
_STATE_TYPES = ("remote", "local")
_ACME_KEYS = ("acme_email", "acme_server")


def state_backend_is_known(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Type `existing` needs a backend of Terraform; the other types choose theirs."""
    state = mapping(data.get("terraform_state"))
    kind, backend = state.get("type"), state.get("backend")
    if kind == "existing" and backend is None:
        yield _no_backend(old=bool(data.get("qhub_version")))
    elif kind == "existing" and isinstance(backend, str) and backend not in _BACKENDS:
        yield Finding(
            ("terraform_state", "backend"),
            f"{show(backend)} is not a backend of Terraform; known: {', '.join(_BACKENDS)}",
            hint=suggestion(backend, _BACKENDS),
        )
    elif isinstance(kind, str) and kind in _STATE_TYPES:
        for key in ("backend", "config"):
            if state.get(key):
                yield Finding(
                    ("terraform_state", key),
                    f"terraform_state.{key} belongs to terraform_state.type 'existing', "
                    f"but the type is {show(kind)}",
                    hint="remove it, or set type: existing",
                    at="key",
                )


def state_holds_no_credential(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What stands in `config` is rendered; Terraform reads credentials from the environment."""
    config = mapping(mapping(data.get("terraform_state")).get("config"))
    for key, value in config.items():
        if not isinstance(key, str) or not text(value):
            continue
        variable = _CREDENTIALS.get(key)
        if variable is None and _has_password(value):
            variable = "PG_CONN_STR" if key == "conn_str" else "TF_HTTP_PASSWORD"
        if variable:
            yield Finding(
                ("terraform_state", "config", key),
                f"{show(key)} is a credential and would be written into the rendered files",
                hint=f"remove it and set the environment variable {variable}",
                at="key",
            )


def certificate_has_what_it_needs(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Each type of certificate needs its own keys, and ignores the others'."""
    certificate = mapping(data.get("certificate"))
    kind = text(certificate.get("type"))
    if kind == "lets-encrypt":
        yield from _lets_encrypt(data, certificate)
    if kind == "existing" and certificate.get("secret_name") is None:
        yield Finding(
            ("certificate", "type"),
            "certificate.type 'existing' needs certificate.secret_name",
            hint="add the name of the Kubernetes Secret that holds tls.crt and tls.key",
        )
    if kind not in (None, "existing") and text(certificate.get("secret_name")):
        yield _unused("secret_name", owner="existing", kind=str(kind))
    if kind not in (None, "lets-encrypt"):
        for key in _ACME_KEYS:
            if text(certificate.get(key)):
                yield _unused(key, owner="lets-encrypt", kind=str(kind))


def branch_is_a_branch(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The pipeline runs on pushes to this branch; git says what a branch may be called."""
    branch = text(mapping(data.get("ci_cd")).get("branch"))
    if branch is None:
        return
    # git help check-ref-format
    good = re.fullmatch(
        r"(?!-)[^\x00-\x20\x7f~^:?*\[\\/]+(?:/[^\x00-\x20\x7f~^:?*\[\\/]+)*", branch
    )
    parts = branch.split("/")
    bad_part = any(part.startswith(".") or part.endswith((".", ".lock")) for part in parts)
    if not good or bad_part or ".." in branch or "@{" in branch or branch == "@":
        yield Finding(
            ("ci_cd", "branch"),
            f"{show(branch)} is not the name of a git branch",
            hint="write it as 'git branch' shows it, such as main",
        )


def pipeline_can_keep_state(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A pipeline's machine is gone after the run, and a local state with it."""
    kind = text(mapping(data.get("ci_cd")).get("type"))
    local_state = mapping(data.get("terraform_state")).get("type") == "local"
    if local_state and kind in ("github-actions", "gitlab-ci"):
        yield Finding(
            ("terraform_state", "type"),
            f"a local state is lost after each run of the pipeline (ci_cd.type {show(kind)})",
            hint="set terraform_state.type: remote",
            severity="warning",
        )


def _no_backend(*, old: bool) -> Finding:
    """`qhub init` of 0.4 wrote the type alone; whoever used it filled the backend in later."""
    needs = "terraform_state.type 'existing' needs terraform_state.backend"
    return Finding(
        ("terraform_state", "type"),
        f"{needs}; without it the state is local" if old else needs,
        hint="add the backend that holds the state, such as backend: s3, and its config",
        severity="warning" if old else "error",
    )


def _lets_encrypt(data: Mapping[str, Any], certificate: Mapping[str, Any]) -> Iterator[Finding]:
    domain = data.get("domain")
    if domain is None:
        yield Finding(
            ("certificate", "type"),
            "certificate.type 'lets-encrypt' needs a domain, and the file has none: "
            "no certificate can be made",
            hint="add at the top of the file: domain: qhub.example.com",
            # Nebari, whose files we read, can do without: it then serves under a bare address.
            severity="warning",
        )
    elif isinstance(domain, str) and re.fullmatch(
        r"[0-9.]+|localhost|.*\.(?:local|localhost)", domain
    ):
        yield Finding(
            ("certificate", "type"),
            f"Let's Encrypt signs no certificate for {show(domain)} (domain)",
            hint="set certificate.type: self-signed, or a domain that is public",
        )
    if certificate.get("acme_email") is None:
        yield Finding(
            ("certificate", "type"),
            "certificate.type 'lets-encrypt' needs certificate.acme_email",
            hint="add the address of its letters, such as acme_email: ops@example.com",
        )


def _unused(key: str, *, owner: str, kind: str) -> Finding:
    return Finding(
        ("certificate", key),
        f"certificate.{key} has no effect: it belongs to certificate.type '{owner}', "
        f"but the type is {show(kind)}",
        hint=f"remove it, or set type: {owner}",
        severity="warning",
        at="key",
    )


def _has_password(value: str) -> bool:
    """Return whether a text holds a password: of a URL, or of PostgreSQL's key=value pairs."""
    return bool(re.search(r"://[^/@\s]*:[^/@\s]+@|(?:^|[\s?&])password=", value))
