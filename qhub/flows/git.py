"""What git knows of a project folder; nothing is changed, fetched or asked of a remote."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qhub.flows.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Commit",
    "Files",
    "check_submodules",
    "commit",
    "files",
    "is_claimed",
    "published_url",
    "repository",
    "submodules",
]

_DEADLINE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Commit:
    """`changed` names the files that differ from it or are new, relative to the project folder;
    those of submodules and of repositories inside, too."""

    sha: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Files of a folder, relative to it: committed or added, and the new ones not ignored.

    `absent` are the submodules that were not got.
    """

    tracked: tuple[str, ...]
    new: tuple[str, ...]
    absent: tuple[str, ...]


def repository(folder: Path) -> Path | None:
    """Return the top of the repository that a folder is in; None outside, or without git."""
    try:
        top = _git(folder, "rev-parse", "--show-toplevel")
    except (GitError, FileNotFoundError):
        return None
    return Path(top.rstrip("\n")) if top.strip() else None


def is_claimed(folder: Path) -> bool:
    """Tell whether a folder looks as in a repository, whether or not git is there and willing."""
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))


def commit(folder: Path) -> Commit | None:
    """Return the present commit; None in a repository that has none yet."""
    try:
        sha = _git(folder, "rev-parse", "--verify", "HEAD").strip()
    except GitError:
        return None
    how = ("--porcelain", "-z", "--no-renames", "-uall", "--ignore-submodules=none")
    told = _git(folder, "status", *how, "--", ".")
    here = _git(folder, "rev-parse", "--show-prefix").removesuffix("\n")  # of the repository's top
    names = [entry[3:].removeprefix(here) for entry in told.split("\0") if entry]
    return Commit(sha, tuple(deep for name in names for deep in _differing(folder, name)))


def files(folder: Path) -> Files:
    """Return the files that git knows or would add, those of submodules and of
    repositories inside too."""
    known = _deep(folder, _listed(folder, "--cached"))
    others = _deep(folder, _listed(folder, "--others", "--exclude-standard"))
    new = (*known.new, *others.tracked, *others.new)
    return Files(known.tracked, new, (*known.absent, *others.absent))


def submodules(folder: Path) -> dict[str, str]:
    """Return the commits of the submodules below a folder, as the present commit has them."""
    entries = _git(folder, "ls-tree", "-r", "-z", "HEAD").split("\0")
    told = (entry.partition("\t") for entry in entries if entry.startswith("160000 "))
    return {name: about.split()[2] for about, _, name in told}


def check_submodules(folder: Path) -> None:
    """Refuse a submodule that a clone would not get, as far as git here knows."""
    for name, sha in submodules(folder).items():
        _git(folder, "submodule", "status", "--", name)  # fails where .gitmodules has none
        path = folder / name
        if _is_repository(path) and _git(path, "rev-parse", "HEAD").strip() == sha:
            _check_published(path, sha)
            check_submodules(path)


def published_url(folder: Path, sha: str) -> str:
    """Return the address from which a run can clone the commit, as far as git here knows.

    A branch of a remote has to hold it; an address with a password in it is refused.
    """
    holders = _git(folder, "branch", "--remotes", "--contains", sha, "--format=%(refname:short)")
    remotes = _git(folder, "remote").split()
    if not remotes:
        raise GitError(
            f"the repository of {folder} has no remote",
            hint="push it somewhere, or deploy an archive (without storage='git')",
        )
    held = {branch.split("/")[0] for branch in holders.split()}
    chosen = next((name for name in ("origin", *remotes) if name in held), None)
    if chosen is None:
        raise GitError(
            f"no remote has the commit {sha[:12]}",
            hint="git push, then deploy again; or deploy an archive (without storage='git')",
        )
    return _without_password(_git(folder, "remote", "get-url", chosen).strip(), chosen)


def _without_password(url: str, remote: str) -> str:
    parts = urlsplit(url)
    named = parts.username if parts.scheme in ("http", "https") else parts.password
    if named:
        raise GitError(
            f"the address of the remote '{remote}' holds credentials, and Prefect would show them",
            hint=f"git remote set-url {remote} {parts.scheme}://{parts.hostname}{parts.path}; "
            "give the run's side a credential helper or a deploy key",
        )
    return url


def _check_published(folder: Path, sha: str) -> None:
    """Refuse a submodule's commit of which neither a remote's branch nor a tag is known."""
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true":
        return  # it knows of few
    if not _git(folder, "for-each-ref", "--contains", sha, "refs/remotes", "refs/tags"):
        raise GitError(
            f"no remote has the commit {sha[:12]} of {folder}",
            hint="git push there, then deploy again; or deploy an archive (without storage='git')",
        )


def _differing(folder: Path, name: str) -> Iterator[str]:
    """Yield what git says to differ; of a repository inside, which is told as one, its files."""
    path = folder / name
    if not _is_repository(path):
        yield name
        return
    inside = commit(path)
    if inside and inside.sha == _recorded(folder, name):
        found = inside.changed
    else:  # it is at another commit, or not part of this one
        listed = files(path)
        found = tuple(sorted((*listed.tracked, *listed.new)))
    yield from (f"{name.rstrip('/')}/{deep}" for deep in found)


def _recorded(folder: Path, name: str) -> str | None:
    """Return the commit of a submodule that the present commit has."""
    try:
        return _git(folder, "rev-parse", "--verify", f"HEAD:./{name.rstrip('/')}").strip()
    except GitError:
        return None


def _is_repository(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and (path / ".git").exists()


def _listed(folder: Path, *which: str) -> tuple[str, ...]:
    told = _git(folder, "ls-files", "-z", *which, "--", ".")
    return tuple(sorted({name for name in told.split("\0") if name}))


def _deep(folder: Path, names: tuple[str, ...]) -> Files:
    """Replace a repository inside, which git lists as a folder, by its files."""
    tracked: list[str] = []
    new: list[str] = []
    absent: list[str] = []
    for name in names:
        path = folder / name
        if _is_repository(path):
            inside = files(path)
            tracked += [f"{name.rstrip('/')}/{deep}" for deep in inside.tracked]
            new += [f"{name.rstrip('/')}/{deep}" for deep in inside.new]
            absent += [f"{name.rstrip('/')}/{deep}" for deep in inside.absent]
        elif path.is_dir() and not path.is_symlink():
            absent += [] if any(path.iterdir()) else [name]  # or a folder took a file's place
        elif path.is_symlink() or path.exists():  # what was deleted is still listed
            tracked.append(name)
    return Files(tuple(tracked), tuple(new), tuple(absent))


def _git(folder: Path, *arguments: str) -> str:
    """Return what git prints; names of files may be any bytes."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_OPTIONAL_LOCKS": "0",  # a status of ours is in nobody's way
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DEADLINE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {arguments[0]} took over {_DEADLINE_SECONDS} s in {folder}") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(f"git {arguments[0]} fails in {folder}: {told[0] if told else 'no word'}")
    return os.fsdecode(done.stdout)
