"""Fixtures of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.place import Place, place_in
from tests.terraform import standin
from tests.terraform.apiserver import apiserver as apiserver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return Terraform's configuration under which what is applied happens in the cluster."""
    standin.required_schemas()
    return standin.acting(tmp_path_factory.mktemp("providers"))


@pytest.fixture
def place(tmp_path: Path, apiserver: ApiServer, providers: Path) -> Iterator[Place]:
    """Return a folder with a config file, and a namespace of its own whose pods are ready."""
    made = place_in(tmp_path, apiserver, providers)
    with apiserver.ready_pods(made.namespace):
        yield made
