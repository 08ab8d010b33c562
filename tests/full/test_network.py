"""The wire that shows what leaves: it finds a name that is asked for and a connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest

from tests.full.network import Wire, alone, described

pytestmark = pytest.mark.full

CALLS = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.7", 443), timeout=0.2)
with contextlib.suppress(OSError):
    socket.gethostbyname("telemetry.example")
"""


def test_a_call_of_a_child_process_is_seen_on_the_wire() -> None:
    with alone() as wire:
        assert wire.seen() == ()
        child = subprocess.Popen([sys.executable, "-c", CALLS])
        try:
            assert _found(wire, "tcp 192.0.2.7:443")
            assert _found(wire, ":53 telemetry.example")
        finally:
            child.kill()
            child.wait()


def test_this_machine_itself_is_reached_there_and_leaves_no_packet() -> None:
    with alone() as wire, socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5):
            pass
        assert wire.seen() == ()


def test_what_is_no_ip_packet_is_not_described() -> None:
    assert described(b"\0" * 60) == ""


def _found(wire: Wire, ending: str) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if any(packet.endswith(ending) for packet in wire.seen()):
            return True
        time.sleep(0.05)
    return False
