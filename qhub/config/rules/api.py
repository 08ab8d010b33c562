"""The Prefect API: a URL that works, and a credential that fits it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from qhub.config.formats.values import explain_url, url_host
from qhub.config.prefect import HOSTED_V1_URL, api_kind, generation
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    mapping,
    show,
    text,
)
from qhub.config.rules.secrets import token_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "cloud_keys_go_to_the_cloud",
    "hosted_api_is_closed",
    "server_is_used",
    "token_has_an_api",
    "url_has_no_credential",
    "url_has_no_query",
    "url_is_an_api",
    "url_is_reached_from_pods",
]

_URL: Path = ("prefect", "api", "url")
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_WORKSPACE = r"https://api\.prefect\.cloud/api/accounts/{0}/workspaces/{0}"
_SHOWN = "https://api.prefect.cloud/api/accounts/<account>/workspaces/<workspace>"
_CREDENTIAL_KEY = re.compile(
    "secret|passw|pwd|token|credential|private|signature|^sig$|(?:api|access|account|shared)[_-]?key",
    re.IGNORECASE,
)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "0.0.0.0")  # noqa: S104 (nothing binds to it)
_CLOUD_KEYS = ("pnu_", "pnb_")


def url_has_no_credential(data: Mapping[str, Any]) -> Iterator[Finding]:
    """URLs are rendered; a credential in one would be, too. It is not repeated."""
    if _has_credential(_url(data)):
        yield Finding(
            _URL,
            "the URL holds a credential before its '@'",
            hint="remove it there; a server's 'user:password' is a secret that "
            "prefect.api.token names",
        )
    storage = text((active_prefect(data) or {}).get("storage"))
    # Without a ':' it is a part of the place: abfs://container@account.
    if storage and re.match(r"[a-zA-Z0-9+.-]*://[^/?#]*:[^/?#]*@", storage):
        yield Finding(
            ("prefect", "storage"),
            "the URL holds a credential before its '@'",
            hint="remove it there; flows get credentials from secrets",
        )


def url_has_no_query(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Paths are put behind the API's URL; in a query there is often a credential."""
    url = _url(data)
    if url is not None and _bare(url) != url:
        yield Finding(
            _URL,
            "the URL of an API has nothing behind a '?' or '#'",
            hint="remove it there; a credential is a secret that prefect.api.token names",
        )
    storage = text((active_prefect(data) or {}).get("storage"))
    if storage and any(map(_CREDENTIAL_KEY.search, _query_keys(storage))):
        yield Finding(
            ("prefect", "storage"),
            "the URL holds a credential behind its '?'",
            hint="remove it there; flows get credentials from secrets",
        )


def server_is_used(data: Mapping[str, Any]) -> Iterator[Finding]:
    """With an API of somebody else QHub deploys no server."""
    prefect = active_prefect(data)
    if prefect is None or _url(data) is None or generation(prefect) != "worker":
        return
    if isinstance(prefect.get("server"), dict):
        yield Finding(
            ("prefect", "server"),
            "prefect.server is not used: with prefect.api.url QHub deploys no Prefect server",
            hint="remove it, or remove prefect.api.url",
            severity="warning",
            at="key",
        )


