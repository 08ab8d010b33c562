"""Settings of the chart's tests."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of the tests that run real Prefect versions."""
    config.addinivalue_line(
        "markers", "agents: starts real Prefect agents, workers or servers of several versions"
    )
