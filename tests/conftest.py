"""What holds for all tests."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Let ^C interrupt: a job in the background of a script is started with it ignored.

    Every process that a test starts inherits that, and ^C is what some of them are about.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep API servers out of `make test`: who starts one is marked `cluster`."""
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
