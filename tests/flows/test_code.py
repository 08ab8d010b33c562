"""The version of code, and what storage="git" accepts, where git names a folder or a deletion."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from qhub.flows import code
from qhub.flows.errors import GitError
from tests.flows.projects import committed, git, with_submodule, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _archived(folder: Path) -> code.Code:
    storage = str(folder.parent / "stored")
    return code.provide([], own=storage, platforms=None, project=folder, image=None)


def _version(folder: Path) -> str:
    """Return the version that a deploy of an archive records."""
    return _archived(folder).version.text


def _by_git(folder: Path) -> code.Code:
    return code.provide([], own="git", platforms=None, project=folder, image=None)


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed project in a subfolder of its repository, with a submodule."""
    folder = tmp_path_factory.mktemp("repositories")
    write(folder / "top", {"project/etl.py": "", "other.py": ""})
    write(folder / "library", {"rate.py": "RATE = 1\n", "old.py": ""})
    with_submodule(folder / "top", folder / "library", "project/vendored")
    git(folder, "init", "-q", "--bare", "top.git")
    git(folder / "top", "remote", "add", "origin", (folder / "top.git").as_uri())
    git(folder / "top", "push", "-q", "origin", "main")
    return folder


@pytest.fixture
def project(repositories: Path, tmp_path: Path) -> Path:
    """A copy of that project."""
    shutil.copytree(repositories, tmp_path, symlinks=True, dirs_exist_ok=True)
    top = tmp_path / "top"
    git(top, "remote", "set-url", "origin", (tmp_path / "top.git").as_uri())
    git(
        top / "project" / "vendored", "remote", "set-url", "origin", (tmp_path / "library").as_uri()
    )
    return top / "project"


def _moved(vendored: Path) -> None:
    write(vendored, {"rate.py": "RATE = 2\n"})
    git(vendored, "commit", "-qam", "other rate")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (lambda at: (at / "etl.py").unlink(), "etl.py"),
    "new": (lambda at: write(at, {"new.py": ""}), "new.py"),
    "in a submodule": (lambda at: write(at, {"vendored/rate.py": "2"}), "vendored/rate.py"),
    "new in a submodule": (lambda at: write(at, {"vendored/é.py": ""}), "vendored/é.py"),
    "deleted in a submodule": (
        lambda at: (at / "vendored" / "old.py").unlink(),
        "vendored/old.py",
    ),
    "another commit of a submodule": (
        lambda at: _moved(at / "vendored"),
        "vendored/old.py, vendored/rate.py",
    ),
    "a repository inside": (lambda at: committed(write(at / "inner", {"a.py": ""})), "inner/a.py"),
    "a repository inside without a commit": (
        lambda at: git(write(at / "inner", {"a.py": ""}), "init", "-q"),
        "inner/a.py",
    ),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_every_change_of_the_code_makes_a_new_version(
    project: Path, change: Callable[[Path], object], told: str
) -> None:
    clean = _version(project)
    assert clean == _by_git(project).version.text == git(project, "rev-parse", "HEAD")[:12]
    change(project)
    assert _version(project).startswith(f"{clean}-dirty.")
    with pytest.raises(GitError) as raised:
        _by_git(project)
    assert str(raised.value) == f"{project} differs from its last commit: {told}"


def test_a_submodule_whose_changes_git_is_told_to_ignore_counts(project: Path) -> None:
    top = git(project, "rev-parse", "--show-toplevel")
    git(project, "config", "--file", f"{top}/.gitmodules", "submodule.v.ignore", "all")
    git(project, "commit", "-qam", "ignore it")
    clean = _version(project)
    write(project, {"vendored/rate.py": "RATE = 2\n"})
    assert _version(project).startswith(f"{clean}-dirty.")


def test_what_is_no_code_changes_no_version(project: Path) -> None:
    clean = _version(project)
    write(project, {"etl.log": "", ".env": "", "__pycache__/etl.pyc": ""})
    write(project, {"vendored/run.log": "", "vendored/.env": "", "vendored/__pycache__/r.pyc": ""})
    git(write(project / "data", {"run.log": ""}), "init", "-q")
    assert _version(project) == clean
    assert _by_git(project).version.text == clean


def test_a_submodule_that_is_not_here_is_told_and_another_version(project: Path) -> None:
    clean = _version(project)
    git(project, "submodule", "--quiet", "deinit", "vendored")
    without = _archived(project)
    assert without.version.text.startswith(f"{clean}-dirty.")
    assert without.notes == (
        "the submodule vendored is not here, so not in the code: git submodule update --init",
    )
    assert _by_git(project).version.text == clean  # a run gets it
    write(project, {".qhubignore": "vendored/\n"})
    git(project, "add", ".qhubignore")
    git(project, "commit", "-qm", "not needed")
    again = _archived(project)
    assert (again.version.text, again.notes) == (git(project, "rev-parse", "HEAD")[:12], ())


def test_a_submodule_whose_commit_nobody_else_has_is_refused(project: Path) -> None:
    _moved(project / "vendored")
    git(project, "commit", "-qam", "move it")
    git(project, "push", "-q", "origin", "main")
    sha = git(project / "vendored", "rev-parse", "HEAD")
    with pytest.raises(GitError, match=rf"^no remote has the commit {sha[:12]} of .*/vendored"):
        _by_git(project)
    git(project / "vendored", "push", "-q", "origin", "HEAD:refs/heads/more")
    assert _by_git(project).version.text == git(project, "rev-parse", "HEAD")[:12]


def test_a_repository_inside_that_no_clone_would_get_is_refused(project: Path) -> None:
    committed(write(project / "inner", {"a.py": ""}))
    git(project, "add", "inner")
    git(project, "commit", "-qm", "a repository that .gitmodules does not name")
    git(project, "push", "-q", "origin", "main")
    with pytest.raises(GitError, match=r"no submodule mapping found .* for path '.*inner'"):
        _by_git(project)


def test_a_run_is_told_to_get_submodules_where_there_are_any(project: Path) -> None:
    def use() -> object:
        return _by_git(project).steps(["."])[-1]["qhub.flows.steps.use_folder"].get("submodules")

    assert use() is True
    git(project, "rm", "-q", "-f", "vendored")
    git(project, "commit", "-qm", "without")
    git(project, "push", "-q", "origin", "main")
    assert use() is None
