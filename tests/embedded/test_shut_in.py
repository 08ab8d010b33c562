"""What a deployed platform shows to others: its ports to this machine, its secrets to agents."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import psutil  # noqa: TID253 the tests' own
import pytest

from qhub.embedded import processes
from tests.embedded.platform import Machine, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A platform of a supervisor that was started by a shell with an exported secret."""
    folder = tmp_path_factory.mktemp("platform") / "project"
    with machine(folder, EXPORTED="planted-export") as found:
        found.deploy()
        yield found


def test_what_the_deploying_shell_exported_is_in_no_process(deployed: Machine) -> None:
    environments = [
        "\n".join(processes.environment(process.pid).values()) for process in deployed.processes()
    ]
    # supervisor, server and what asks it, gateway, its proxy, and parent and worker of two agents
    assert len(environments) >= 9
    assert all(str(deployed.layout.root) in environment for environment in environments)
    found = [secret for secret in ("planted-export", "planted-key") if secret in str(environments)]
    assert found == []


def test_the_planted_text_would_be_found(deployed: Machine) -> None:
    here = deployed.start("status")
    try:
        assert "planted-export" in processes.environment(here.pid).values()
    finally:
        here.communicate(timeout=60)


def test_every_program_listens_on_this_machine_alone(deployed: Machine) -> None:
    addresses = {
        connection.laddr
        for process in deployed.processes()
        for connection in psutil.Process(process.pid).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert len(addresses) >= 4  # the server, the gateway and the two ports of its proxy
    assert [a for a in addresses if not ipaddress.ip_address(a.ip).is_loopback] == []
