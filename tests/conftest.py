"""What holds for all tests."""

from __future__ import annotations

import signal

import pytest

ON_A_CLUSTER = ("deploy", "images", "kube", "terraform/test_acting", "terraform/test_apiserver")
"""What deploys to a cluster needs an API server, and is run with the tests on Kubernetes."""


def pytest_configure() -> None:
    """Let ^C interrupt: a job in the background of a script is started with it ignored.

    Every process that a test starts inherits that, and ^C is what some of them are about.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make test-cluster` what needs a Kubernetes API server, or images for one."""
    for item in items:
        place = item.path.as_posix().rpartition("/tests/")[2]
        if place.startswith(ON_A_CLUSTER):
            item.add_marker(pytest.mark.cluster)
