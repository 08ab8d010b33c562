"""Speaks with the supervisor of a platform: which programs run, start, stop, and a new config.

Supervisor offers XML-RPC over a unix socket; everything asked has a deadline.
Source: supervisord.org, "XML-RPC API Documentation".
"""

from __future__ import annotations

import http.client
import socket
import time
import xmlrpc.client
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.embedded.control import socket_path
from qhub.embedded.errors import SupervisorError
from qhub.embedded.processes import belongs, started

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["Program", "Reloaded", "Supervisor"]

_ANSWER_SECONDS = 10
_STOP_SECONDS = 60
"""More than any program's `stopwaitsecs`, after which supervisor itself kills it."""
_ALREADY_STARTED, _NOT_RUNNING = 60, 70
_AT_ONCE = False
"""Not to wait, in supervisor's own words."""
_STOPPED = frozenset({"STOPPED", "EXITED", "FATAL"})


@dataclass(frozen=True, slots=True)
class Program:
    """A program and how it does: `state` is supervisor's word, `started` seconds of the epoch."""

    name: str
    state: str
    pid: int | None
    started: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a new config changed: names of programs."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


class Supervisor:
    """The supervisor of one platform; a call raises `SupervisorError` where it cannot be done."""

    def __init__(self, layout: Layout, *, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self.layout = layout
        self.answer_seconds = answer_seconds

    def running(self) -> bool:
        """Tell whether it answers, and is of this platform."""
        pid = self.pid()
        return pid is not None and belongs(pid, self.layout)

    def pid(self) -> int | None:
        """Return the process that answers on the socket, or None."""
        with suppress(SupervisorError):
            return int(self._call("supervisor.getPID"))
        return None

    def programs(self) -> tuple[Program, ...]:
        """Return the programs by name."""
        found = map(_program, self._call("supervisor.getAllProcessInfo"))
        return tuple(sorted(found, key=lambda program: program.name))

    def start(self, name: str) -> None:
        """Start a program without waiting until it is up; one that runs is left alone."""
        self._call("supervisor.startProcess", name, _AT_ONCE, fine=_ALREADY_STARTED)

    def stop(self, *names: str) -> None:
        """Stop programs and wait until they are; those that do not run are left alone."""
        for name in names:
            self._call("supervisor.stopProcess", name, _AT_ONCE, fine=_NOT_RUNNING)
        deadline = time.monotonic() + _STOP_SECONDS
        while left := {p.name for p in self.programs() if p.state not in _STOPPED} & {*names}:
            if time.monotonic() > deadline:
                raise SupervisorError(f"{', '.join(sorted(left))} did not stop")
            time.sleep(0.05)

    def restart(self, *names: str) -> None:
        """Stop programs, and start them again without waiting until they are up."""
        self.stop(*names)
        for name in names:
            self.start(name)

    def reload(self) -> Reloaded:
        """Read the config anew: start what was added, restart what changed, end what is gone."""
        added, changed, removed = self._call("supervisor.reloadConfig")[0]
        self.stop(*removed, *changed)
        for name in (*removed, *changed):
            self._call("supervisor.removeProcessGroup", name)
        for name in (*changed, *added):
            self._call("supervisor.addProcessGroup", name)
            self.start(name)
        return Reloaded(tuple(added), tuple(changed), tuple(removed))

    def shutdown(self) -> None:
        """Stop every program and supervisor itself, and wait until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        self._call("supervisor.shutdown")
        deadline = time.monotonic() + _STOP_SECONDS
        while belongs(pid, self.layout):
            if time.monotonic() > deadline:
                raise SupervisorError(f"supervisor (pid {pid}) did not stop")
            time.sleep(0.05)

    def _call(self, method: str, *arguments: Any, fine: int | None = None) -> Any:
        """Call a method; the fault `fine` is no error."""
        transport = _Transport(socket_path(self.layout), self.answer_seconds)
        proxy = xmlrpc.client.ServerProxy("http://supervisor/RPC2", transport)
        try:
            with proxy:
                return getattr(proxy, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == fine:
                return None
            raise SupervisorError(
                f"supervisor refuses {_plain(method, arguments, fault)}"
            ) from fault
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise SupervisorError(
                f"supervisor of {self.layout.root} does not answer: {error}",
                hint="qhub deploy starts it",
            ) from error


class _Transport(xmlrpc.client.Transport):
    """XML-RPC to a unix socket."""

    def __init__(self, path: Path, answer_seconds: float) -> None:
        super().__init__()
        self.path = path
        self.answer_seconds = answer_seconds

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = _Connection(self.path, self.answer_seconds)
        self._connection = host, connection  # where the base class looks for what to close
        return connection


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, answer_seconds: float) -> None:
        super().__init__("supervisor", timeout=answer_seconds)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def _program(info: Any) -> Program:
    pid = info["pid"] or None
    return Program(
        name=info["name"],
        state=info["statename"],
        pid=pid,
        started=(started(pid) or info["start"]) if pid else None,
        detail=info["spawnerr"] or info["description"],
    )


def _plain(method: str, arguments: tuple[Any, ...], fault: xmlrpc.client.Fault) -> str:
    what = " ".join([method.removeprefix("supervisor."), *map(str, arguments[:1])])
    return f"{what}: {fault.faultString}"
