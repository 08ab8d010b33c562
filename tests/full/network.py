"""A network of its own for a test and all that it starts, with a wire that leads nowhere.

Every packet that leaves the machine there is seen, with the name that was asked for: so a test
can say that nothing was asked of anybody, whichever process would have done it.
"""

from __future__ import annotations

import ctypes
import os
import select
import socket
import struct
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.full import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Wire", "alone", "described"]

CLONE_NEWNET = 0x40000000  # from sched.h
ETH_P_ALL = 3
SETUP = (
    "ip link set lo up",
    "ip link add near type veth peer name far",
    "ip addr add 10.99.0.1/24 dev near",
    "ip link set near up",
    "ip link set far up",
    # No neighbour answers, so its address is told; the default route leads to it.
    "ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:02 dev near",
    "ip route add default via 10.99.0.2",
)


class Wire:
    """What was sent to other machines, as text: "udp 10.0.0.1:53 example.org"."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._sockets = (_listening("far"), _listening("lo"))
        self._end, self._ended = os.pipe()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def seen(self) -> tuple[str, ...]:
        """Return what was sent so far; a packet is there as soon as it was sent."""
        return tuple(self._seen)

    def close(self) -> None:
        os.close(self._ended)
        self._thread.join()
        os.close(self._end)
        for listening in self._sockets:
            listening.close()

    def _listen(self) -> None:
        far, here = self._sockets
        watched: list[socket.socket | int] = [far, here, self._end]
        while self._end not in (ready := select.select(watched, [], [])[0]):
            for listening in (far, here):
                text = described(listening.recv(65536)) if listening in ready else ""
                # The resolver of some machines listens on loopback: a question to it counts, too.
                if text and (listening is far or ":53 " in text):
                    self._seen.append(text)


@contextmanager
def alone() -> Iterator[Wire]:
    """Give this thread, and every process that it starts from now on, a network of their own."""
    needs.root("a network namespace shows every packet that leaves")
    needs.program("ip")
    former = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.unshare(CLONE_NEWNET))
    try:
        for command in SETUP:
            subprocess.run(command.split(), check=True, timeout=30)
        for name in ("near", "far"):  # its own announcements are not what is looked for
            Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1")
        wire = Wire()
        try:
            yield wire
        finally:
            wire.close()
    finally:
        _check(libc.setns(former, CLONE_NEWNET))
        os.close(former)


def described(frame: bytes) -> str:
    """Return protocol, receiver and, of a DNS query, the name; "" for what is no IPv4."""
    if len(frame) < 34 or frame[12:14] != b"\x08\x00":
        return ""
    length = (frame[14] & 15) * 4
    protocol, receiver = frame[23], socket.inet_ntoa(frame[30:34])
    rest = frame[14 + length :]
    if protocol not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP) or len(rest) < 4:
        return f"protocol {protocol} {receiver}"
    (port,) = struct.unpack_from("!H", rest, 2)
    kind = "tcp" if protocol == socket.IPPROTO_TCP else "udp"
    name = f" {_asked(rest[20:])}" if kind == "udp" and port == 53 else ""
    return f"{kind} {receiver}:{port}{name}"


def _asked(question: bytes) -> str:
    """Return the name in the first question of a DNS query, from its labels."""
    labels = []
    while question and 0 < question[0] < 64:
        labels.append(question[1 : question[0] + 1].decode(errors="replace"))
        question = question[question[0] + 1 :]
    return ".".join(labels)


def _listening(name: str) -> socket.socket:
    """Return a socket that receives every packet of a network interface."""
    listening = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    listening.bind((name, 0))
    return listening


def _check(result: int) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
