"""What the API server's refusals and the network's failures mean, in words that help."""

from __future__ import annotations

import json
import re
import socket
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qhub.cluster.errors import (
    AbsentError,
    ClusterError,
    ForbiddenError,
    RefusedError,
    UnauthorisedError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.cluster.target import Target, UserKind

__all__ = ["no_api_server", "of_network", "of_status", "status_message"]

_FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) (?:resource "(?P<resource>[^"]*)"|path \S+)'
    r'(?: in API group "(?P<group>[^"]*)")?(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_DAMAGED = re.compile(r"PEM|KEY_VALUES_MISMATCH|NO_START_LINE|NO_CERTIFICATE|ASN1|DECODER")
_NO_SUCH_PATH = b"404 page not found"  # the API server's own words for an unknown group
_NOBODY = "system:anonymous"
_WORDS = 300
_WRONG_HOST = 62  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH
_WRONG_IP = 64
_NOT_VALID = (9, 10)  # not yet, no longer


def of_status(target: Target, code: int, body: bytes, *, expires: datetime | None) -> ClusterError:
    """Return the error for an answer that is no result."""
    message = status_message(body)
    if code == 401:
        return _unauthorised(target, expires)
    if code == 403:
        return _forbidden(target, message, expires)
    if code == 404 and body.strip() == _NO_SUCH_PATH:
        return AbsentError(f"the API server {target.server} has no such kind", http_status=code)
    busy = code == 429 or code >= 500
    if message is None:
        words = body.decode("utf-8", "replace").strip()[:_WORDS]
        if not busy:
            return no_api_server(target, f"it answers {code} {words}".rstrip(), code)
        message = words or "no reason given"  # what stands before it answers
    if code == 404:
        return AbsentError(f"the API server {target.server} has none: {message}", http_status=code)
    return RefusedError(
        f"the API server {target.server} answers {code}: {message}",
        http_status=code,
        hint="try again when it has recovered" if busy else "",
    )


def no_api_server(target: Target, why: str, code: int) -> RefusedError:
    """Return the error for an address at which something else answers."""
    return RefusedError(
        f"{target.server} is no Kubernetes API server: {why}",
        http_status=code,
        hint=f"check the server of context '{target.context}' in the kubeconfig",
    )


def of_network(target: Target, error: BaseException, *, seconds: float) -> UnreachableError:
    """Return the error for a request that got no answer."""
    chain = tuple(_chain(error))
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _distrusted(target, cause)
        if isinstance(cause, ssl.SSLError) and _DAMAGED.search(str(cause)):
            return UnreachableError(
                f"a certificate or key of context '{target.context}' is damaged: {cause.args[-1]}",
                hint="have the kubeconfig written again",
            )
    what, hint = _network_words(chain, seconds)
    return UnreachableError(
        f"the API server {target.server} of context '{target.context}' {what}", hint=hint
    )


def status_message(body: bytes) -> str | None:
    """Return the message of a Kubernetes `Status`; None for anything else."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("kind") != "Status":
        return None
    return str(said.get("message") or said.get("reason") or "no reason given")


def _unauthorised(target: Target, expires: datetime | None) -> UnauthorisedError:
    if expires is not None and expires < datetime.now(UTC):
        what = f"the credential of context '{target.context}' expired at {_stamp(expires)}"
    else:
        what = (
            f"the API server {target.server} does not accept the credential of context "
            f"'{target.context}'"
        )
    return UnauthorisedError(what, hint=_login(target))


def _login(target: Target) -> str:
    name = f"user '{target.user}' of the kubeconfig"
    hints: dict[UserKind, str] = {
        "token": f"{name} has a token that is wrong or expired: put a new one there",
        "token file": f"{name} reads a token that is wrong or expired: have a new one written",
        "certificate": f"{name} has a client certificate that expired, or is another cluster's",
        "command": f"log in again with '{target.command}', which gives the credential",
        "password": f"{name} has a password, which the server does not take",
        "provider": "log in again with the tool that wrote the kubeconfig",
        "none": f"context '{target.context}' has no credential: log in to the cluster",
    }
    return hints[target.user_kind]


def _forbidden(
    target: Target, message: str | None, expires: datetime | None
) -> ForbiddenError | UnauthorisedError:
    found = _FORBIDDEN.search(message or "")
    if found is None:
        told = message or "no reason given"
        return ForbiddenError(
            f"the API server {target.server} forbids it: {told}",
            hint="ask who runs the cluster",
        )
    if found["user"] == _NOBODY:
        return _unauthorised(target, expires)
    what, namespace = found["resource"] or "that", found["namespace"]
    group = f".{found['group']}" if found["group"] else ""
    where = f"in namespace '{namespace}'" if namespace else "in the whole cluster"
    scope = f"-n {namespace}" if namespace else "-A"
    return ForbiddenError(
        f"user '{found['user']}' may not {found['verb']} {what}{group} {where}",
        hint="ask who runs the cluster for a role that allows it; then "
        f"`kubectl auth can-i {found['verb']} {what}{group} {scope} --context {target.context}` "
        "says yes",
    )


def _distrusted(target: Target, error: ssl.SSLCertVerificationError) -> UnreachableError:
    what = f"the certificate of the API server {target.server}"
    if error.verify_code in (_WRONG_HOST, _WRONG_IP):
        return UnreachableError(
            f"{what} is for another name", hint="check `server` and `tls-server-name` in it"
        )
    if error.verify_code in _NOT_VALID:
        return UnreachableError(
            f"{what} is not valid now: {error.verify_message}",
            hint="check this machine's clock; else who runs the cluster must renew it",
        )
    return UnreachableError(
        f"{what} is not signed by the authority of context '{target.context}'",
        hint="have the kubeconfig written again: the cluster may have been made anew; "
        "or something between reads along",
    )


def _network_words(chain: tuple[BaseException, ...], seconds: float) -> tuple[str, str]:
    names = {type(cause).__name__ for cause in chain}
    away = "check that the cluster runs, and that this machine may reach it (VPN, firewall)"
    if "ProxyError" in names:
        return "cannot be reached through the proxy", "check HTTPS_PROXY, NO_PROXY and proxy-url"
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return "cannot be found: its name is unknown here", "check the server's name, DNS or VPN"
    if any(isinstance(cause, ConnectionRefusedError) for cause in chain):
        return "does not run: the connection is refused", "start the cluster, or name its context"
    if names & {"ConnectTimeoutError", "ReadTimeoutError", "TimeoutError"}:
        return f"does not answer within {seconds:.0f} s", away
    last = chain[-1] if chain else None
    words = str(last).strip()[:_WORDS] or type(last).__name__
    return f"cannot be reached: {words}", away


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it; urllib3 keeps causes among the arguments."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (getattr(current, "reason", None), current.__cause__, current.__context__)
        waiting += [one for one in (*current.args, *inner) if isinstance(one, BaseException)]


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
