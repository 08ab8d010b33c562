"""What the tests of rendering share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def memory() -> Iterator[Path]:
    """Return a new folder, in memory where Linux has it: many small files are cheap there."""
    shared = Path("/dev/shm")  # noqa: S108 the folder made in it is of its own
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)
