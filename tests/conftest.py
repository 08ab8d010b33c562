"""What holds for all tests."""

from __future__ import annotations

import gc
import signal

import pytest

from tests.terraform.apiserver import apiserver as apiserver  # here: all tests share it

LONGEST = (
    "test_planted_secret.py",
    "test_new_agents.py",
    "test_interrupted.py",
    "test_running.py",
    "test_old_agents.py",
    "test_new_agents_jobs.py",
    "test_changes.py",
    "test_install.py",
    "test_first_minutes.py",
    "test_dask_clusters.py",
    "test_unheard.py",
    "test_restart.py",
    "test_trouble.py",
    "test_recovery.py",
    "test_secrets.py",
    "test_destroy.py",
    "test_guide_prefect1.py",
    "test_failures.py",
    "test_dask.py",
    "test_flow_code.py",
    "test_lifecycle.py",
    "test_status.py",
    "test_agent_chart_real_worker.py",
    "test_agent_chart_real_agent.py",
    "test_stages.py",
)
"""Files that take long, the longest first: begun last, they would keep one process busy alone."""


def pytest_configure() -> None:
    """Let ^C interrupt: a job in the background of a script is started with it ignored.

    Every process that a test starts inherits that, and ^C is what some of them are about.
    """
    gc.disable()  # until all is collected
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, and keep API servers out of `make test`.

    Who starts one is marked `cluster`.
    """
    places = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))
    unmarked = {
        item.path.name
        for item in items
        if "apiserver" in getattr(item, "fixturenames", ())
        and not item.get_closest_marker("cluster")
    }
    if unmarked:
        raise pytest.UsageError(
            f"tests with an API server are not marked `cluster`: {', '.join(sorted(unmarked))}"
        )


def pytest_collection_finish() -> None:
    """Keep Python from looking through thousands of tests again and again: half of a start."""
    gc.freeze()
    gc.enable()
