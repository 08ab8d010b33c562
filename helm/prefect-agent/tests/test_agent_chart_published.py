"""The real Prefect 3: what a worker's start says of the platform in Prefect's variables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helm.prefect3 import Outcome, Server, render, set_up

pytestmark = [pytest.mark.agents, pytest.mark.xdist_group("prefect-3")]
PLATFORM = {"version": 1, "project": "p", "namespace": "dev", "gateway": None, "pools": ["etl"]}
SMALL = {"version": 1, "name": "Small & <ü>", "job_variables": {"cpu_request": "1", "x": 1.5}}
WANTED = {"qhub_platform": PLATFORM, "qhub_profile_small": SMALL}
UNCHANGED = [
    "work pool 'etl': unchanged",
    "work queue 'default': unchanged",
    "work queue 'gpu': unchanged",
    "work queue 'odd $(HOME) \"queue\"': unchanged",
    "Prefect variables: unchanged",
]


@pytest.fixture
def variables(server: Server) -> Iterator[None]:
    """No variable before, and none after."""
    assert kept(server) == {}
    yield
    for name in kept(server):
        server.call("DELETE", f"/variables/name/{name}")


def kept(server: Server) -> dict[str, Any]:
    found = server.call("POST", "/variables/filter", {"limit": 200})
    return {each["name"]: each["value"] for each in found}


def told(outcome: Outcome) -> list[str]:
    """Return what a set-up that ended well says of variables."""
    code, lines = outcome
    assert code == 0, lines
    return [line for line in lines if "variable" in line]


@pytest.mark.usefixtures("variables")
def test_variables_are_made_changed_and_removed_and_a_start_again_changes_nothing(
    server: Server, python: Path, tmp_path: Path
) -> None:
    def start(number: int, wanted: dict[str, Any]) -> Outcome:
        folder = tmp_path / str(number)
        folder.mkdir()
        texts = {name: json.dumps(value) for name, value in wanted.items()}
        [outcome] = set_up(render(server, published=texts), python=python, folder=folder)
        return outcome

    for name, tags in (("mine", []), ("qhub_of_mine", []), ("qhub_profile_old", ["qhub"])):
        server.call("POST", "/variables/", {"name": name, "value": 1, "tags": tags})
    assert told(start(1, WANTED)) == [
        "Prefect variable 'qhub_platform': created",
        "Prefect variable 'qhub_profile_small': created",
        "Prefect variable 'qhub_profile_old': removed",
    ]
    assert kept(server) == {**WANTED, "mine": 1, "qhub_of_mine": 1}
    assert start(2, WANTED) == (0, UNCHANGED)

    larger = {**SMALL, "job_variables": {"cpu_request": "2"}}
    changed = {"qhub_platform": PLATFORM, "qhub_profile_small": larger}
    assert told(start(3, changed)) == ["Prefect variable 'qhub_profile_small': updated"]
    assert kept(server)["qhub_profile_small"] == larger

    foreign = {"qhub_platform": {**PLATFORM, "namespace": "prod"}, "qhub_profile_x": SMALL}
    assert told(start(4, foreign)) == [
        "Prefect variables: those of the platform 'p' in namespace 'dev' stay; delete the "
        "variable qhub_platform to have this one's"
    ]
    assert kept(server) == {**changed, "mine": 1, "qhub_of_mine": 1}


@pytest.mark.usefixtures("variables")
def test_two_starts_at_once_end_in_the_same(server: Server, python: Path, tmp_path: Path) -> None:
    texts = {name: json.dumps(value) for name, value in WANTED.items()}
    outcomes = set_up(*2 * [render(server, published=texts)], python=python, folder=tmp_path)
    assert [code for code, _ in outcomes] == [0, 0]
    assert kept(server) == WANTED


@pytest.mark.usefixtures("variables")
def test_an_api_that_refuses_them_does_not_keep_the_agent_from_its_start(
    server: Server, python: Path, tmp_path: Path
) -> None:
    texts = {"qhub_platform": json.dumps({**PLATFORM, "storage": "x" * 5000})}
    [outcome] = set_up(render(server, published=texts), python=python, folder=tmp_path)
    assert told(outcome) == [
        "Prefect variables: not published, the API refused it (status 422); "
        "without them, qhub.flows knows no profiles"
    ]
