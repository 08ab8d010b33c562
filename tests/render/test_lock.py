"""The lock of a folder: one qhub at a time, told who has it, freed by the kernel."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import pytest

from qhub.errors import LockedError
from qhub.render.lock import lock
from qhub.render.write import write
from tests.render.faults import fork

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = {"stages/a": b"a"}


def test_a_second_one_is_told_who_works_on_the_folder(tmp_path: Path) -> None:
    with lock(tmp_path, "deploy"), pytest.raises(LockedError) as caught:
        write(BUNDLE, tmp_path)
    message = r"another qhub \(deploy, pid (\d+), since \d\d:\d\d:\d\d\) is working on this folder"
    found = re.fullmatch(message, str(caught.value))
    assert found is not None
    assert int(found[1]) == os.getpid()
    assert caught.value.hint == "wait until it is done, or end it: the lock goes with its process"
    assert not (tmp_path / "stages").exists()
    assert write(BUNDLE, tmp_path).created == ("stages/a", "stages/manifest.json")


def test_a_lock_of_which_nobody_wrote_who_has_it_is_told_all_the_same(tmp_path: Path) -> None:
    with lock(tmp_path, "deploy"):
        (tmp_path / ".qhub/lock").write_bytes(b"")
        with pytest.raises(LockedError) as caught, lock(tmp_path, "render"):
            pass
    assert str(caught.value) == "another qhub is working on this folder"


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), lock(tmp_path, "deploy"):
        raise KeyError
    with lock(tmp_path, "render"):
        pass


def test_the_kernel_frees_the_lock_of_a_killed_process(tmp_path: Path) -> None:
    ready, say_ready = os.pipe()

    def hold() -> None:
        with lock(tmp_path, "deploy"):
            os.write(say_ready, b"!")
            signal.pause()

    child = fork(hold)
    assert os.read(ready, 1) == b"!"
    with pytest.raises(LockedError) as caught, lock(tmp_path, "render"):
        pass
    assert f"(deploy, pid {child}, since " in str(caught.value)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with lock(tmp_path, "render"):
        pass
    os.close(ready)
    os.close(say_ready)


def test_who_has_the_lock_renders_under_it(tmp_path: Path) -> None:
    with lock(tmp_path, "deploy") as held:
        assert write(BUNDLE, tmp_path, held=held).created == ("stages/a", "stages/manifest.json")


def test_a_lock_on_another_folder_is_no_lock(tmp_path: Path) -> None:
    with (
        lock(tmp_path / "one", "deploy") as held,
        pytest.raises(ValueError, match=r"^the lock is on .*/one, not on .*/two$"),
    ):
        write(BUNDLE, tmp_path / "two", held=held)


def test_two_folders_do_not_exclude_each_other(tmp_path: Path) -> None:
    with lock(tmp_path / "one", "deploy"):
        assert write(BUNDLE, tmp_path / "two").created == ("stages/a", "stages/manifest.json")


def test_taking_the_lock_puts_back_a_tree_that_a_kill_left_aside(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    room = tmp_path / ".qhub/render"
    room.mkdir()
    (tmp_path / "stages").rename(room / "last")
    with lock(tmp_path, "deploy"):
        assert (tmp_path / "stages/a").read_bytes() == b"a"
    assert write(BUNDLE, tmp_path).is_unchanged
    assert not room.exists()


def test_the_private_folder_says_to_git_what_it_is_even_after_a_kill(tmp_path: Path) -> None:
    (tmp_path / ".qhub").mkdir()
    (tmp_path / ".qhub/.gitignore").touch()
    with lock(tmp_path, "render"):
        assert (tmp_path / ".qhub/.gitignore").read_text() == "*\n"
