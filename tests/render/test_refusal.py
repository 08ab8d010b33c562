"""What the disk refuses is told with its path and a mend."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from qhub.errors import WriteError
from qhub.render.refusal import refusals


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.EACCES, "run qhub as the user who owns it, or render elsewhere with --dir"),
        (errno.EROFS, "nothing can be written on that disk: render elsewhere with --dir"),
        (errno.ENOSPC, "make room on that disk, or render elsewhere with --dir"),
        (errno.EDQUOT, "make room on that disk, or render elsewhere with --dir"),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else "",
)
def test_what_the_disk_refuses_has_its_mend(number: int, hint: str) -> None:
    with pytest.raises(WriteError) as caught, refusals(Path("somewhere")):
        raise OSError(number, os.strerror(number), ".qhub/lock")

    assert str(caught.value) == f"cannot write .qhub/lock: {os.strerror(number)}"
    assert caught.value.hint == hint
