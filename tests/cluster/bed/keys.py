"""The bed's own authority, its certificates, tokens and kubeconfigs; new ones at every `up`."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import API_PORT, NODE_ADDRESS, NODE_NAME, Place

__all__ = ["ACCOUNTS", "CONTEXT", "SERVER", "Account", "kubeconfig", "make"]

CONTEXT = "qhub-bed"
SERVER = f"https://{NODE_ADDRESS}:{API_PORT}"
_DAYS = "30"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_NAMES = (
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
    f"DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:10.96.0.1,IP:127.0.0.1,"
    f"IP:{NODE_ADDRESS}"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token speaks for; `file` is the name of its kubeconfig in the folder of keys."""

    file: str
    user: str
    groups: tuple[str, ...] = ()


ACCOUNTS = (
    Account("admin", "qhub-bed-admin", ("system:masters",)),
    Account("controller-manager", "system:kube-controller-manager"),
    Account("scheduler", "system:kube-scheduler"),
    Account("kubelet", f"system:node:{NODE_NAME}", ("system:nodes",)),
    Account("proxy", "system:kube-proxy"),
    Account("policies", "qhub-bed-policies", ("system:masters",)),
)


def make(place: Place) -> None:
    """Write every key, certificate, token and kubeconfig of a new bed; only root can read them."""
    keys = place.keys
    keys.mkdir(parents=True, mode=0o700)
    _authority(keys)
    _certificate(keys, "apiserver", "/CN=kube-apiserver", f"subjectAltName={_NAMES}")
    # What the API server shows the kubelet when somebody asks for logs or a shell.
    client = "extendedKeyUsage=clientAuth"
    _certificate(keys, "apiserver-client", "/O=system:masters/CN=kube-apiserver", client)
    private = f"{keys}/service-accounts.key"
    _openssl("ecparam", "-genkey", "-noout", "-name", "prime256v1", "-out", private)
    _openssl("ec", "-in", private, "-pubout", "-out", f"{keys}/service-accounts.pub")
    rows = []
    for account in ACCOUNTS:
        token = secrets.token_hex(20)
        groups = ",".join(account.groups)
        rows.append(f'{token},{account.user},{account.user},"{groups}"\n')
        path = place.kubeconfig if account.file == "admin" else keys / f"{account.file}.kubeconfig"
        _private(path, kubeconfig(keys / "ca.crt", token))
    _private(keys / "tokens.csv", "".join(rows))


def kubeconfig(authority: Path, token: str) -> str:
    """Return a kubeconfig for the bearer of `token`. It is JSON, and so YAML."""
    certificate = base64.b64encode(authority.read_bytes()).decode()
    cluster = {"server": SERVER, "certificate-authority-data": certificate}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }
    return json.dumps(document, indent=2) + "\n"


def _authority(keys: Path) -> None:
    subject = ("-subj", "/CN=qhub-test-bed", "-days", _DAYS)
    usage = ("-addext", "keyUsage=critical,keyCertSign,digitalSignature")
    files = ("-keyout", f"{keys}/ca.key", "-out", f"{keys}/ca.crt")
    _openssl("req", "-x509", *_KEY, *subject, *usage, *files)


def _certificate(keys: Path, name: str, subject: str, extension: str) -> None:
    request = keys / f"{name}.csr"
    files = ("-keyout", f"{keys}/{name}.key", "-out", str(request))
    _openssl("req", *_KEY, "-subj", subject, *files)
    extensions = keys / f"{name}.ext"
    extensions.write_text(f"{extension}\n")
    signed_by = ("-CA", f"{keys}/ca.crt", "-CAkey", f"{keys}/ca.key", "-CAcreateserial")
    out = ("-out", f"{keys}/{name}.crt", "-days", _DAYS, "-extfile", str(extensions))
    _openssl("x509", "-req", "-in", str(request), *signed_by, *out)


def _private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _openssl(*args: str) -> None:
    # Where `up` is killed, what it started ends with it.
    argv = ["setpriv", "--pdeathsig", "KILL", "--", "openssl", *args]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise BedError(f"openssl {args[0]} ended with status {done.returncode}: {done.stderr}")
