"""Where Dask Gateway is, and a connection to it with errors that say what is wrong."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qhub.flows.dask_errors import GatewayAwayError, GatewayError, UnknownAgentError
from qhub.flows.errors import not_found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dask_gateway import Gateway
    from tornado.ioloop import IOLoop

__all__ = [
    "Access",
    "Workers",
    "access",
    "ask",
    "check_profile",
    "connect",
    "connected",
    "describe",
    "direct",
    "failures",
    "scheduler_address",
]

_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_AWAY = (502, 503, 504)
"""What its proxy answers for a gateway that is not there."""
_NO_ROUTE = "Not Found"
"""What its proxy answers with 404 until the gateway told it the ways; the gateway itself says
more."""


@dataclass(frozen=True, slots=True)
class Access:
    """Address of the gateway, and of its proxy that carries connections to schedulers."""

    address: str
    proxy_address: str
    user: str
    password: str = field(repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it is this machine: then no proxy of the environment is asked."""
        return urlsplit(self.address).hostname in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Workers:
    """How a cluster's workers are: `states` of each, `most` that the limits allow."""

    states: tuple[str, ...]
    failures: int
    most: int | None
    threads: int | None
    memory_bytes: int | None
    last_lines: tuple[str, ...]


def access(environ: Mapping[str, str] = os.environ) -> Access:
    """Return how the gateway is reached, from QHUB_GATEWAY_… and QHUB_AGENT."""
    address = environ.get("QHUB_GATEWAY_ADDRESS", "")
    if not address:
        raise GatewayError(
            "it is not known where Dask Gateway is: QHUB_GATEWAY_ADDRESS is not set",
            hint="set dask_gateway.enabled to true and run 'qhub deploy'; "
            "from a shell: 'qhub connect -- COMMAND'",
        )
    return Access(
        address=address.rstrip("/"),
        proxy_address=environ.get("QHUB_GATEWAY_PROXY_ADDRESS", ""),
        user=environ.get("QHUB_AGENT", ""),
        password=environ.get("QHUB_GATEWAY_PASSWORD", ""),
    )


@contextmanager
def connect(to: Access) -> Iterator[Gateway]:
    """Yield a connection; calls of it go inside `failures`."""
    from dask_gateway import BasicAuth

    from qhub.flows.attached import Connection

    with direct(to):
        gateway = Connection(
            address=to.address,
            proxy_address=to.proxy_address or None,
            auth=BasicAuth(to.user, to.password),
            loop=_loop(),
        )
    with gateway:
        yield gateway


@contextmanager
def direct(to: Access) -> Iterator[None]:
    """Let what is made inside ask no HTTP proxy for this machine.

    dask_gateway goes by http_proxy when a `Gateway` is made, without a look at no_proxy.
    """
    import dask

    with dask.config.set({"gateway.http-client.proxy": None}) if to.is_local else nullcontext():
        yield


@contextmanager
def failures(to: Access) -> Iterator[None]:
    """Raise `GatewayError` for what goes wrong with the gateway inside."""
    from aiohttp import ClientError, ClientResponseError
    from dask_gateway.client import GatewayServerError

    try:
        yield
    except ClientResponseError as error:
        raise _refusal(to, error.status) from error
    except ClientError as error:
        raise _unreachable(to) from error
    except GatewayServerError as error:
        raise _refusal(to, 500) from error
    except ValueError as error:  # dask_gateway's for the status 404
        if str(error).strip() != _NO_ROUTE:
            raise
        raise _unreachable(to) from error


@cache
def _loop() -> IOLoop:
    """Return one event loop for all connections of the process, in a thread; it never stops."""
    from distributed.utils import LoopRunner

    runner = LoopRunner()
    runner.start()  # type: ignore[no-untyped-call]
    loop: IOLoop = runner.loop
    return loop


def check_profile(name: str | None, given: Access | None = None) -> None:
    """Raise `NotFoundError` for a profile of Dask workers that the gateway does not have."""
    if name is None:
        return
    fields = ask("options", given or access())["cluster_options"]
    specs = [item["spec"] for item in fields if item["field"] == "profile"]
    names = specs[0].get("options", []) if specs else []
    if name not in names:
        raise not_found("profile of Dask workers", name, names, plural="profiles")


def describe(name: str, given: Access | None = None) -> Workers | None:
    """Return how the workers of a cluster are, None where the gateway does not tell."""
    told = _told(name, given or access())
    if told is None:
        return None
    return Workers(
        states=tuple(told["workers"]),
        failures=told["failures"],
        most=told["most_workers"],
        threads=told["worker_threads"],
        memory_bytes=told["worker_memory_bytes"],
        last_lines=tuple(told["last_lines"]),
    )


def scheduler_address(name: str, to: Access) -> str | None:
    """Return where the scheduler of a cluster listens itself, if that is this machine.

    A connection to it lives on when the gateway or its proxy dies; elsewhere (None) there is only
    the proxy. The gateway tells it the agent whose cluster it is.
    """
    told = _told(name, to) if to.is_local else None
    address = str((told or {}).get("scheduler_address") or "")
    return address if urlsplit(address).hostname in _LOOPBACK else None


def _told(name: str, to: Access) -> dict[str, Any] | None:
    """Return what the platform's gateway tells of a cluster; another one does not."""
    try:
        return ask(f"qhub/clusters/{name}", to)
    except GatewayAwayError:
        raise
    except GatewayError:
        return None


def connected(name: str, to: Access) -> int:
    """Return how many workers the scheduler of a cluster has, 0 while it does not tell."""
    try:
        told = _ask(f"{to.address}/clusters/{name}/json/counts.json", to)
        return int(told.get("workers", 0))
    except (GatewayError, ValueError, TypeError):
        return 0


def ask(path: str, to: Access, *, method: str = "GET") -> dict[str, Any]:
    """Return what the gateway's API answers; quick, without Dask's machinery."""
    return _ask(f"{to.address}/api/v1/{path}", to, method)


def _ask(url: str, to: Access, method: str = "GET") -> dict[str, Any]:
    import base64
    import http.client
    import urllib.error
    import urllib.request

    request = urllib.request.Request(url, method=method)  # noqa: S310 the platform's
    coded = base64.b64encode(f"{to.user}:{to.password}".encode()).decode()
    request.add_header("Authorization", f"Basic {coded}")
    handlers = (urllib.request.ProxyHandler({}),) if to.is_local else ()
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS) as answer:
            told: dict[str, Any] = json.loads(answer.read() or b"{}")
            return told
    except urllib.error.HTTPError as error:
        with error:  # what is raised may be kept, and with it the connection
            text = error.read().decode(errors="replace").strip()
        if error.code == 404 and text == _NO_ROUTE:
            raise _unreachable(to) from error
        raise _refusal(to, error.code) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _unreachable(to) from error


def _unreachable(to: Access) -> GatewayAwayError:
    return GatewayAwayError(
        f"Dask Gateway at {to.address} cannot be reached",
        hint="does it run? 'qhub status' tells, 'qhub logs gateway' shows its log",
    )


def _refusal(to: Access, status: int) -> GatewayError:
    if status == 401:
        return UnknownAgentError(
            f"Dask Gateway at {to.address} does not know agent '{to.user}' with this password",
            hint="QHUB_AGENT and QHUB_GATEWAY_PASSWORD are set by 'qhub connect -- COMMAND'",
        )
    if status in _AWAY:
        return _unreachable(to)
    return GatewayError(f"Dask Gateway at {to.address} answers with status {status}")
