"""Prefect's API, asked as an agent asks it: with the credential that the cluster holds."""

from __future__ import annotations

import base64
import json
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qhub.config.model import ExistingSecret
from qhub.render.values import TOKEN_KEY, token_secret

if TYPE_CHECKING:
    from qhub.cluster.client import Cluster
    from qhub.platform.model import Agent

__all__ = ["UNKNOWN", "ask"]

_SECONDS = 3.0
UNKNOWN = (OSError, HTTPException, ValueError, TypeError, KeyError)
"""What is raised where the API is out of reach, or something else answers."""


def ask(cluster: Cluster, agent: Agent, path: str, body: Any) -> Any:
    """Return what the API says to a question.

    Raises `urllib.error.HTTPError` where it refuses, one of `UNKNOWN` where it cannot be asked,
    and `ClusterError` where the cluster does not give the credential.
    """
    url = agent.api.url
    if not url or urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("there is no address of Prefect's API")
    headers = {"Content-Type": "application/json", **_credential(cluster, agent)}
    request = urllib.request.Request(  # noqa: S310 we looked at the scheme
        f"{url.rstrip('/')}/{path}", data=json.dumps(body).encode(), headers=headers, method="POST"
    )
    with urllib.request.build_opener(_Stay).open(request, timeout=_SECONDS) as answer:
        return json.loads(answer.read())


def _credential(cluster: Cluster, agent: Agent) -> dict[str, str]:
    """Return the header that the worker sends, too."""
    if agent.token is None:
        return {}
    name, key = token_secret(agent), TOKEN_KEY
    if isinstance(agent.token.source, ExistingSecret):
        name, key = agent.token.source.secret_name, agent.token.source.key
    found = cluster.secret(name) if name else None
    token = b"" if found is None else found.get(key, b"")
    if not token:
        return {}
    if agent.api.kind == "cloud":
        return {"Authorization": f"Bearer {token.decode('latin-1').strip()}"}
    return {"Authorization": f"Basic {base64.b64encode(token.strip()).decode()}"}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the credential is for this address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
