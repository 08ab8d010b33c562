"""The ports of a platform, all on 127.0.0.1: configured ones, else free ones that it keeps.

Free ones are looked for below the range that the kernel gives to outgoing connections, from a
place that follows from the state's path: so several platforms do not look for the same ones, and
one that was stopped finds its own free again.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from qhub.embedded.errors import PortTakenError
from qhub.embedded.processes import describe, listener, listening

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from qhub.embedded.layout import Layout

__all__ = ["NAMES", "choose", "known", "require_ours"]

NAMES = ("server", "gateway", "gateway_proxy", "gateway_tls")
_FIRST, _LAST = 20_000, 32_000
_ADDRESS = "127.0.0.1"


def choose(layout: Layout, configured: Mapping[str, int]) -> dict[str, int]:
    """Return a port for each name; writes nothing.

    Kept is what `ports.json` says, unless another port is configured or a foreign process has
    taken it meanwhile. Raises `PortTakenError` for a configured port that is taken.
    """
    require_ours(configured, layout)
    ports = dict(configured)
    kept = {name: port for name, port in known(layout).items() if name not in ports}
    taken = _foreign(kept, layout)
    for name, port in kept.items():
        if name not in taken and port not in ports.values():
            ports[name] = port
    reserved = {*ports.values(), *_neighbours(layout)}
    for name in NAMES:
        if name not in ports:
            ports[name] = next(_free(layout, reserved))
            reserved.add(ports[name])
    return {name: ports[name] for name in NAMES}


def known(layout: Layout) -> dict[str, int]:
    """Return the ports that the last deploy chose; empty before the first."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(layout.ports.read_bytes()).items()
        return {name: port for name, port in found if name in NAMES and isinstance(port, int)}
    return {}


def require_ours(ports: Mapping[str, int], layout: Layout) -> None:
    """Raise `PortTakenError` if a process that is not of this platform listens on a port."""
    for name, port in _foreign(ports, layout).items():
        holder = listener(port)
        who = describe(holder) if holder is not None else "a process that this user cannot see"
        raise PortTakenError(
            f"port {port} ({name.replace('_', ' ')}) is taken: {who}",
            port=port,
            hint="end that process, or choose another port under embedded.ports of the config",
        )


def _foreign(ports: Mapping[str, int], layout: Layout) -> dict[str, int]:
    """Return those of the ports on which a process listens that is not of this platform."""
    busy = {name: port for name, port in ports.items() if not _is_free(port)}
    ours = listening(layout) if busy else frozenset()
    return {name: port for name, port in busy.items() if port not in ours}


def _is_free(port: int) -> bool:
    """Tell whether a server can listen there, as servers do: with SO_REUSEADDR."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
        return True


def _free(layout: Layout, reserved: Set[int]) -> Iterator[int]:
    start = zlib.crc32(os.fsencode(layout.root)) % (_LAST - _FIRST)
    for step in range(_LAST - _FIRST):
        port = _FIRST + (start + step) % (_LAST - _FIRST)
        if port not in reserved and _is_free(port):
            yield port
    raise PortTakenError(f"no port from {_FIRST} to {_LAST - 1} is free on {_ADDRESS}")


def _neighbours(layout: Layout) -> Iterator[int]:
    """Yield the ports of the other platforms of this user, which may be stopped."""
    with suppress(OSError):
        for other in layout.root.parent.iterdir():
            if other.name != layout.root.name:
                yield from known(type(layout)(other)).values()
