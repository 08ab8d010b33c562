"""^C, and the other ways to ask a program to end, counted while Terraform works.

Terraform must come to its end: it saves its state and gives its lock back. So nothing is torn
down at a signal; who waits for Terraform sees the count, and acts.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType
    from typing import Self

__all__ = ["Interrupts"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Counts interrupts between `with` and its end; in other threads than the first there are none.

    What was ignored before (as in a job in the background of a script) stays ignored.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._counted)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() gave us

    def settle(self) -> None:
        """Raise the `KeyboardInterrupt` that was held back, if there was one."""
        if self.count:
            raise KeyboardInterrupt

    def _counted(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
