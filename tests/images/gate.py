"""A log-in in front of a real registry, as a company's has one; it can also misbehave.

What passes goes to the registry as it is; what this adds is only what the registry of the test bed
lacks: `WWW-Authenticate`, a place that gives tokens, redirects to a storage, and faults.
"""

from __future__ import annotations

import base64
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Gate"]

TOKEN = "token-of-" + "the-gate"


class Gate:
    """A server at `host`; `asked` has the headers of each request, `refused` counts refusals."""

    def __init__(
        self,
        registry: str,
        *,
        scheme: str,
        user: str = "",
        password: str = "",
        damage: bool = False,
        failures: int = 0,
    ) -> None:
        self.registry = registry
        self.scheme = scheme
        self.basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.damage = damage
        self.failures = failures
        self.blobs_at = ""
        self.asked: list[dict[str, str]] = []
        self.refused = 0
        gate = self

        class Handler(_Handler):
            owner = gate

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Gate:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def allows(self, authorization: str | None) -> bool:
        wanted = {"none": None, "basic": self.basic, "bearer": f"Bearer {TOKEN}"}[self.scheme]
        return wanted is None or authorization == wanted


class _Handler(BaseHTTPRequestHandler):
    owner: Gate
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner = self.owner
        owner.asked.append(dict(self.headers.items()))
        if self.path.startswith("/token"):
            good = self.headers.get("Authorization") == owner.basic
            self._answer(
                200 if good else 401, json.dumps({"token": TOKEN} if good else {}).encode()
            )
        elif not owner.allows(self.headers.get("Authorization")):
            owner.refused += 1
            realm = f'Bearer realm="http://{owner.host}/token",service="gate",scope="repository"'
            challenge = 'Basic realm="gate"' if owner.scheme == "basic" else realm
            self._answer(401, b'{"errors": []}', {"WWW-Authenticate": challenge})
        elif owner.failures and self.command == "POST":
            owner.failures -= 1
            self._answer(503, b"busy")
        elif owner.blobs_at and self.command == "GET" and "/blobs/" in self.path:
            self._answer(307, b"", {"Location": f"http://{owner.blobs_at}{self.path}"})
        else:
            self._pass_on(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _handle  # noqa: N815 http.server's names

    def _pass_on(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.owner.registry, timeout=30)
        names = {"accept", "content-type", "content-length"}
        headers = {name: value for name, value in self.headers.items() if name.lower() in names}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        data = answer.read()
        if self.owner.damage and "/blobs/" in self.path and self.command == "GET":
            data = bytes(len(data))
        kept = {"Content-Type", "Location", "Docker-Content-Digest", "Range"}
        said = {name: value for name, value in answer.getheaders() if name in kept}
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self._answer(answer.status, data, said, length=length)
        connection.close()

    def _answer(
        self,
        status: int,
        data: bytes,
        headers: dict[str, str] | None = None,
        *,
        length: str | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
