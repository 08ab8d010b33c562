"""What lies around a platform is not its own: proxies, variables, and a user without a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.embedded import processes
from tests.full.platform import BIN, CONFIG, deployed, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.full.platform import Platform

pytestmark = pytest.mark.full

FLOW = """
import os

from prefect import flow
from qhub.flows import deploy

@flow(log_prints=True)
def etl():
    print("exempt:", os.environ["NO_PROXY"])

if __name__ == "__main__":
    deploy(etl)
"""
NOWHERE = {
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "HOME": "/nonexistent",
    "NO_PROXY": "corp.example",
}


SECRETS = """
secrets:
  KEY: {from_env: THE_KEY}
"""
PLANTED = {"THE_KEY": "planted-key", "EXPORTED": "planted-export"}


def test_neither_a_proxy_nor_a_missing_home_is_in_the_way_and_exports_stay_out(
    tmp_path: Path,
) -> None:
    with deployed(tmp_path / "project", CONFIG + SECRETS, more=NOWHERE | PLANTED) as platform:
        nothing_of_the_shell_is_in_a_process(platform)
        (platform.folder / "etl.py").write_text(FLOW)
        platform.qhub("flow", "run", "etl", fails=3)
        assert "nothing is deployed yet: qhub flow deploy FILE" in platform.said[-1]
        platform.qhub("connect", "--", str(BIN / "python"), "etl.py")
        assert platform.said[-1].startswith("created    etl/default  ")
        assert "unchanged  etl/default" in platform.qhub("flow", "deploy", "etl.py")
        platform.qhub("flow", "run", "etll", fails=3)
        assert "did you mean 'etl'?" in platform.said[-1]
        platform.qhub("flow", "run", "etl")
        assert "exempt: 127.0.0.1,localhost" in platform.said[-1]
        seen = platform.qhub("connect", "--", "sh", "-c", "echo $NO_PROXY $no_proxy")
        assert seen.split() == ["corp.example,127.0.0.1,localhost"] * 2
        assert "Warning" not in "".join(platform.said)


def nothing_of_the_shell_is_in_a_process(platform: Platform) -> None:
    """Look into the environment of each; what the same look finds in a command is the control."""
    found = [processes.environment(one.pid) for one in processes.find(platform.layout)]
    # supervisor, server and what asks it, gateway, its proxy, and parent and worker of the agent
    assert len(found) >= 7
    assert all(str(platform.layout.root) in one.values() for one in found)
    assert not {value for one in found for value in one.values()} & {*PLANTED.values()}
    here = platform.start("status")
    try:
        until(lambda: {*PLANTED.values()} <= {*processes.environment(here.pid).values()})
    finally:
        here.communicate(timeout=60)
