"""The pins of the flow image fit what pyproject.toml and requirements.in ask for."""

from __future__ import annotations

import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from tests.images.script import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOW = CHECKOUT / "images" / "flow"
PYTHONS = ("3.11.2", "3.12.1", "3.13.0")


def wanted() -> list[Requirement]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    more = (FLOW / "requirements.in").read_text().splitlines()
    lines = [line for line in more if line and not line.startswith("#")]
    listed = [*project["dependencies"], *project["optional-dependencies"]["flows"], *lines]
    return [Requirement(text) for text in listed]


def pins(python: str) -> Iterator[tuple[str, str]]:
    environment = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    for line in (FLOW / "requirements.txt").read_text().splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(environment):
            yield pin.name.lower(), str(pin.specifier)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", wanted(), ids=lambda found: found.name)
def test_a_requirement_is_pinned_within_its_range(requirement: Requirement, python: str) -> None:
    found = dict(pins(python))
    operator, version = found[requirement.name.lower()][:2], found[requirement.name.lower()][2:]
    assert operator == "=="
    assert version in requirement.specifier, f"{requirement} is pinned to {version}: make it anew"


@pytest.mark.parametrize("python", PYTHONS)
def test_each_package_has_one_pin(python: str) -> None:
    names = [name for name, _ in pins(python)]
    assert len(names) == len(set(names)) > 100


def test_the_tests_run_with_the_same_prefect() -> None:
    assert dict(pins("3.11.2"))["prefect"] == f"=={metadata.version('prefect')}"
