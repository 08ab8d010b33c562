"""The file about a bug in QHub: where it happened, and no value of anybody's config.

An exception's own text may repeat a value of the config, and a frame's local variables
certainly do. So both stay out: the report has the types of the exceptions and the places that
they went through. Secrets of the environment that still got in, by the command line, are cut out.
"""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SECRET_WORDS = ("TF_VAR_", "SECRET", "TOKEN", "PASSWORD", "KEY", "CREDENTIAL")
_SHORTEST_SECRET = 4
"""Shorter values would cut up ordinary words."""
_LONGEST_CHAIN = 10


def write(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write the report into the current folder, else the temporary one; None when neither works."""
    text = compose(error, arguments, os.environ)
    for folder in (Path(), Path(tempfile.gettempdir())):
        try:
            return _create(folder, text)
        except OSError:
            continue
    return None


def compose(error: BaseException, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the report's text."""
    from qhub import __version__

    lines = [
        f"QHub {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {' '.join(('qhub', *arguments))}",
        "The texts of the exceptions are left out: they may repeat a value of the config.",
        "",
        *(line for link in _chain(error) for line in _frames(link)),
    ]
    return _without_secrets("\n".join(lines), environment) + "\n"


def _create(folder: Path, text: str) -> Path:
    """Write a new file that its owner alone can read (as mkstemp makes them)."""
    descriptor, name = tempfile.mkstemp(prefix="qhub-report-", suffix=".txt", dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and those that led to it, the last one first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _frames(error: BaseException) -> Iterator[str]:
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__} raised in (most recent call last):"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"


def _without_secrets(text: str, environment: Mapping[str, str]) -> str:
    values = {
        value
        for name, value in environment.items()
        if len(value) >= _SHORTEST_SECRET and any(word in name.upper() for word in _SECRET_WORDS)
    }
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "(cut out)")
    return text
