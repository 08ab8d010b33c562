"""Requests to one API server: each has a deadline, and what goes wrong is one of our errors."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from qhub import __version__
from qhub.cluster import refusals
from qhub.cluster.credentials import access
from qhub.cluster.errors import (
    AbsentError,
    ClusterError,
    CredentialsError,
    RefusedError,
    UnauthorisedError,
)
from qhub.cluster.pool import pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.cluster.credentials import Access
    from qhub.cluster.target import Target

__all__ = ["SECONDS", "Connection"]

SECONDS = 15.0
"""What a request may take, unless it says otherwise."""
_CONNECT_SECONDS = 5.0
_BLOCK = 64 * 1024
_LEAST_SECONDS = 0.1
_PAGE = "500"
_TRIES = 3
_PAUSE_SECONDS = 0.3
_BUSY = (429, 502, 503, 504)
_JSON = "application/json, */*"
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_KEPT_SECONDS = 5.0
_RENEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Open:
    """A pool of connections with the credential that it was made for."""

    pool: Any
    headers: Mapping[str, str] = field(repr=False)
    access: Access
    since: float = field(default_factory=time.monotonic)

    @property
    def ends_soon(self) -> bool:
        """Whether to get a new credential: not over and over, where a clock is wrong."""
        expires = self.access.expires
        if expires is None or time.monotonic() - self.since < _KEPT_SECONDS:
            return False
        return datetime.now(UTC) > expires - _RENEW


@dataclass(frozen=True, slots=True)
class _Request:
    """What to ask the API server; `body` is sent as JSON."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    accept: str = _JSON

    @property
    def path_and_query(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def content(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body).encode()

    @property
    def headers(self) -> dict[str, str]:
        accept = {"Accept": self.accept}
        kind = "application/merge-patch+json" if self.method == "PATCH" else "application/json"
        return accept if self.body is None else {**accept, "Content-Type": kind}


class Connection:
    """The API server of a target; may be used by several threads at once.

    It connects when first asked. A credential that ends is fetched anew, as long deploys need.
    """

    def __init__(
        self,
        target: Target,
        *,
        environ: Mapping[str, str] = os.environ,
        seconds: float = SECONDS,
    ) -> None:
        self.target = target
        self._environ = environ
        self._seconds = seconds
        self._lock = threading.Lock()
        self._closed = False
        self._open: _Open | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Close what is open for good, and remove the files that TLS needed."""
        with self._lock:
            self._closed = True
            if self._open is not None:
                self._open.pool.clear()
                self._open = None
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """Return an object or a list; None where there is none of that name."""
        try:
            return self._json(_Request("GET", path, query))
        except AbsentError:
            return None

    def items(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        metadata_only: bool = False,
    ) -> list[dict[str, Any]]:
        """Return the entries of a list, all pages of it; none where there is no such kind."""
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            request = _Request(
                "GET",
                path,
                {**(query or {}), "limit": _PAGE, **more},
                accept=_METADATA if metadata_only else _JSON,
            )
            try:
                page = self._json(request)
            except AbsentError:
                return found
            found += page.get("items") or ()
            token = (page.get("metadata") or {}).get("continue")
            if not token:
                return found
            more = {"continue": token}

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a new object, or a question about what we may, and return the answer."""
        return self._json(_Request("POST", path, body=body))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Replace an object and return it."""
        return self._json(_Request("PUT", path, body=body))

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change what the body names of an object, and return it."""
        return self._json(_Request("PATCH", path, body=body))

    def delete(self, path: str) -> None:
        """Remove an object; one that is gone is as good."""
        with suppress(AbsentError):
            self._json(_Request("DELETE", path))

    def text(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Return what is no JSON: a log."""
        return self._content(_Request("GET", path, query))

    def lines(self, path: str, query: Mapping[str, str], *, idle_seconds: float) -> Iterator[bytes]:
        """Yield lines as they come, until they end, break off, or stay away for so long.

        Which of the three it was is not told: ask again from the last line on.
        """
        request = _Request("GET", path, query)
        with self._answer(self._opened(), request, seconds=idle_seconds) as response:
            blocks = response.stream(_BLOCK)
            rest = b""
            while block := self._next(blocks):
                *whole, rest = (rest + block).split(b"\n")
                yield from whole
            if rest:
                yield rest

    @staticmethod
    def _next(blocks: Iterator[bytes]) -> bytes:
        from urllib3.exceptions import HTTPError

        try:
            return next(blocks, b"")
        except (HTTPError, OSError):
            return b""

    def _json(self, request: _Request) -> dict[str, Any]:
        content = self._content(request)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise refusals.of_status(self.target, 200, content[:_BLOCK], expires=None)
        return answer

    def _content(self, request: _Request) -> bytes:
        """Return the body of an answer; what passes by itself is tried again, in the time."""
        end = time.monotonic() + self._seconds
        opened = self._opened()
        tries, renewed = 0, False
        while True:
            tries += 1
            try:
                with self._answer(opened, request, seconds=end - time.monotonic()) as response:
                    return self._body(response, end=end)
            except UnauthorisedError:
                if renewed:
                    raise
                renewed, opened = True, self._opened(instead_of=opened)
            except ClusterError as error:
                pause = _PAUSE_SECONDS * tries
                if not _passes(error) or tries == _TRIES or time.monotonic() + pause > end:
                    raise
                time.sleep(pause)

    def _body(self, response: Any, *, end: float) -> bytes:
        from urllib3.exceptions import HTTPError

        blocks = []
        try:
            for block in response.stream(_BLOCK):
                blocks.append(block)
                if time.monotonic() > end:
                    raise TimeoutError
        except (HTTPError, OSError) as error:
            raise refusals.of_network(self.target, error, seconds=self._seconds) from error
        return b"".join(blocks)

    @contextmanager
    def _answer(self, opened: _Open, request: _Request, *, seconds: float) -> Iterator[Any]:
        """Enclose a response that is a result; its body is not read yet."""
        import urllib3

        left = max(_LEAST_SECONDS, seconds)
        timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, left), read=left)
        try:
            response = opened.pool.request(
                request.method,
                self.target.server + request.path_and_query,
                headers={**opened.headers, **request.headers},
                body=request.content,
                timeout=timeout,
                preload_content=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise refusals.of_network(self.target, error, seconds=left) from error
        except ValueError:  # its text has the header, and so the credential
            raise CredentialsError(
                f"the credential of context '{self.target.context}' has characters that cannot "
                "be sent",
                hint="have the kubeconfig written again",
            ) from None
        complete = False
        try:
            if not 200 <= response.status < 300:
                content = self._body(response, end=time.monotonic() + left)
                expires = opened.access.expires
                complete = True
                raise refusals.of_status(self.target, response.status, content, expires=expires)
            yield response
            complete = True
        finally:
            if complete:
                response.release_conn()
            else:
                response.close()

    def _opened(self, *, instead_of: _Open | None = None) -> _Open:
        """Return the pool; a new one where there is none, or only one that is no longer good."""
        with self._lock:
            if self._closed:  # by another thread, as a rule
                raise ClusterError(f"the connection to {self.target.server} is closed")
            current = self._open
            if current is None or current is instead_of or current.ends_soon:
                self._open = self._connect()
                if current is not None:
                    current.pool.clear()
            assert self._open is not None  # noqa: S101 for mypy
            return self._open

    def _connect(self) -> _Open:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="qhub-", ignore_cleanup_errors=True)
        given = access(self.target, environ=self._environ, folder=Path(self._folder.name))
        agent = {"User-Agent": f"qhub/{__version__}"}
        return _Open(pool(self.target.server, given.way), {**agent, **given.headers}, given)


def _passes(error: ClusterError) -> bool:
    """Tell whether the same request may get another answer at once: it was cut off, or too much."""
    from urllib3.exceptions import ProtocolError

    if isinstance(error, RefusedError):
        return error.http_status in _BUSY
    return isinstance(error.__cause__, ProtocolError)
