"""Where supervisor listens: the path of a unix socket is short, that of a state may be long."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import closing
from typing import TYPE_CHECKING

from qhub.embedded import control
from qhub.embedded.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _layout(root: Path) -> Layout:
    layout = Layout(root)
    layout.make()
    return layout


def _bind(path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(f"{path}.{2**22}")  # as supervisor does, with the largest pid of Linux


def test_usually_it_is_in_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    layout = _layout(tmp_path)
    if len(os.fsencode(layout.socket)) > 90:
        layout = _layout(type(tmp_path)("/tmp") / f"qhub-test-{os.getpid()}")  # noqa: S108
    assert control.make_socket(layout) == control.socket_path(layout) == layout.socket
    assert not (layout.root / "socket").exists()


def test_for_a_long_state_it_is_in_a_private_folder_that_is_found_again(tmp_path: Path) -> None:
    layout = _layout(tmp_path / ("long " * 20) / "ä%(x)s")
    path = control.make_socket(layout)
    assert path != layout.socket
    _bind(path)
    folder = path.parent.lstat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert folder.st_uid == os.getuid()
    assert control.socket_path(Layout(layout.root)) == path
    assert control.make_socket(layout) == path  # the same again: no folder is left behind
    control.clear_socket(layout)
    assert not path.parent.exists()
    assert control.socket_path(layout) == layout.socket


def test_a_folder_that_somebody_put_there_instead_is_not_used(tmp_path: Path) -> None:
    layout = _layout(tmp_path / ("long " * 20))
    path = control.make_socket(layout)
    path.parent.rmdir()
    path.parent.symlink_to(tmp_path)
    try:
        again = control.make_socket(layout)
        assert again.parent != path.parent
        control.clear_socket(layout)
    finally:
        path.parent.unlink()
