"""Two platforms that look for the same free ports at the same moment each end with their own."""

from __future__ import annotations

import json
import os
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platform import Machine, machine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.full

_RANGE = 12_000
"""The ports among which free ones are looked for, from a place that follows from the path."""


def _home_with_the_same_first_port(home: Path) -> Path:
    """Return another home, whose platform begins to look where that of `home` does."""

    def first(folder: Path) -> int:
        return zlib.crc32(os.fsencode(folder.resolve() / "pipelines-dev")) % _RANGE

    others = (home.with_name(f"home-{number}") for number in range(1_000_000))
    return next(other for other in others if first(other) == first(home))


def test_two_deploys_that_want_the_same_ports_get_different_ones(tmp_path: Path) -> None:
    homes = [tmp_path / "home", _home_with_the_same_first_port(tmp_path / "home")]
    with ExitStack() as stack:
        machines = [
            stack.enter_context(machine(tmp_path / f"p{number}", QHUB_HOME=str(home)))
            for number, home in enumerate(homes)
        ]
        begun = [one.start("deploy") for one in machines]
        results = [process.communicate(timeout=150) for process in begun]
        assert [process.returncode for process in begun] == [0, 0], results
        ports = [_ports(one) for one in machines]
        assert not ports[0] & ports[1]
        for one in machines:  # each server knows its own password alone
            with one.api() as api:
                assert api.get("/variables/name/qhub_platform")["value"]["storage"] == (
                    f"file://{one.layout.flows}"
                )


def _ports(one: Machine) -> set[int]:
    return set(json.loads(one.layout.ports.read_text()).values())
