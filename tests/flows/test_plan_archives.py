"""Archives of plans are no code of a flow, whatever they are called."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qhub.deploy import archive
from qhub.deploy.steps import StagePlan
from qhub.flows import project
from tests.deploy.requests import request
from tests.flows.projects import committed, write

if TYPE_CHECKING:
    from pathlib import Path

STAGE = "03-kubernetes-services"


def _plans(path: Path, *, changes: bool) -> None:
    """Write an archive as `qhub plan --out` does, of one stage."""
    folder = write(path.parent.parent / "stage", {".terraform.lock.hcl": "# locked\n", "plan": "P"})
    stage: Any = SimpleNamespace(name=STAGE, folder=folder, plan_file=folder / "plan")
    made = StagePlan(STAGE, (), outputs_change=changes)
    archive.write(path, request(), [(stage, made)])


def _tar(path: Path, *names: str) -> None:
    with tarfile.open(path, "w") as made:
        for name in names:
            made.addfile(tarfile.TarInfo(name), io.BytesIO())


@pytest.mark.parametrize("git", [True, False], ids=["git", "no git"])
@pytest.mark.parametrize("changes", [True, False], ids=["a plan", "nothing to do"])
def test_plans_that_were_kept_are_no_code(tmp_path: Path, *, git: bool, changes: bool) -> None:
    folder = write(tmp_path / "p", {"etl.py": ""})
    if git:
        committed(folder)
    _plans(folder / "tuesday.bin", changes=changes)
    with tarfile.open(folder / "tuesday.bin") as kept:
        inside = {"about.json", f"{STAGE}/lock", *([f"{STAGE}/plan"] if changes else ())}
        assert set(kept.getnames()) == inside
    assert project.select(folder).names == ("etl.py",)


def test_plans_that_git_has_are_code_like_everything_it_has(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"etl.py": ""})
    _plans(folder / "plans.tar", changes=True)
    committed(folder)
    assert project.select(folder).names == ("etl.py", "plans.tar")


def test_other_archives_and_damaged_ones_are_code(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"about.json": "{}", "short.tar": "about.json", "empty": ""})
    _tar(folder / "mine.tar", "about.json", "data.csv")
    _tar(folder / "more.tar", f"{STAGE}/plan", f"{STAGE}/lock")
    (folder / "damaged.tar").write_bytes(b"about.json".ljust(1024, b"\0"))
    (folder / "link").symlink_to("nowhere")
    names = ("about.json", "damaged.tar", "empty", "link", "mine.tar", "more.tar", "short.tar")
    assert project.select(folder).names == names
