"""What holds for all tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

ON_THE_BED = Path(__file__).parent / "cluster"


def pytest_configure() -> None:
    """Let ^C interrupt: a job in the background of a script is started with it ignored.

    Every process that a test starts inherits that, and ^C is what some of them are about.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the test bed for one process, and API servers out of `make test`.

    The tests of the bed change it, so they are a group of `--dist=loadgroup`; every other file is
    one, too. Who starts an API server is marked `cluster`.
    """
    unmarked = set()
    for item in items:
        one_file = f"{item.path.parent.name}/{item.path.stem}"
        group = "bed" if item.path.is_relative_to(ON_THE_BED) else one_file
        item.add_marker(pytest.mark.xdist_group(group))
        if "apiserver" in getattr(item, "fixturenames", ()):
            unmarked |= set() if item.get_closest_marker("cluster") else {item.path.name}
    if unmarked:
        raise pytest.UsageError(
            f"tests with an API server are not marked `cluster`: {', '.join(sorted(unmarked))}"
        )
