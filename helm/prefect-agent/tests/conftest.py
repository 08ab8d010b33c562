"""Fixtures that the chart's tests share: Prefect 3's interpreter, and a server of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helm import environments
from tests.helm.prefect3 import Server, serving


@pytest.fixture(scope="session")
def python() -> Path:
    return environments.interpreter(environments.PREFECT_3)


@pytest.fixture(scope="session")
def server(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(python, tmp_path_factory.mktemp("server")) as started:
        yield started
