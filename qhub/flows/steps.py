"""Pull steps of Prefect: what a run does first to have its code.

A deployment names them by their path; they run in the process of the flow run, and leave there
the working folder, `sys.path`, and in the environment:

    QHUB_CODE          URL of the archive, or of the git repository, or the image
    QHUB_CODE_DIGEST   SHA-256 of the tar in the archive, or the commit; empty if it is not known
    QHUB_CODE_PATH     the folders put on `sys.path`, for processes elsewhere (Dask workers)
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import logging
import os
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from qhub.flows.archive import unpack
from qhub.flows.errors import ArchiveError, FlowsError, GitError, ImageError
from qhub.flows.storage import fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

P = ParamSpec("P")
T = TypeVar("T")

__all__ = ["clone", "pull_archive", "use_folder", "use_image"]

_SUBMODULES_SECONDS = 600
_SUPERVISOR = "prefect.runner._workspace_supervisor"
"""Carries out the steps of runs that `prefect flow-run execute` starts."""
_HELD = "QHUB_IMAGE_CODE"
"""Says in an image of ours the SHA-256 of its code, as an archive of it would have."""


def _told(step: Callable[P, T]) -> Callable[P, T]:
    """Have a step say in the log of its run why it fails, where Prefect does not.

    Prefect 3.8's supervisor prints it to the container's standard error alone, and the run has
    "Process exited with status code: 1".
    """

    @functools.wraps(step)
    def telling(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return step(*args, **kwargs)
        except FlowsError as error:
            run, spec = os.environ.get("PREFECT__FLOW_RUN_ID"), sys.modules["__main__"].__spec__
            if run and spec and spec.name == _SUPERVISOR:
                names = {"flow_run_id": run, "flow_run_name": run, "flow_name": ""}
                text = f"{error}\n{error.hint}" if error.hint else str(error)
                logging.getLogger("prefect.flow_runs").error(text, extra=names)
            raise

    return telling


@_told
def pull_archive(url: str, sha256: str, paths: Sequence[str] = (".",)) -> dict[str, str]:
    """Unpack an archive into a new folder below the working one, and go there.

    `paths` are its folders to import from, the first one first.
    """
    content = _tar(url, fetch(url))
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ArchiveError(
            f"{url} is not what was deployed: its digest is {digest}, not {sha256}",
            hint="deploy the flow again",
        )
    folder = Path(tempfile.mkdtemp(prefix=f"code-{sha256[:12]}-", dir=Path.cwd()))
    unpack(content, folder)
    return _use(folder, paths, code=url, digest=sha256)


@_told
def use_image(
    directory: str, paths: Sequence[str] = (".",), *, sha256: str | None = None, image: str = ""
) -> dict[str, str]:
    """Go to the folder of an image that holds the project.

    `sha256` is of the code that was deployed: another image's, or an older one's, is refused.
    """
    folder = Path(directory)
    held = os.environ.get(_HELD, "")
    called = f"the image {image}" if image else "the image"
    if not folder.is_dir() or not any(folder.iterdir()):
        raise ImageError(
            f"{called} has no code in {directory}",
            hint="build it with the flows: qhub flow build",
        )
    if sha256 and held != sha256:
        what = f"code {held[:12]}" if held else "code that qhub did not put there"
        raise ImageError(
            f"the run's image holds {what}, and {sha256[:12]} was deployed",
            hint="build and deploy again; a run's own image= or profile may name another one",
        )
    return _use(folder, paths, code=image or directory, digest=held)


@_told
def clone(repository: str, commit: str) -> dict[str, str]:
    """Clone a commit below the working folder, by Prefect's own step; `directory` is then there."""
    from prefect.deployments.steps.pull import agit_clone

    name = f"code-{commit[:12]}"
    try:
        return asyncio.run(
            agit_clone(repository=repository, commit_sha=commit, clone_directory_name=name)
        )
    except RuntimeError as error:  # all that Prefect makes of what git says
        raise GitError(
            f"the commit {commit[:12]} of {repository} cannot be cloned: {error}",
            hint="give the run's side access to it, or deploy an archive (without storage='git')",
        ) from error


@_told
def use_folder(
    directory: str,
    repository: str,
    commit: str,
    folder: str = ".",
    paths: Sequence[str] = (".",),
    *,
    submodules: bool = False,
) -> dict[str, str]:
    """Go to the project's folder of a clone.

    `submodules` gets those of the folder: Prefect leaves them out where it gets a commit
    (3.x: `include_submodules` clones with --no-checkout, and git then takes none).
    """
    here = Path(directory).absolute() / folder
    if submodules:
        _get_submodules(here)
    return _use(here, paths, code=repository, digest=commit)


def _use(folder: Path, paths: Sequence[str], *, code: str, digest: str) -> dict[str, str]:
    os.chdir(folder)
    added = [str((folder / path).resolve()) for path in paths]
    sys.path[:] = [*added, *(path for path in sys.path if path not in added)]
    os.environ["QHUB_CODE"] = code
    os.environ["QHUB_CODE_DIGEST"] = digest
    os.environ["QHUB_CODE_PATH"] = os.pathsep.join(added)
    return {"directory": str(folder)}


def _get_submodules(folder: Path) -> None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "submodule", "update", "--init", "--recursive", "--", "."],
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SUBMODULES_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(
            f"the submodules of {folder} take over {_SUBMODULES_SECONDS} s to come"
        ) from error
    if done.returncode:
        told = "; ".join(re.findall(r"(?:fatal|error): .*", done.stderr)[-2:]) or "git says no word"
        raise GitError(
            "a submodule cannot be fetched: " + re.sub(r"//[^/@\s]+@", "//", told),
            hint="give the run's side access to it, or deploy an archive (without storage='git')",
        )


def _tar(url: str, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{url} is damaged: {error}", hint="deploy the flow again") from error
