"""A platform belongs to the config file that deployed it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import owner
from qhub.embedded.errors import ForeignPlatformError
from qhub.embedded.layout import Layout
from qhub.platform import Platform

if TYPE_CHECKING:
    from pathlib import Path

PLATFORM = Platform("pipelines", "dev", "embedded", (), (), None, ())


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "state")
    found.make()
    return found


@pytest.fixture
def first(tmp_path: Path, layout: Layout) -> Path:
    """A config file that deployed the platform."""
    path = _config(tmp_path / "first")
    owner.settle(layout, str(path))
    return path


def _config(folder: Path, name: str = "qhub-config.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).touch()
    return folder / name


def _required(layout: Layout, file: Path | str, *, adopt: bool = False) -> str:
    return owner.require(layout, str(file), PLATFORM, adopt=adopt)


def test_the_same_file_goes_on_however_it_is_named(
    layout: Layout, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(first.parent)
    monkeypatch.chdir(first.parent)
    for name in (first, "qhub-config.yaml", "../first/qhub-config.yaml", link / first.name):
        assert _required(layout, name) == ""
        assert owner.foreign(layout, str(name)) is None


@pytest.mark.parametrize("name", ["qhub-config.yaml", "other.yaml"])
def test_another_file_is_refused_unless_it_takes_over(
    name: str, layout: Layout, first: Path, tmp_path: Path
) -> None:
    second = _config(tmp_path / ("second" if name == first.name else "first"), name)
    assert owner.foreign(layout, str(second)) == first
    with pytest.raises(ForeignPlatformError) as raised:
        _required(layout, second)
    assert str(raised.value) == f"pipelines (dev) was deployed from {first}"
    assert raised.value.hint == (
        "choose another project_name or namespace, or take it over with --adopt"
    )
    assert owner.recorded(layout) == first
    assert _required(layout, second, adopt=True) == f"taken over from {first}"


def test_a_file_that_moved_goes_on_and_that_is_told(
    layout: Layout, first: Path, tmp_path: Path
) -> None:
    moved = first.rename(tmp_path / "elsewhere.yaml")
    gone = f"{first}, from which this platform was deployed, is gone; from now on it is {moved}"
    assert _required(layout, moved) == gone
    owner.settle(layout, str(moved))
    assert _required(layout, moved) == ""


def test_standard_input_goes_with_the_files_of_its_folder(
    layout: Layout, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(first.parent)
    assert _required(layout, "<stdin>") == ""
    owner.settle(layout, "<stdin>")
    assert _required(layout, first) == ""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ForeignPlatformError, match="was deployed from "):
        _required(layout, "<stdin>")


def test_a_state_without_a_record_is_anybodys(layout: Layout, tmp_path: Path) -> None:
    assert _required(layout, tmp_path / "any.yaml") == ""


def test_the_folder_of_other_names_is_refused_even_to_who_adopts(
    layout: Layout, first: Path
) -> None:
    layout.config.mkdir(exist_ok=True)
    stored = {"project": "pipe", "namespace": "lines-dev"}
    (layout.config / "platform.json").write_text(json.dumps(stored))
    with pytest.raises(ForeignPlatformError) as raised:
        _required(layout, first, adopt=True)
    assert str(raised.value) == (
        f"{layout.root} is the state of pipe (lines-dev), which is another platform"
    )
    stored = {"project": "pipelines", "namespace": "dev"}
    (layout.config / "platform.json").write_text(json.dumps(stored))
    assert _required(layout, first) == ""
