"""Fixtures of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terraform.acted import Root, fresh, root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory, apiserver: ApiServer) -> Root:
    """Return a root module that is copied, so that each test need not initialise its own."""
    return root(tmp_path_factory.mktemp("initialised"), apiserver)


@pytest.fixture
def new(initialised: Root, tmp_path: Path) -> Iterator[Root]:
    """Yield a root with nothing applied; its namespace is deleted afterwards."""
    made = fresh(initialised, tmp_path)
    yield made
    if made.get("namespaces") is not None:
        made.server.call("DELETE", made.path("namespaces"))


@pytest.fixture
def applied(new: Root) -> Root:
    new.apply()
    return new
