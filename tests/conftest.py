"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let ^C interrupt: a job in the background of a script is started with it ignored.

    Every process that a test starts inherits that, and ^C is what some of them are about.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
