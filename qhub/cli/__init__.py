"""The command line: one module a command; `main` runs one and alone prints errors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `qhub ARGUMENTS` (default: the process's own) and return the exit status.

    Whatever happens ends as lines on the screen and a status, never as a traceback. Imports
    are inside so that a ^C during them ends quietly, too.
    """
    try:
        if arguments is None:
            return _own_process()
        from qhub.cli.running import run

        return run(arguments)
    except KeyboardInterrupt:
        return 130


def _own_process() -> int:
    """Run with the garbage collector seldom at work: a fifth of the time of `qhub --help`.

    Imports make no garbage to look for, and what is frozen is not searched again at the end.
    """
    import gc

    gc.set_threshold(100_000)
    try:
        from qhub.cli.running import run

        return run(sys.argv[1:])
    finally:
        gc.freeze()
