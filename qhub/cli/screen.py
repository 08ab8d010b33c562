"""What goes to the screen: results to stdout, progress and errors to stderr, colour if wanted."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

Format = Literal["text", "json"]
Colour = Literal["red", "yellow", "green", "bold", "dim"]

_CODES: Mapping[Colour, str] = {"red": "31", "yellow": "33", "green": "32", "bold": "1", "dim": "2"}


def result(text: str) -> None:
    """Print what a command was asked for."""
    _print(text, sys.stdout)


def result_json(data: Mapping[str, Any]) -> None:
    """Print what a command was asked for, as data."""
    import json  # no other output needs it

    result(json.dumps(data, indent=2, ensure_ascii=False))


def progress(text: str) -> None:
    """Print what is beside the result: steps, warnings, errors.

    Where standard error cannot be written there is nobody to tell.
    """
    with suppress(OSError):
        _print(text, sys.stderr)


def flush() -> None:
    """Hand everything on, so that a full disk or a closed pipe is noticed here."""
    if sys.stdout is not None:
        sys.stdout.flush()


def silence() -> None:
    """Let the interpreter's own last flush go nowhere."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(text: str, stream: TextIO | None) -> None:
    """Print; a character that the terminal's encoding lacks is shown by its number."""
    if stream is None:  # the shell closed it
        return
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def paint(text: str, colour: Colour, *, stream: TextIO | None) -> str:
    """Return the text in a colour where the stream is a terminal that wants one."""
    if not text or not wants_colour(stream):
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def wants_colour(stream: TextIO | None) -> bool:
    """Tell whether to colour: a terminal, and none of NO_COLOR and TERM=dumb set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()
