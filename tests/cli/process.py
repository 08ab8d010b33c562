"""Runs `qhub` as people do, in a process of its own; or in this one, where that proves as much."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

from qhub.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QHUB = (sys.executable, "-m", "qhub")
DEADLINE_SECONDS = 60


def run_qhub(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `qhub ARGUMENTS` in a folder and wait for it."""
    return subprocess.run(
        [*QHUB, *arguments],
        cwd=cwd,
        env=environ(environment or {}),
        input=stdin,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def run_here(*arguments: str, cwd: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run `qhub ARGUMENTS` in this process, as from a folder with no other environment.

    Returns exit status, stdout and stderr. A process of its own needs half a second to import.
    """
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = main(arguments)
    return status, out.getvalue(), err.getvalue()


def environ(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with the checkout importable from any folder."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}
