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
_SILENT_SECONDS = 15
"""After so long a step is told of again where nobody sees it: pipelines end what is silent."""


class Steps:
    """A `qhub.progress.Progress` for people; several steps may be open at once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._live = bool(self._stream and self._stream.isatty())
        self._open: dict[int, tuple[str, float]] = {}
        self._ticker: threading.Thread | None = None
        self._idle = threading.Event()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step while it goes on, and how long it took."""
        begun = time.monotonic()
        key = self._begin(name, begun)
        mark = "failed"
        try:
            yield
            mark = "done"
        finally:
            self._end(key)
            self._told(mark, name, time.monotonic() - begun)

    def note(self, text: str) -> None:
        """Show a line."""
        self._clear()
        screen.progress(f"note: {text}")

    def _begin(self, name: str, begun: float) -> int:
        key = max(self._open, default=0) + 1
        self._open[key] = (name, begun)
        if self._ticker is None:
            self._idle.clear()
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()
        return key

    def _end(self, key: int) -> None:
        del self._open[key]
        if not self._open and self._ticker is not None:
            self._idle.set()
            self._ticker.join()
            self._ticker = None
        self._clear()

    def _told(self, mark: str, name: str, seconds: float) -> None:
        took = f"  {seconds:.1f} s" if seconds >= _LEAST_SECONDS else ""
        colour: screen.Colour = "green" if mark == "done" else "red"
        led = screen.paint(f"{mark:6}", colour, stream=self._stream)
        screen.progress(f"{led}  {name}{took}")

    def _tick(self) -> None:
        """Show what goes on: all the time on a terminal, else now and then."""
        while not self._idle.wait(_TICK_SECONDS if self._live else _SILENT_SECONDS):
            steps = tuple(self._open.values())
            now = time.monotonic()
            if self._live and steps:
                name, begun = steps[0]
                more = f"  (and {len(steps) - 1} more)" if len(steps) > 1 else ""
                self._write(f"{_CLEAR}        {name}  {now - begun:.1f} s{more}")
            for name, begun in () if self._live else steps:
                screen.progress(f"        {name}  {now - begun:.0f} s")

    def _clear(self) -> None:
        if self._live:
            self._write(_CLEAR)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            with suppress(OSError):
                self._stream.write(text)
                self._stream.flush()
