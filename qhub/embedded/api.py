"""Prefect's API over HTTP, without importing Prefect: a request costs what the server takes.

    with Api.of(layout) as api:
        pools = api.every("/work_pools/filter", {})

Source: the OpenAPI description of Prefect 3.8, `GET /openapi.json` of a running server.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Self

from qhub.embedded import passwords
from qhub.embedded.errors import ApiError, MissingExtraError, NotDeployedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from qhub.embedded.layout import Layout

__all__ = ["Api"]

PAGE = 200
"""The most that one request gets: Prefect's PREFECT_API_DEFAULT_LIMIT."""

_TRY_AGAIN = 503
"""What Prefect answers while SQLite is locked by another of its writers: nothing was done."""
_PAUSE_SECONDS = 0.1


class Api:
    """A connection to Prefect's API, to be closed: `with Api(url, auth) as api`."""

    def __init__(self, url: str, auth: str, *, timeout_seconds: float = 30) -> None:
        """Connect to nothing yet; `url` ends in /api, `auth` is "user:password"."""
        try:
            import httpx  # lazy: 100 ms
        except ModuleNotFoundError as missing:
            raise MissingExtraError(
                "the package httpx is missing", hint="pip install 'qhub[embedded]'"
            ) from missing
        user, _, password = auth.partition(":")
        self.url = url
        self._timeout_seconds = timeout_seconds
        self._client: httpx.Client = httpx.Client(
            auth=(user, password),
            timeout=timeout_seconds,
            trust_env=False,  # a proxy of the environment does not know our loopback
            verify=url.startswith("https:"),  # to read certificates that nobody shows costs 20 ms
        )

    @classmethod
    def of(cls, layout: Layout, *, timeout_seconds: float = 30) -> Self:
        """Return the API of a deployed platform; raises `NotDeployedError` where there is none."""
        try:
            port = json.loads(layout.ports.read_text())["server"]
        except (OSError, ValueError, KeyError, TypeError) as missing:
            raise NotDeployedError(
                f"no platform was deployed in {layout.root}", hint="run `qhub deploy`"
            ) from missing
        auth = passwords.value(layout, "api")
        return cls(f"http://127.0.0.1:{port}/api", auth, timeout_seconds=timeout_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def healthy(self) -> bool:
        """Tell whether the server answers and reaches its database."""
        try:
            self._ask("GET", "/ready", patient=False)
        except ApiError:
            return False
        return True

    def get(self, path: str) -> Any:
        """Return what a path holds."""
        return self._ask("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        """Create or search."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: object = None) -> Any:
        """Replace."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: object = None) -> Any:
        """Change."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> Any:
        """Delete."""
        return self._ask("DELETE", path)

    def every(self, path: str, body: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield all that a `…/filter` path finds, page by page.

        Give a `sort` in `body` where things may be added meanwhile.
        """
        offset = 0
        while True:
            page = self.post(path, {**(body or {}), "limit": PAGE, "offset": offset})
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def _ask(self, method: str, path: str, body: object = None, *, patient: bool = True) -> Any:
        import httpx

        deadline = time.monotonic() + (self._timeout_seconds if patient else 0)
        while True:
            try:
                answer = self._client.request(method, f"{self.url}{path}", json=body)
            except httpx.HTTPError as error:
                raise ApiError(
                    f"{method} {path}: no answer from Prefect at {self.url} ({_kind(error)})",
                    hint="`qhub status` tells why",
                ) from error
            if answer.status_code != _TRY_AGAIN or time.monotonic() > deadline:
                break
            time.sleep(_PAUSE_SECONDS)
        if answer.is_error:
            raise ApiError(
                f"{method} {path}: Prefect answered {answer.status_code}: {_detail(answer)}",
                http_status=answer.status_code,
            )
        return answer.json() if answer.content else None


def _kind(error: httpx.HTTPError) -> str:
    import httpx

    match error:
        case httpx.ConnectError():
            return "nobody listens there"
        case httpx.TimeoutException():
            return "it is silent"
        case _:
            return type(error).__name__


def _detail(answer: httpx.Response) -> str:
    """Return Prefect's words; of a wrong value its place and the complaint, never the value."""
    try:
        body = answer.json()
    except ValueError:
        return answer.reason_phrase
    if not isinstance(body, dict):
        return answer.reason_phrase
    wrong = body.get("exception_detail")
    if isinstance(wrong, list):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
    return str(body.get("detail") or body.get("exception_message") or answer.reason_phrase)
