"""Steps on standard error: live with the time on a terminal, else one line a step."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from qhub.cli import screen

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Steps"]

_TICK_SECONDS = 0.1
_LEAST_SECONDS = 0.1
"""A shorter step needs no time told."""
_CLEAR = "\r\x1b[K"


class Steps:
    """A `qhub.progress.Progress` for people."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._live = bool(self._stream and self._stream.isatty())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step while it goes on, and how long it took."""
        begun = time.monotonic()
        done = threading.Event()
        ticking = threading.Thread(target=self._tick, args=(name, begun, done), daemon=True)
        if self._live:
            ticking.start()
        mark = "failed"
        try:
            yield
            mark = "done"
        finally:
            done.set()
            if self._live:
                ticking.join()
                self._write(_CLEAR)
            self._told(mark, name, time.monotonic() - begun)

    def note(self, text: str) -> None:
        """Show a line."""
        screen.progress(f"note: {text}")

    def _told(self, mark: str, name: str, seconds: float) -> None:
        took = f"  {seconds:.1f} s" if seconds >= _LEAST_SECONDS else ""
        colour: screen.Colour = "green" if mark == "done" else "red"
        led = screen.paint(f"{mark:6}", colour, stream=self._stream)
        screen.progress(f"{led}  {name}{took}")

    def _tick(self, name: str, begun: float, done: threading.Event) -> None:
        while not done.wait(_TICK_SECONDS):
            self._write(f"{_CLEAR}        {name}  {time.monotonic() - begun:.1f} s")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            with suppress(OSError):
                self._stream.write(text)
                self._stream.flush()