def url_is_an_api(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Prefect 3 wants the workspace's URL on Prefect Cloud, and a server's ending in /api."""
    prefect, url = active_prefect(data), _url(data)
    made = generation(prefect) if prefect else None
    if made is None or url is None or explain_url(url) or _has_credential(url):
        return
    url = _bare(url)
    if url_host(url) is None:
        yield Finding(
            _URL,
            f"{show(url)} is not the URL of an API: it begins with https:// or http://",
            hint="for example: https://prefect.example.com/api",
        )
        return
    cloud = api_kind("worker", url) == "cloud"
    if made == "agent" and cloud:
        yield Finding(
            _URL,
            "Prefect Cloud does not serve agents of Prefect 0.x and 1.x",
            hint="use an image of Prefect 3.x, or the URL of a Prefect 1 server",
        )
    elif made == "worker" and cloud:
        yield from _workspace(url)
    elif made == "worker" and not url.endswith("/api"):
        yield Finding(
            _URL,
            f"{show(url)} does not end in /api, as the API of a Prefect server does",
            hint=f"did you mean {show(_as_api(url))}?",
        )


def url_is_reached_from_pods(data: Mapping[str, Any]) -> Iterator[Finding]:
    """In a pod, localhost is the pod."""
    url = _url(data)
    if url is None or data.get("provider") == "embedded" or _has_credential(url):
        return
    if (url_host(_bare(url)) or "") in _LOOPBACK:
        yield Finding(
            _URL,
            f"no pod reaches {show(_bare(url))}: in a pod this is the pod itself",
            hint="write the name that pods of the cluster know the API by, such as "
            "http://prefect-server.prefect.svc.cluster.local:4200/api",
            severity="warning",
        )


def hosted_api_is_closed(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Prefect switched the hosted API of 0.x and 1.x off."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "agent" or _url(data) not in (None, HOSTED_V1_URL):
        return
    if data.get("provider") == "embedded":
        return  # an error already: `embedded.prefect_is_3`
    path = _URL if _url(data) else ("prefect", "image") if prefect.get("image") else ("prefect",)
    yield Finding(
        path,
        "the hosted API of Prefect 0.x and 1.x is closed: this agent will find no API",
        hint="set prefect.api.url to a Prefect 1 server of your own, "
        "or use an image of Prefect 3.x",
        severity="warning",
        at="value" if len(path) > 1 else "key",
    )


def cloud_keys_go_to_the_cloud(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A key of Prefect Cloud opens nothing else; it is not repeated."""
    prefect = active_prefect(data)
    made = generation(prefect) if prefect else None
    url = _url(data)
    if made is None or (made == "worker" and api_kind(made, url) == "cloud"):
        return
    secrets = mapping(data.get("secrets"))
    for name, path in {name: path for path, name in token_paths(data)}.items():
        value = secrets.get(name)
        if isinstance(value, str) and value.startswith(_CLOUD_KEYS):
            yield Finding(
                ("secrets", name),
                f"this is a key of Prefect Cloud, and {dotted(path)} uses it for another API",
                hint=f"set prefect.api.url to the workspace's URL: {_SHOWN}",
            )


def token_has_an_api(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The password of the server that QHub deploys is QHub's own."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "worker" or _url(data) is not None:
        return
    if "url" in mapping(prefect.get("api")):
        return
    mend = f"set prefect.api.url, for Prefect Cloud {_SHOWN}, or remove the token"
    for path, _ in token_paths(data):
        yield Finding(
            path,
            "a token without prefect.api.url: QHub deploys a Prefect server of its own, "
            "and makes that server's password itself",
            hint="remove the token" if data.get("provider") == "embedded" else mend,
            severity="warning",
        )


def _url(data: Mapping[str, Any]) -> str | None:
    prefect = active_prefect(data)
    return text(mapping(prefect.get("api")).get("url")) if prefect else None


def _has_credential(url: str | None) -> bool:
    return bool(url and re.match(r"[a-zA-Z+.-]*://[^/?#]*@", url))


def _bare(url: str) -> str:
    return re.sub(r"[?#].*", "", url, flags=re.DOTALL)


def _query_keys(url: str) -> Iterator[str]:
    """Yield the names of what is behind '?' and '#'."""
    for part in re.split("[?#&;]", url)[1:]:
        yield unquote(part.partition("=")[0])


def _workspace(url: str) -> Iterator[Finding]:
    if re.fullmatch(_WORKSPACE.format(_UUID), url):
        return
    # The address that a browser shows: https://app.prefect.cloud/account/…/workspace/…/dashboard
    shown = re.search(rf"/accounts?/({_UUID})/workspaces?/({_UUID})", url)
    mended = _SHOWN.replace("<account>", shown[1]).replace("<workspace>", shown[2]) if shown else ""
    yield Finding(
        _URL,
        f"{show(url)} is not the URL of a workspace's API; expected {_SHOWN}",
        hint=f"did you mean {show(mended)}?"
        if mended
        else "'prefect config view' shows it after a login",
    )


def _as_api(url: str) -> str:
    base = url.rstrip("/")
    return base if base.endswith("/api") else f"{base}/api"
