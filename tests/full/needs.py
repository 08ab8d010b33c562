"""What this machine must have for a test; without it CI fails and others skip."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

__all__ = ["program", "root"]


def root(why: str) -> None:
    """Go on only as root on Linux: the tests that mount or make network namespaces."""
    if os.geteuid() != 0 or not Path("/proc/self/ns/net").exists():
        raise _missing(f"needs root on Linux: {why}")


def program(*names: str) -> str:
    """Return the path of the first of these programs that is on PATH."""
    for name in names:
        if path := shutil.which(name):
            return path
    raise _missing(f"none of these is on PATH: {', '.join(names)}")


def _missing(message: str) -> BaseException:
    outcome = pytest.fail if os.environ.get("CI") else pytest.skip
    return outcome.Exception(message, pytrace=False)
