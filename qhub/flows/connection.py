"""Prefect's API: a client, and what goes wrong with it told in a sentence."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qhub.flows.errors import ApiError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["Outage", "connect", "first", "pages"]

_CREDENTIAL = "PREFECT_API_AUTH_STRING (Prefect Cloud: PREFECT_API_KEY)"
_BY_CONNECT = "'qhub connect -- COMMAND' does so for a platform of provider embedded"


@contextmanager
def connect() -> Iterator[SyncPrefectClient]:
    """Yield a client of the API that PREFECT_API_URL (or Prefect's profile) names.

    Without an address Prefect would start a server of its own, that nobody else sees: an error.
    """
    import httpx
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    if not url:
        raise ApiError(
            "it is not known where Prefect's API is",
            hint=f"set PREFECT_API_URL and {_CREDENTIAL}; {_BY_CONNECT}",
        )
    try:
        with _client(url) as client:
            yield client
    except httpx.HTTPStatusError as error:
        raise _refusal(error, url) from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise _unreachable(url, error) from error
    except ValueError as error:
        if not _is_of_json(error):
            raise
        raise _not_prefect(url) from error


class Outage:
    """How long the API has been away; who follows a run waits for it up to a minute."""

    SECONDS = 60.0
    _PAUSE = 1.0

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say = say
        self._reached = time.monotonic()
        self._is_told = False

    @contextmanager
    def tolerated(self) -> Iterator[None]:
        """Let what asks the API fail, unless it has been away for too long.

        Prefect's own client would try for a minute in silence, at longer and longer intervals.
        """
        import httpx
        from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

        try:
            with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
                yield
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            if isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500:
                raise
            if time.monotonic() - self._reached > self.SECONDS:
                raise
            if self._say and not self._is_told:
                self._say(f"Prefect's API does not answer; waiting up to {self.SECONDS:.0f} s")
            self._is_told = True
            time.sleep(self._PAUSE)
        else:
            self._reached, self._is_told = time.monotonic(), False


def pages(client: SyncPrefectClient, path: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield everything that a `/filter` path of the API has, page by page."""
    limit, offset = 200, 0
    while True:
        answer = client.request("POST", path, json={**body, "limit": limit, "offset": offset})  # type: ignore[arg-type] # a path of the list that Prefect's types spell out
        found = answer.json()
        yield from found
        if len(found) < limit:
            return
        offset += limit


def first(client: SyncPrefectClient, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first thing that a `/filter` path of the API has, None where it has nothing."""
    answer = client.request("POST", path, json={**body, "limit": 1})  # type: ignore[arg-type] # as in `pages`
    found: list[dict[str, Any]] = answer.json()
    return found[0] if found else None


def _client(url: str) -> SyncPrefectClient:
    """Return a client; a proxy of the environment does not know this machine's loopback."""
    from prefect.client.orchestration import get_client

    settings = {"trust_env": False} if _is_loopback(url) else None
    try:
        return get_client(httpx_settings=settings, sync_client=True)
    except (ImportError, ValueError) as error:  # a SOCKS proxy, or a scheme that is no proxy's
        raise ApiError(
            f"the proxy of the environment cannot be used for {_shown(url)}: {error}",
            hint="unset ALL_PROXY; for a SOCKS proxy, pip install socksio",
        ) from error


def _is_loopback(url: str) -> bool:
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unreachable(url: str, error: Exception) -> UnreachableError:
    reason = str(error) or type(error).__name__
    return UnreachableError(
        f"Prefect's API at {_shown(url)} cannot be reached: {reason}",
        hint="is the platform running (qhub status), and PREFECT_API_URL right?",
    )


def _refusal(error: httpx.HTTPStatusError, url: str) -> ApiError:
    from prefect.settings import PREFECT_API_AUTH_STRING

    status = error.response.status_code
    if status in (401, 403):
        given = PREFECT_API_AUTH_STRING.value()
        told = "refuses the password" if given else "asks for a password"
        return ApiError(
            f"Prefect's API at {_shown(url)} {told} (status {status})",
            hint=f"it stands in {_CREDENTIAL}; {_BY_CONNECT}",
        )
    is_json = error.response.headers.get("content-type", "").startswith("application/json")
    if not is_json or _detail(error) in ("Not Found", "Method Not Allowed"):
        return _not_prefect(url)  # its server has a word of its own where a thing is missing
    what = f"{error.request.method} {error.request.url.path}"
    return ApiError(f"Prefect's API refuses {what} with status {status}: {_detail(error)}")


def _detail(error: httpx.HTTPStatusError) -> str:
    body = error.response.json()
    detail = body.get("detail") or body.get("exception_detail") if isinstance(body, dict) else body
    return str(detail or body)


def _not_prefect(url: str) -> ApiError:
    return ApiError(
        f"what answers at {_shown(url)} is not Prefect's API",
        hint="PREFECT_API_URL ends in /api: http://127.0.0.1:4200/api",
    )


def _shown(url: str) -> str:
    """Return an address without a password in it."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_of_json(error: ValueError) -> bool:
    import json

    return isinstance(error, json.JSONDecodeError)
