"""A new file is whole or not there, and takes no name that is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.cli import new_file
from qhub.errors import ExistingFileError, WriteError

if TYPE_CHECKING:
    from pathlib import Path


def test_it_makes_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.yaml"
    new_file.write(path, b"new", force=False)
    assert path.read_bytes() == b"new"
    assert [inside.name for inside in path.parent.iterdir()] == ["b.yaml"]


def test_a_file_that_came_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"mine")
    with pytest.raises(ExistingFileError, match=r"^.*a\.yaml is there already$") as caught:
        new_file.write(path, b"new", force=False)
    assert (caught.value.status, caught.value.hint) == (5, "write over it with --force")
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_force_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"mine")
    new_file.write(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_disk_refuses_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "a.yaml"
    with pytest.raises(WriteError, match=r"^cannot write .*/file/a\.yaml: "):
        new_file.write(path, b"new", force=False)
