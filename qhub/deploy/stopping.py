"""How Terraform is asked to end: once at ^C, and again where waiting for it is of no use.

At the first time it begins nothing more, and waits for its providers; Helm works on to the end of
its time, ten minutes. At the second time it does not wait: it has stored its state by then, and
gives its lock back if it can.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

__all__ = ["Stopping"]

_GRACE_SECONDS = 10.0
_END_SECONDS = 15.0


class Stopping:
    """Asks one process to end; `hopeless` tells whether waiting for its work is of no use.

    `grace_seconds` are between the first time and the second, `end_seconds` what it has after that.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        hopeless: Callable[[], bool],
        *,
        grace_seconds: float = _GRACE_SECONDS,
        end_seconds: float = _END_SECONDS,
    ) -> None:
        self._process = process
        self._hopeless = hopeless
        self._grace_seconds = grace_seconds
        self._end_seconds = end_seconds
        self._asked: float | None = None
        self._forced: float | None = None

    @property
    def is_forced(self) -> bool:
        """Whether it was to end without its providers: what they did may be noted nowhere."""
        return self._forced is not None

    @property
    def is_over(self) -> bool:
        """Whether it has had all its time, and is to be killed."""
        return self._forced is not None and time.monotonic() - self._forced > self._end_seconds

    def look(self, *, interrupted: bool) -> None:
        """Ask, if it is time to; to be called every moment while the process works."""
        hopeless = self._hopeless()
        now = time.monotonic()
        if self._asked is None:
            if interrupted or hopeless:
                self._asked = now
                self._process.send_signal(_end_signal())
        elif hopeless and self._forced is None and now - self._asked > self._grace_seconds:
            self._forced = now
            self._process.send_signal(_end_signal())


def _end_signal() -> signal.Signals:
    """Return the signal at which Terraform ends in good order, and that it does not ignore.

    As in a job in the background of a script: who ignores ^C is the parent of who ignores it.
    """
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return signal.SIGTERM if is_ignored else signal.SIGINT
