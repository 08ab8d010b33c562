"""What git knows of a project folder; nothing is changed, fetched or asked of a remote."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from qhub.flows.errors import GitError

__all__ = ["Commit", "Files", "commit", "files", "is_claimed", "published_url", "repository"]

_DEADLINE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Commit:
    """`changed` names what differs from it or is new, relative to the project folder."""

    sha: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Files of a folder, relative to it: committed or added, and the new ones not ignored."""

    tracked: tuple[str, ...]
    new: tuple[str, ...]


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
    told = _git(folder, "status", "--porcelain", "-z", "--no-renames", "-uall", "--", ".")
    return Commit(sha, tuple(entry[3:] for entry in told.split("\0") if entry))


def files(folder: Path) -> Files:
    """Return the files that git knows or would add, those of submodules and of
    repositories inside too."""
    tracked = _listed(folder, "--cached")
    new = _listed(folder, "--others", "--exclude-standard")
    return Files(_deep(folder, tracked), _deep(folder, new))


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


def _listed(folder: Path, *which: str) -> tuple[str, ...]:
    told = _git(folder, "ls-files", "-z", *which, "--", ".")
    return tuple(sorted({name for name in told.split("\0") if name}))


def _deep(folder: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Replace a repository inside, which git lists as a folder, by its files."""
    found: list[str] = []
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            if (path / ".git").exists():
                inside = files(path)
                found += [f"{name.rstrip('/')}/{deep}" for deep in inside.tracked + inside.new]
        elif path.is_symlink() or path.exists():  # what was deleted is still listed
            found.append(name)
    return tuple(found)


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
