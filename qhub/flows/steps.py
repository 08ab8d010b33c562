"""Pull steps of Prefect: what a run does first to have its code.

A deployment names them by their path; they run in the process of the flow run, and leave there
the working folder, `sys.path`, and in the environment:

    QHUB_CODE          URL of the archive, or of the git repository
    QHUB_CODE_DIGEST   SHA-256 of the tar in the archive, or the commit
    QHUB_CODE_PATH     the folders put on `sys.path`, for processes elsewhere (Dask workers)
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.flows.errors import ArchiveError, GitError
from qhub.flows.storage import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["pull_archive", "use_folder"]

_SUBMODULES_SECONDS = 600


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
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(folder, filter="data")
    return _use(folder, paths, code=url, digest=sha256)


def use_folder(
    directory: str,
    repository: str,
    commit: str,
    folder: str = ".",
    paths: Sequence[str] = (".",),
    *,
    submodules: bool = False,
) -> dict[str, str]:
    """Go to the project's folder of a clone that Prefect's own step made.

    `submodules` gets those of the folder: Prefect's step leaves them out where it gets a commit
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
