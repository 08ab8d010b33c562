"""The few requests that the bed itself makes: no client library is needed for them.

The thread must be in the bed's network (`network.entered`).
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Api", "ApiError"]

_APPLY = "application/apply-patch+yaml"  # JSON is YAML
_WATCH_SECONDS = 240


class ApiError(Exception):
    """The API server refused (`status`, its message) or was not there (status 0)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """The API server that a kubeconfig of ours names."""

    def __init__(self, kubeconfig: Path) -> None:
        document = json.loads(kubeconfig.read_text())
        cluster = document["clusters"][0]["cluster"]
        self._server = cluster["server"].removeprefix("https://")
        self._token = document["users"][0]["user"]["token"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)

    def get(self, path: str, *, seconds: float = 5) -> Any:
        """Return the JSON document at `path`, or its text where it is none."""
        return self._ask("GET", path, seconds=seconds)

    def watch(self, path: str, version: str) -> Iterator[dict[str, Any]]:
        """Yield the events after `version`, until the server ends this after some minutes."""
        connection = self._connection(seconds=_WATCH_SECONDS + 30)
        query = f"?watch=1&resourceVersion={version}&timeoutSeconds={_WATCH_SECONDS}"
        try:
            connection.request("GET", path + query, headers=self._headers())
            answer = connection.getresponse()
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise ApiError(answer.status, answer.read().decode(errors="replace"))
            while line := answer.readline():
                yield json.loads(line)
        except http.client.HTTPException as error:
            raise ApiError(0, str(error)) from None
        finally:
            connection.close()

    def apply(self, path: str, document: Mapping[str, object]) -> None:
        """Make the object at `path` what `document` says."""
        query = "?fieldManager=qhub-bed&force=true"
        self._ask("PATCH", path + query, json.dumps(document).encode(), kind=_APPLY)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = "application/json",
        seconds: float = 10,
    ) -> Any:
        connection = self._connection(seconds=seconds)
        try:
            connection.request(method, path, body, self._headers(kind))
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(0, str(error)) from None
        finally:
            connection.close()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(answer.status, text)
        return json.loads(text) if text.startswith("{") else text

    def _connection(self, *, seconds: float) -> http.client.HTTPSConnection:
        # No proxy of the environment is asked: nothing of this leaves the bed.
        return http.client.HTTPSConnection(self._server, timeout=seconds, context=self._tls)

    def _headers(self, kind: str = "application/json") -> dict[str, str]:
        token = f"Bearer {self._token}"
        return {"Authorization": token, "Accept": "application/json", "Content-Type": kind}
