"""storage="git": only what a run could clone is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.flows import git as ours
from qhub.flows.errors import GitError
from tests.flows.projects import committed, git, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project in a subfolder of a repository, pushed to a remote."""
    top = write(tmp_path / "top", {"project/etl.py": "", "other/x.py": ""})
    committed(top)
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(top, "remote", "add", "origin", (tmp_path / "remote.git").as_uri())
    git(top, "push", "-q", "origin", "main")
    return top / "project"


def test_only_changes_of_the_project_make_it_dirty(clone: Path) -> None:
    commit = ours.commit(clone)
    assert commit is not None
    write(clone.parent, {"other/x.py": "y = 1\n"})
    assert ours.commit(clone) == commit
    write(clone, {"etl.py": "y = 1\n", "neu é.py": ""})
    changed = ours.commit(clone)
    assert changed is not None
    assert (changed.sha, changed.changed) == (commit.sha, ("etl.py", "neu é.py"))


def test_a_pushed_commit_has_an_address(clone: Path, tmp_path: Path) -> None:
    sha = git(clone, "rev-parse", "HEAD")
    assert ours.published_url(clone, sha) == (tmp_path / "remote.git").as_uri()


def test_a_commit_that_nobody_else_has_is_refused(clone: Path) -> None:
    write(clone, {"etl.py": "y = 1\n"})
    git(clone, "commit", "-qam", "more")
    sha = git(clone, "rev-parse", "HEAD")
    with pytest.raises(GitError, match=f"^no remote has the commit {sha[:12]}"):
        ours.published_url(clone, sha)
    git(clone, "remote", "remove", "origin")
    with pytest.raises(GitError, match=r"has no remote"):
        ours.published_url(clone, sha)


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://ada:hunter2@git.example/x.git", True),
        ("https://hunter2@git.example/x.git", True),
        ("ssh://git@git.example/x.git", False),
        ("git@git.example:x.git", False),
        ("https://git.example/x.git", False),
    ],
)
def test_an_address_with_a_password_is_refused(clone: Path, url: str, refused: bool) -> None:  # noqa: FBT001 a table's
    git(clone, "remote", "set-url", "origin", url)
    sha = git(clone, "rev-parse", "HEAD")
    if not refused:
        assert ours.published_url(clone, sha) == url
        return
    with pytest.raises(GitError, match=r"holds credentials") as raised:
        ours.published_url(clone, sha)
    assert "hunter2" not in str(raised.value) + raised.value.hint


def test_outside_of_git_there_is_no_repository(tmp_path: Path) -> None:
    assert ours.repository(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert ours.repository(tmp_path) == tmp_path.resolve()
    assert ours.commit(tmp_path) is None
