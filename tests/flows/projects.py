"""Projects as people have them, and runs of what they deploy."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[2]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, given by their names, and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


@contextmanager
def forgetting(folder: Path) -> Iterator[None]:
    """Forget at the end what was imported from a folder: another one's modules have its names."""
    before, path = set(sys.modules), list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, whatever this machine's settings are."""
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.com"}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**os.environ, **who},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def committed(folder: Path) -> str:
    """Make a repository of a folder, with everything in one commit; return it."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    return git(folder, "rev-parse", "HEAD")


LOCAL_SUBMODULES = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "protocol.file.allow",
    "GIT_CONFIG_VALUE_0": "always",
}
"""Lets git get a submodule from this machine, as its users have to."""


def with_submodule(top: Path, library: Path, at: str) -> str:
    """Make repositories of two folders, the second one a submodule of the first; return its
    one commit."""
    committed(library)
    git(top, "init", "-q", "-b", "main")
    allowed = ("-c", "protocol.file.allow=always")
    git(top, *allowed, "submodule", "--quiet", "add", "--name", "v", library.as_uri(), at)
    return committed(top)


def execute(run: str, environment: Mapping[str, str], folder: Path) -> str:
    """Run a flow run as a process worker does, in a folder of its own; return what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "prefect.engine"],
        cwd=folder,
        env=process_environment(environment) | {"PREFECT__FLOW_RUN_ID": run},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def python(program: Path | str, environment: Mapping[str, str], cwd: Path) -> Any:
    """Start a script as people do, and return what it printed."""
    return subprocess.run(
        [sys.executable, str(program)],
        cwd=cwd,
        env=process_environment(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def process_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with the checkout importable from any folder."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **more}
