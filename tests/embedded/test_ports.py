"""Ports are free ones that a platform keeps, or the configured ones, told when they are taken."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import ports
from qhub.embedded.errors import PortTakenError
from qhub.embedded.layout import Layout
from tests.embedded.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LISTEN = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "home" / "pipelines-dev")
    found.make()
    return found


@contextmanager
def _listening(port: int, **environ: str) -> Iterator[int]:
    """Listen in another process; yield its pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LISTEN, str(port)],
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid


def _keep(layout: Layout, chosen: dict[str, int]) -> None:
    layout.ports.write_text(json.dumps(chosen))


def test_four_different_ports_are_chosen_that_anybody_can_listen_on(layout: Layout) -> None:
    chosen = ports.choose(layout, {})
    assert list(chosen) == list(ports.NAMES)
    assert len({*chosen.values()}) == len(chosen)
    for port in chosen.values():
        assert 20_000 <= port < 32_000  # below what the kernel hands to outgoing connections
        with closing(socket.create_server(("127.0.0.1", port))):
            pass


def test_the_choice_is_the_same_until_it_is_written_down_and_after(layout: Layout) -> None:
    chosen = ports.choose(layout, {})
    assert ports.choose(layout, {}) == chosen
    _keep(layout, chosen)
    assert ports.choose(layout, {}) == ports.known(layout) == chosen


def test_projects_side_by_side_have_their_own_ports_even_if_one_is_stopped(layout: Layout) -> None:
    mine = ports.choose(layout, {})
    other = Layout(layout.root.with_name("other"))
    other.make()
    _keep(other, mine)
    assert not {*ports.choose(layout, {}).values()} & {*mine.values()}


def test_a_port_that_was_taken_meanwhile_is_replaced_the_others_stay(layout: Layout) -> None:
    chosen = ports.choose(layout, {})
    _keep(layout, chosen)
    with closing(socket.create_server(("127.0.0.1", chosen["gateway"]))):
        again = ports.choose(layout, {})
    assert again["gateway"] not in chosen.values()
    assert {**again, "gateway": 0} == {**chosen, "gateway": 0}


def test_configured_ports_win_over_kept_ones(layout: Layout) -> None:
    chosen = ports.choose(layout, {})
    _keep(layout, chosen)
    wanted = free_port()
    again = ports.choose(layout, {"server": wanted})
    assert again == {**chosen, "server": wanted}
    swapped = ports.choose(layout, {"server": chosen["gateway_tls"]})
    assert swapped["server"] == chosen["gateway_tls"]
    assert len({*swapped.values()}) == len(swapped)


def test_a_foreign_process_on_a_configured_port_is_told_with_port_pid_and_command(
    layout: Layout,
) -> None:
    port = free_port()
    with _listening(port) as pid, pytest.raises(PortTakenError) as caught:
        ports.choose(layout, {"gateway_proxy": port})
    told = str(caught.value)
    assert re.match(rf"port {port} \(gateway proxy\) is taken: pid {pid}, \S*python\S* -c ", told)
    assert "embedded.ports" in caught.value.hint
    assert "\n" not in told


def test_a_process_of_the_platform_itself_may_have_the_port(layout: Layout) -> None:
    port = free_port()
    with _listening(port, QHUB_STATE=str(layout.root)):
        assert ports.choose(layout, {"server": port})["server"] == port
    foreign = _listening(port, QHUB_STATE=str(layout.root.with_name("other")))
    with foreign, pytest.raises(PortTakenError):
        ports.choose(layout, {"server": port})


@pytest.mark.parametrize("content", ["", "[]", "{", '{"server": "x"}'])
def test_a_damaged_file_of_ports_is_as_none(layout: Layout, content: str) -> None:
    layout.ports.write_text(content)
    assert ports.known(layout) == {}
    assert set(ports.choose(layout, {})) == set(ports.NAMES)
