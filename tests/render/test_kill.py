"""`kill -9` from outside, again and again, in the middle of writing: never a mixture."""

from __future__ import annotations

import os
import signal
import time
from itertools import count, cycle
from typing import TYPE_CHECKING

from qhub.render.write import write
from tests.render.faults import fork

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 50
FILES = 100
USERS = "stages/00/.terraform.lock.hcl"


def bundle(version: str) -> dict[str, bytes]:
    """Return files that all tell the version, and some that only this version has."""
    shared = [f"stages/{n % 7:02}/{n:03}.tf" for n in range(FILES - 20)]
    own = [f"stages/{version}/{n:03}.tf" for n in range(20)]
    return {path: f"{path} of {version}\n".encode() for path in shared + own}


BUNDLES = (bundle("one"), bundle("two"))


def test_fifty_kills_while_writing_leave_one_version_each(memory: Path) -> None:
    write(BUNDLES[0], memory)
    (memory / USERS).write_text("locked\n")
    room = memory / ".qhub" / "render"
    marks = _marks(room)
    landed = 0
    for attempt in count():
        assert attempt < 3 * KILLS, f"only {landed} kills landed inside of the writing"
        _kill_at(marks[attempt % len(marks)], memory)
        landed += room.exists()  # it is there from the first change to the last
        assert _tree(memory) in BUNDLES
        assert (memory / USERS).read_text() == "locked\n"
        if landed == KILLS:
            break
    write(BUNDLES[1], memory)
    assert _tree(memory) == BUNDLES[1]
    assert not room.exists()


def _marks(room: Path) -> list[Path]:
    """Return what comes into being in the course of writing, from early to late."""
    paths = [path for path in sorted(BUNDLES[0]) if path in BUNDLES[1]]
    spread = [room / "build" / path for path in paths[:: FILES // 8]]
    return [room / "build", *spread, room / "journal.json", room / "next"]


def _kill_at(mark: Path, folder: Path) -> None:
    """Let a child write the two bundles in turn, for ever; kill it when `mark` appears anew."""
    child = fork(lambda: [write(each, folder) for each in cycle(BUNDLES)])
    deadline = time.monotonic() + 60
    for wanted in (False, True):  # the mark of the one killed before goes when this one heals
        while mark.exists() is not wanted and time.monotonic() < deadline:
            continue
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert time.monotonic() < deadline, f"{mark} was not seen"


def _tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in (folder / "stages").rglob("*") if path.is_file())
    tree = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {path: tree[path] for path in tree.keys() - {USERS, "stages/manifest.json"}}
