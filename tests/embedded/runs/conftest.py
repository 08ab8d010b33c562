from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.embedded.platforms import Agents, agent
from tests.embedded.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.embedded.server import Server

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture(scope="package")
def agents(server: Server) -> Iterator[Agents]:
    """An agent that the tests of this folder share: none of them ends it."""
    variables = {"FROM_CONFIG": "yes", "QHUB_STATE": "/elsewhere", "PREFECT_API_URL": "http://no"}
    secrets = {"S3_KEY": b"planted", "not-a-variable": b"x", "BINARY": b"\xff", "NULL": b"a\0b"}
    with agent(server, "pipelines", env_vars=variables, secrets=secrets) as running:
        yield running
