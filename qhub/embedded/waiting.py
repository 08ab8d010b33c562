"""Waits until the parts of a platform are healthy, and says what keeps one from it."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from qhub.embedded.errors import ApiError, DeployFailedError
from qhub.embedded.ports import require_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qhub.embedded.api import Api
    from qhub.embedded.layout import Layout
    from qhub.embedded.supervise import Program, Supervisor

__all__ = ["Waiting", "log_tail"]

_LIMITS = {"server": 90.0, "gateway": 30.0}
_AGENT_LIMIT = 60.0
_PORTS = {"server": ("server",), "gateway": ("gateway", "gateway_proxy", "gateway_tls")}
_PAUSE_SECONDS = 0.1
_LOOK_SECONDS = 0.5
_TOO_MANY_STARTS = 4
"""A program that died so often will not come up by waiting."""
_LINES, _LOG_BYTES = 15, 20_000
_LITTLE_BYTES = 16 * 1024**2


@dataclass(slots=True)
class Waiting:
    """Waits for parts; raises `DeployFailedError` that holds the end of the part's log.

    Or `PortTakenError`, where a foreign process was quicker to take a port.

    `fresh` are programs that were started just now, `since` (epoch): what Prefect heard of them
    before is of their predecessors.
    """

    layout: Layout
    supervisor: Supervisor
    ports: Mapping[str, int]
    fresh: frozenset[str]
    since: float
    _starts: dict[str, set[int]] = field(default_factory=dict)

    def for_server(self, api: Api) -> None:
        """Wait until Prefect's server answers and has its database."""
        self._wait("server", api.healthy)

    def for_gateway(self) -> None:
        """Wait until Dask Gateway answers behind its proxy, as its clients reach it."""
        url = f"http://127.0.0.1:{self.ports['gateway_proxy']}/api/health"
        self._wait("gateway", lambda: _answers(url))

    def for_agent(self, name: str, api: Api) -> None:
        """Wait until the worker that runs now is online in its pool."""
        self._wait(f"agent-{name}", lambda: self._is_online(name, api))

    def _wait(self, part: str, healthy: Callable[[], bool]) -> None:
        limit = _LIMITS.get(part, _AGENT_LIMIT)
        deadline = time.monotonic() + limit
        look = time.monotonic() + _LOOK_SECONDS
        while not healthy():
            now = time.monotonic()
            if now > deadline:
                raise self._failure(part, f"is not healthy after {limit:.0f} s")
            if now > look:
                self._require_alive(part)
                look = now + _LOOK_SECONDS
            time.sleep(_PAUSE_SECONDS)
        self._require_ports(part)

    def _require_ports(self, part: str) -> None:
        """Raise `PortTakenError` where another process answers, or keeps the part from it."""
        if part in self.fresh:
            require_ours({name: self.ports[name] for name in _PORTS.get(part, ())}, self.layout)

    def _is_online(self, name: str, api: Api) -> bool:
        program = self._program(f"agent-{name}")
        if program is None or program.started is None:
            return False
        # psutil knows when the machine started to a second.
        since = max(program.started - 1, self.since if program.name in self.fresh else 0)
        try:
            workers = list(api.every(f"/work_pools/{name}/workers/filter"))
        except ApiError:
            return False
        return any(
            worker["status"] == "ONLINE" and _epoch(worker["last_heartbeat_time"]) >= since
            for worker in workers
        )

    def _require_alive(self, part: str) -> None:
        self._require_ports(part)
        program = self._program(part)
        if program is None:
            raise self._failure(part, "is not among what supervisor runs")
        starts = self._starts.setdefault(part, set())
        if program.pid:
            starts.add(program.pid)
        if program.state == "FATAL" or len(starts) >= _TOO_MANY_STARTS:
            raise self._failure(part, "does not stay up")

    def _program(self, name: str) -> Program | None:
        return next((p for p in self.supervisor.programs() if p.name == name), None)

    def _failure(self, part: str, what: str) -> DeployFailedError:
        program = self._program(part)
        state = f" ({': '.join(filter(None, (program.state, program.detail)))})" if program else ""
        log = self.layout.log(part)
        tail = "".join(
            f"\n    {line}" for line in log_tail(log.read_bytes() if log.exists() else b"")
        )
        free = shutil.disk_usage(self.layout.root).free
        full = f"the disk has {free // 1024} KiB left; " if free < _LITTLE_BYTES else ""
        return DeployFailedError(
            f"{part} {what}{state}; the end of {log}:{tail or ' it is empty'}",
            hint=f"{full}all of it: qhub logs {part.replace('agent-', 'agent/', 1)}; "
            "qhub deploy goes on from here",
        )


def log_tail(content: bytes) -> list[str]:
    """Return the last lines of a log."""
    return content[-_LOG_BYTES:].decode(errors="replace").splitlines()[-_LINES:]


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _epoch(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
