"""Archives of plans: what is in them, and which ones are refused."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qhub.deploy import archive, stages
from qhub.deploy.changes import Change
from qhub.deploy.errors import ArchiveError, ArchivePlaceError
from qhub.deploy.steps import StagePlan
from qhub.errors import ExistingFileError, WriteError
from tests.deploy.requests import request

if TYPE_CHECKING:
    from qhub.deploy.request import Request

CHANGE = Change("a.b", "create", "it is new")


def _written(folder: Path, made: Request, *, empty: bool = False) -> Path:
    (stage,) = stages.of(made, folder)
    stage.data.mkdir(parents=True)
    stage.folder.mkdir(parents=True)
    stage.plan_file.write_bytes(b"the plan")
    (stage.folder / ".terraform.lock.hcl").write_bytes(b"the lock")
    plan = StagePlan(stage.name, () if empty else (CHANGE,), revisions={"qhub-a-flow": 3})
    path = folder / "kept" / "plans.tar"
    archive.write(path, made, [(stage, plan)])
    return path


def test_what_was_planned_is_found_again(tmp_path: Path) -> None:
    made = request()
    path = _written(tmp_path, made)

    assert archive.read(path, made) == {
        "03-kubernetes-services": archive.Kept(b"the plan", b"the lock", {"qhub-a-flow": 3}, None)
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["plans.tar"]


def test_the_same_plans_are_the_same_bytes(tmp_path: Path) -> None:
    made = request()
    one, other = tmp_path / "one", tmp_path / "other"
    assert _written(one, made).read_bytes() == _written(other, made).read_bytes()


def test_an_empty_plan_is_not_kept(tmp_path: Path) -> None:
    made = request()
    (kept,) = archive.read(_written(tmp_path, made, empty=True), made).values()
    assert kept.plan is None


def test_an_archive_of_another_tree_is_refused(tmp_path: Path) -> None:
    made = request()
    path = _written(tmp_path, made)
    changed = request(prefect={"enabled": True, "api": {"url": "https://other.example/api"}})

    with pytest.raises(ArchiveError) as caught:
        archive.read(path, changed)

    assert str(caught.value) == (
        f"{path} was planned from other files: qhub-config.yaml renders something else now"
    )
    assert caught.value.hint == "plan again: qhub plan --out FILE"


def test_an_archive_of_another_platform_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, request())
    with pytest.raises(ArchiveError, match=r"holds plans for pipelines \(dev\), not for pip.*prod"):
        archive.read(path, request(namespace="prod"))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a tar archive" * 100, id="something else"),
        pytest.param(None, id="no file"),
    ],
)
def test_what_is_no_archive_is_told(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "plans.tar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"plans\.tar"):
        archive.read(path, request())


@pytest.mark.parametrize(
    "about", [b"{", b"[]", b"{}", b'{"format": 1}', b'{"format": 9, "qhub": "9"}']
)
def test_an_archive_that_says_something_else_of_itself_is_refused(
    about: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "plans.tar"
    with tarfile.open(path, "w") as file:
        entry = tarfile.TarInfo("about.json")
        entry.size = len(about)
        file.addfile(entry, io.BytesIO(about))
    with pytest.raises(ArchiveError, match=r"no archive of plans|by a later QHub"):
        archive.read(path, request())


def test_the_hash_is_of_everything_that_is_rendered() -> None:
    made = request()
    found = {archive.tree(made)}
    for path in made.bundle:
        found.add(archive.tree(replace(made, bundle={**made.bundle, path: b"changed"})))
    assert len(found) == len(made.bundle) + 1


def test_an_archive_that_was_damaged_is_told_before_terraform_sees_it(tmp_path: Path) -> None:
    made = request()
    path = _written(tmp_path, made)
    path.write_bytes(path.read_bytes().replace(b"the plan", b"the plaN"))

    with pytest.raises(ArchiveError, match="is damaged") as caught:
        archive.read(path, made)

    assert caught.value.hint == "fetch it again, or plan again: qhub plan --out FILE"


@pytest.mark.parametrize(
    "name", [".", "..", "/", "", "folder", "folder/", "folder/..", "/dev/null"]
)
def test_plans_are_kept_in_a_file_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()

    with pytest.raises(ArchivePlaceError, match=r"is a folder|is no file") as caught:
        archive.require_place(Path(name), force=True)

    assert (caught.value.status, caught.value.hint) == (2, "name one, as plans.tar")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


def test_a_file_that_is_no_archive_of_plans_is_kept_unless_by_force(tmp_path: Path) -> None:
    path = tmp_path / "qhub-config.yaml"
    path.write_text("project_name: pipelines\n")

    with pytest.raises(ExistingFileError) as caught:
        archive.require_place(path, force=False)

    assert caught.value.status == 5
    assert "--force" in caught.value.hint
    archive.require_place(path, force=True)
    path.write_bytes(b"")  # as of mktemp
    archive.require_place(path, force=False)
    archive.require_place(_written(tmp_path / "place", request()), force=False)
    archive.require_place(tmp_path / "new" / "plans.tar", force=False)


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    made = request()
    (tmp_path / "kept" / "plans.tar" / "folder").mkdir(parents=True)  # made since it was looked at
    with pytest.raises(WriteError):
        _written(tmp_path, made)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["plans.tar"]
