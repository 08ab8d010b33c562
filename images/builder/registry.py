"""Talks to an image registry: the HTTP interface of the OCI distribution specification."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from images.builder import credentials
from images.builder.errors import RegistryError
from images.builder.reference import HUB

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from http.client import HTTPResponse
    from pathlib import Path

    from images.builder.reference import Reference

__all__ = ["INDEX", "MANIFEST", "BusyError", "Manifest", "Registry"]

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
_ACCEPTED = ", ".join((MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_INDEX))
_HUB_ADDRESS = "registry-1.docker.io"
_SECONDS = 120
_TRIES = 4
_CHUNK = 1 << 20
_MANIFEST_LIMIT = 4 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """A document of a registry as it stores it: equal bytes, equal digest."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """What it is asked for by."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"

    def read(self) -> dict[str, Any]:
        """Return what it says."""
        document: dict[str, Any] = json.loads(self.data)
        return document


class Registry:
    """One repository of a registry; `plain_http` names hosts that do not speak TLS."""

    def __init__(self, reference: Reference, *, plain_http: Collection[str] = ()) -> None:
        self._reference = reference
        host = reference.registry
        plain = reference.plain(plain_http)
        address = _HUB_ADDRESS if host == HUB else host
        self._home = f"{'http' if plain else 'https'}://{address}/v2/{reference.repository}"
        self._host = address
        self._authorization = ""
        self._credentials = credentials.find(reference, os.environ)
        self._opener = urllib.request.build_opener(_KeepMethod)

    def manifest(self, version: str) -> Manifest:
        """Fetch a manifest or index by tag or digest."""
        with self._ask("GET", f"/manifests/{version}", headers={"Accept": _ACCEPTED}) as answer:
            data = answer.read(_MANIFEST_LIMIT)
            media_type = answer.headers.get_content_type()
        found = Manifest(json.loads(data).get("mediaType") or media_type, data)
        if version.startswith("sha256:") and found.digest != version:
            raise RegistryError(f"{self._reference.name}: the registry sent another manifest")
        return found

    def fetch(self, digest: str, target: Path) -> None:
        """Fetch a blob into a file, which is there only when it is whole."""
        partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
        try:
            with (
                self._ask("GET", f"/blobs/{digest}") as answer,
                partial.open("wb") as file,
            ):
                found = _copied(answer, file)
            if found != digest:
                raise RegistryError(
                    f"{self._reference.name}: {digest} came damaged", hint="start it again"
                )
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Tell whether the repository has a blob."""
        try:
            self._ask("HEAD", f"/blobs/{digest}").close()
        except _NotFoundError:
            return False
        return True

    def push(self, digest: str, content: Path | bytes, *, mount_from: str | None = None) -> bool:
        """Store a blob if it is not there; take it over from another repository if that has it.

        Return whether bytes travelled.
        """
        if self.has(digest):
            return False
        for attempt in range(1, _TRIES + 1):
            try:
                return self._upload(digest, content, mount_from)
            except BusyError as error:
                if attempt == _TRIES:
                    raise RegistryError(str(error), hint=error.hint) from error
                time.sleep(2**attempt / 4)
        raise AssertionError  # the last attempt returns or raises

    def check_push(self) -> None:
        """Raise if the repository takes no blob: an upload is begun, and given up."""
        with self._ask("POST", "/blobs/uploads/", data=b"") as answer:
            place = urllib.parse.urljoin(answer.url, answer.headers.get("Location", ""))
        with suppress(RegistryError):  # not every registry lets one give up; it forgets it then
            self._ask("DELETE", place).close()

    def _upload(self, digest: str, content: Path | bytes, mount_from: str | None) -> bool:
        query = f"?mount={digest}&from={mount_from}" if mount_from else ""
        with self._ask("POST", f"/blobs/uploads/{query}", data=b"") as answer:
            if answer.status == http.client.CREATED:
                return False
            place = urllib.parse.urljoin(answer.url, answer.headers.get("Location", ""))
        separator = "&" if "?" in place else "?"
        url = f"{place}{separator}{urllib.parse.urlencode({'digest': digest})}"
        if isinstance(content, bytes):
            self._put(url, content, len(content))
        else:
            with content.open("rb") as file:
                self._put(url, file, content.stat().st_size)
        return True

    def _put(self, url: str, data: bytes | IO[bytes], size: int) -> None:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        self._ask("PUT", url, data=data, headers=headers).close()

    def tag(self, version: str, manifest: Manifest) -> None:
        """Store a manifest under a tag or its digest; what it names must be there."""
        headers = {"Content-Type": manifest.media_type}
        self._ask("PUT", f"/manifests/{version}", data=manifest.data, headers=headers).close()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        data: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HTTPResponse:
        """Ask; log in when the registry wants it, and ask again."""
        url = path if "://" in path else self._home + path
        try:
            return self._send(method, url, data, headers or {})
        except _UnauthorizedError as error:
            self._log_in(error.challenge)
        if data is not None and not isinstance(data, bytes):
            data.seek(0)
        try:
            return self._send(method, url, data, headers or {})
        except _UnauthorizedError as error:
            raise self._refused(str(error)) from error

    def _send(
        self, method: str, url: str, data: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        request = urllib.request.Request(url, data, dict(headers), method=method)  # noqa: S310 ours
        if self._authorization and urllib.parse.urlsplit(url).netloc == self._host:
            # it does not travel to the storage that a registry may point at
            request.add_unredirected_header("Authorization", self._authorization)
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=_SECONDS)
        except urllib.error.HTTPError as error:
            with error:
                raise self._error(error, method) from error
        except (OSError, http.client.HTTPException) as error:
            raise BusyError(
                f"registry {self._reference.registry} does not answer: {_reason(error)}",
                hint="see that it runs and can be reached; one without TLS: --plain-http HOST:PORT",
            ) from error
        return answer

    def _error(self, error: urllib.error.HTTPError, method: str) -> RegistryError:
        said = _messages(error.read(_MANIFEST_LIMIT))
        if error.code == http.client.UNAUTHORIZED:
            return _UnauthorizedError(said, error.headers.get("WWW-Authenticate", ""))
        if error.code == http.client.FORBIDDEN:
            return self._refused(said)
        text = f"{self._reference.name}: the registry answered {error.code} to {method}: {said}"
        if error.code == http.client.NOT_FOUND:
            what = "image" if method in {"GET", "HEAD"} else "repository"
            return _NotFoundError(
                f"{self._reference}: the registry has no such {what}", hint="see name and tag"
            )
        busy = error.code in {429, 500, 502, 503, 504}
        return BusyError(text) if busy else RegistryError(text)

    def _refused(self, said: str) -> RegistryError:
        return RegistryError(
            f"{self._reference.name}: the registry refused: {said or 'no reason given'}",
            hint=f"log in as somebody with the right: docker login {self._reference.registry}",
        )

    def _log_in(self, challenge: str) -> None:
        scheme, _, rest = challenge.partition(" ")
        known = self._credentials
        if scheme.lower() == "basic" and known and known.user:
            self._authorization = known.basic
            return
        if scheme.lower() != "bearer":
            raise self._refused(f"it wants {scheme or 'a log-in'}")
        values = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        scope = f"repository:{self._reference.repository}:pull,push"
        asked = {"service": values.get("service", ""), "scope": values.get("scope") or scope}
        token = self._token(values.get("realm", ""), asked)
        self._authorization = f"Bearer {token}"

    def _token(self, realm: str, asked: Mapping[str, str]) -> str:
        if not realm.startswith(("https://", "http://")):
            raise self._refused("it names no address to log in at")
        known = self._credentials
        request = urllib.request.Request(f"{realm}?{urllib.parse.urlencode(asked)}")  # noqa: S310
        if known and known.identity_token:
            form = {
                **asked,
                "grant_type": "refresh_token",
                "client_id": "qhub-images",
                "refresh_token": known.identity_token,
            }
            data = urllib.parse.urlencode(form).encode()
            request = urllib.request.Request(realm, data)  # noqa: S310 looked at above
        elif known and known.user:
            request.add_unredirected_header("Authorization", known.basic)
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                document = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(_reason(error)) from error
        except (OSError, ValueError) as error:
            raise self._refused(_reason(error)) from error
        return str(document.get("token") or document.get("access_token") or "")


class _NotFoundError(RegistryError):
    """The registry has no such thing."""


class BusyError(RegistryError):
    """The registry may answer when it is asked again."""


class _UnauthorizedError(RegistryError):
    """The registry wants a log-in."""

    def __init__(self, message: str, challenge: str) -> None:
        super().__init__(message)
        self.challenge = challenge


class _KeepMethod(urllib.request.HTTPRedirectHandler):
    """Follows a registry's redirects for what it only reads."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        found = super().redirect_request(req, fp, code, msg, headers, newurl)
        if found is not None and req.get_method() == "HEAD":
            found.method = "HEAD"
        return found


def _copied(source: IO[bytes] | HTTPResponse, target: IO[bytes]) -> str:
    found = hashlib.sha256()
    for data in _chunks(source):
        found.update(data)
        target.write(data)
    return f"sha256:{found.hexdigest()}"


def _chunks(source: IO[bytes] | HTTPResponse) -> Iterator[bytes]:
    while data := source.read(_CHUNK):
        yield data


def _messages(data: bytes) -> str:
    """Return what the errors of an answer say, or its beginning."""
    try:
        errors = json.loads(data)["errors"]
        return "; ".join(str(e.get("message") or e.get("code")) for e in errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return data[:200].decode(errors="replace").strip()


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error)
