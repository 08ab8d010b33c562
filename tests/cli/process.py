"""Runs `qhub` as people do: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

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


def environ(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with the checkout importable from any folder."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}
