"""Two platforms that look for the same free ports at the same moment each end with their own."""

from __future__ import annotations

import json
import os
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platform import ONE_AGENT, Machine, machine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.full

_RANGE = 12_000
"""The ports among which free ones are looked for, from a place that follows from the path."""


def _home_with_the_same_first_port(home: Path, root: Path) -> Path:
    """Return a home like `home` whose platform `other` begins to look where that of `root` does."""
    first = zlib.crc32(os.fsencode(root)) % _RANGE
    resolved = home.resolve()
    others = (resolved.with_name(f"{home.name}{number}") for number in range(1_000_000))
    return next(o for o in others if zlib.crc32(os.fsencode(o / "other-dev")) % _RANGE == first)


def test_two_platforms_that_want_the_same_ports_run_side_by_side_in_folders_with_any_name(
    tmp_path: Path,
) -> None:
    strange = tmp_path / ("very long " * 9) / "mit Ümläut %(x)s ; # und \"'"
    with machine(tmp_path / "one", template=ONE_AGENT) as one:
        home = _home_with_the_same_first_port(strange, one.layout.root)
        with machine(tmp_path / "two", "other", template=ONE_AGENT, QHUB_HOME=str(home)) as other:
            del other.environ["HOME"]
            begun = [found.start("deploy") for found in (one, other)]
            results = [process.communicate(timeout=150) for process in begun]
            assert [process.returncode for process in begun] == [0, 0], results
            assert not _ports(one) & _ports(other)
            for found in (one, other):  # each server knows its own password alone
                with found.api() as api:
                    assert api.get("/variables/name/qhub_platform")["value"]["storage"] == (
                        f"file://{found.layout.flows}"
                    )
                assert found.pids().keys() == {"server", "gateway", "agent-one"}
                assert found.deploy()["unchanged"] is True
            other.qhub("destroy", "--confirm", "other", "--timeout", "0")
            assert other.processes() == []
            assert one.deploy()["unchanged"] is True


def _ports(one: Machine) -> set[int]:
    return set(json.loads(one.layout.ports.read_text()).values())
