"""A folder for one build, which no build leaves behind, not even one that is killed."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["workspace"]


@contextmanager
def workspace(cache: Path) -> Iterator[Path]:
    """Give a folder of this build's own, then remove it; those of killed builds go, too."""
    parent = cache / "work"
    parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _locked(parent, wait=True):  # nobody takes a folder for left behind that begins
            for old in parent.iterdir():
                with suppress(FileNotFoundError), _locked(old, wait=False) as free:
                    if free:
                        shutil.rmtree(old, ignore_errors=True)
            folder = Path(mkdtemp(dir=parent))
            stack.enter_context(_locked(folder, wait=True))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Lock a folder; the lock goes with the process that holds it. Yield whether it is ours."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)
