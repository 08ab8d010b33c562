"""Makes a project's own modules importable on the scheduler and the workers of a cluster.

A flow's file travels by value; a module that it imports is only named, so it has to be there.
The folders that the flow imports from go to the cluster as a zip, once, and stay for workers
that come later.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import SchedulerPlugin, WorkerPlugin  # noqa: TID253 its subclasses travel by name

from qhub.flows.project import NEVER, package_top
from qhub.flows.run_context import flow_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from logging import Logger, LoggerAdapter

    from distributed import Client, Scheduler, Worker

__all__ = ["Code", "code_of_run", "send"]

_MOST_BYTES = 32 * 2**20
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip knows: the same files are the same bytes."""


@dataclass(frozen=True, slots=True)
class Code:
    """Folders as a zip; `paths` are those below its top that are imported from."""

    digest: str
    archive: bytes
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a cluster knows it by."""
        return f"qhub-code-{self.digest[:16]}"


def code_of_run() -> Code | None:
    """Return the code of the flow that runs; None where there is no file beside it.

    A deployed flow says where its code is (QHUB_CODE_PATH, QHUB_CODE_DIGEST); for another one it
    is the modules beside its file, or beside the program that runs.
    """
    given = os.environ.get("QHUB_CODE_PATH", "")
    if given:
        folders = tuple(Path(path) for path in given.split(os.pathsep))
        top = Path(os.path.commonpath(folders))
        paths = tuple(folder.relative_to(top).as_posix() for folder in folders)
        return _packed(top, paths, os.environ.get("QHUB_CODE_DIGEST", ""), whole=True)
    file = flow_file() or _program()
    return None if file is None else _beside(package_top(file).parent)


def send(client: Client, code: Code | None, log: Logger | LoggerAdapter[Any]) -> None:
    """Put code on the scheduler and on all workers of a cluster, unless it is there."""
    if code is None:
        return
    if len(code.archive) > _MOST_BYTES:
        log.warning(
            "the flow's folder has %d MB: its own modules are not sent to the Dask cluster",
            len(code.archive) // 2**20,
        )
        return
    client.register_plugin(_OnScheduler(code))
    client.register_plugin(_OnWorker(code))


class _OnScheduler(SchedulerPlugin):
    idempotent = True

    def __init__(self, code: Code) -> None:
        self.code, self.name = code, code.name

    async def start(self, scheduler: Scheduler) -> None:  # noqa: ARG002 Dask's signature
        _install(self.code)


class _OnWorker(WorkerPlugin):
    idempotent = True

    def __init__(self, code: Code) -> None:
        self.code, self.name = code, code.name

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 Dask's signature
        _install(self.code)


def _install(code: Code) -> None:
    """Unpack where Dask keeps its files, for one process or several, and import from there."""
    import dask

    parent = Path(dask.config.get("temporary-directory") or tempfile.gettempdir())
    folder = parent / code.name
    if not folder.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f"{code.name}-", dir=parent))
        with zipfile.ZipFile(io.BytesIO(code.archive)) as archive:
            archive.extractall(fresh)
        try:
            fresh.rename(folder)
        except OSError:  # another process was quicker
            folder = folder if folder.is_dir() else fresh
    added = [str((folder / path).resolve()) for path in code.paths]
    sys.path[:] = [*added, *(path for path in sys.path if path not in added)]


def _beside(top: Path) -> Code | None:
    """Return the modules of a folder, unless it is one of installed packages."""
    if top.is_relative_to(sys.prefix) or "site-packages" in top.parts:
        return None
    return _packed(top, (".",), "", whole=False)


def _packed(top: Path, paths: tuple[str, ...], digest: str, *, whole: bool) -> Code:
    """Return a zip of a folder: all of deployed code, else the modules and packages."""
    names = _everything(top) if whole else _modules(top)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(names):
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (top / name).read_bytes())
    content = buffer.getvalue()
    return Code(digest or hashlib.sha256(content).hexdigest(), content, paths)


def _everything(top: Path) -> Iterator[str]:
    for path, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in NEVER]
        found = (Path(path) / name for name in files)
        yield from (file.relative_to(top).as_posix() for file in found if file.is_file())


def _modules(top: Path) -> Iterator[str]:
    """Yield the modules at the top of a folder, and what is in the packages there."""
    for entry in top.iterdir():
        if entry.is_file() and entry.suffix == ".py":
            yield entry.name
        elif (entry / "__init__.py").is_file() and entry.name not in NEVER:
            yield from (f"{entry.name}/{name}" for name in _everything(entry))


def _program() -> Path | None:
    """Return the file of the program that runs; a notebook or a prompt has none."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return Path(file).resolve() if file and Path(file).is_file() else None
