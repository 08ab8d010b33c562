"""How the problems of a config file are shown."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qhub.cli.screen import paint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from qhub.config.problem import Problem


def as_text(problems: Sequence[Problem], *, stream: TextIO | None = None) -> str:
    """Return each problem as two or three lines: where, what and, if known, how to mend it."""
    stream = sys.stdout if stream is None else stream
    return "\n".join(_block(problem, stream) for problem in problems)


def as_data(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the same as data, one form on every command."""
    return {"problems": [asdict(problem) for problem in problems]}


def _block(problem: Problem, stream: TextIO | None) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}"
    where = "  ".join(filter(None, (paint(place, "bold", stream=stream), problem.path)))
    if problem.severity == "error":
        what = paint(problem.message, "red", stream=stream)
    else:
        what = f"{paint('warning', 'yellow', stream=stream)}: {problem.message}"
    return "\n  ".join(filter(None, (where, what, problem.hint)))
