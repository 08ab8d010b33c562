"""Plans that are kept: one file with the plan of each stage and a hash of what was rendered.

A plan of Terraform holds its configuration and no secret value; whoever applies it must give the
values again. The file is for its owner alone all the same: a state may say much of a platform.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub import __version__
from qhub.deploy.errors import ArchiveError, ArchivePlaceError
from qhub.errors import ExistingFileError
from qhub.render import manifest
from qhub.render.refusal import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from qhub.deploy.request import Request
    from qhub.deploy.stages import Stage
    from qhub.deploy.steps import StagePlan

__all__ = ["LOCK_FILE", "Kept", "read", "require_place", "tree", "write", "write_private"]

_FORMAT = 1
_ABOUT = "about.json"
LOCK_FILE = ".terraform.lock.hcl"
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """The plan of a stage as an archive has it; None where the stage has nothing to do.

    `revisions` are those of the Secrets that it was made with. `lock` is the file that names the
    providers it was made with.
    """

    plan: bytes | None
    lock: bytes | None
    revisions: Mapping[str, int]
    after: str | None


def tree(request: Request) -> str:
    """Return the hash of everything that the config renders to."""
    return hashlib.sha256(manifest.dump(request.bundle)).hexdigest()


def require_place(path: Path, *, force: bool) -> None:
    """Raise where plans cannot be kept at `path`, or something else would be lost there.

    An archive of plans is written over, and so is an empty file; with `force` any file.
    """
    with refusals(path):
        if path.name in {"", ".."} or path.is_dir():
            raise ArchivePlaceError(
                f"'{path}' is a folder; plans are kept in a file", hint="name one, as plans.tar"
            )
        if path.exists() and not path.is_file():
            raise ArchivePlaceError(
                f"'{path}' is no file that plans could be kept in", hint="name one, as plans.tar"
            )
        if not path.exists() or force or not path.stat().st_size:
            return
    try:
        _about(path, _unpacked(path))
    except ArchiveError as error:
        raise ExistingFileError(path) from error


def write(path: Path, request: Request, plans: Iterable[tuple[Stage, StagePlan]]) -> None:
    """Write the plans that lie in the stages' plan files; raises `WriteError`."""
    files: dict[str, bytes] = {}
    listed = []
    for stage, made in plans:
        if stage.plan_file.is_file() and not made.is_empty:
            files[f"{stage.name}/plan"] = stage.plan_file.read_bytes()
        lock = stage.folder / LOCK_FILE
        if lock.is_file():
            files[f"{stage.name}/lock"] = lock.read_bytes()
        listed.append({"name": made.stage, "revisions": dict(made.revisions), "after": made.after})
    about = {
        "format": _FORMAT,
        "qhub": __version__,
        "project": request.platform.project,
        "namespace": request.platform.namespace,
        "tree": tree(request),
        "stages": listed,
        "files": {name: _mark(content) for name, content in files.items()},
    }
    files[_ABOUT] = json.dumps(about, indent=2).encode() + b"\n"
    with refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".qhub-new")
        try:
            write_private(new, _packed(files))
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def read(path: Path, request: Request) -> dict[str, Kept]:
    """Return the plans by stage; raises `ArchiveError` for one that is not of this config."""
    files = _unpacked(path)
    about = _about(path, files)
    if {name: _mark(content) for name, content in files.items() if name != _ABOUT} != (
        about["files"]
    ):
        raise ArchiveError(
            f"{path} is damaged: what is in it is not what was written",
            hint="fetch it again, or plan again: qhub plan --out FILE",
        )
    if about["project"] != request.platform.project or (
        about["namespace"] != request.platform.namespace
    ):
        raise ArchiveError(
            f"{path} holds plans for {about['project']} ({about['namespace']}), "
            f"not for {request.name}",
            hint="plan again with this config file: qhub plan --out FILE",
        )
    if about["tree"] != tree(request):
        by = f", by QHub {about['qhub']}" if about["qhub"] != __version__ else ""
        raise ArchiveError(
            f"{path} was planned from other files{by}: {request.document.file} renders "
            "something else now",
            hint="plan again: qhub plan --out FILE",
        )
    return {
        stage["name"]: Kept(
            plan=files.get(f"{stage['name']}/plan"),
            lock=files.get(f"{stage['name']}/lock"),
            revisions=stage["revisions"],
            after=stage["after"],
        )
        for stage in about["stages"]
    }


def _about(path: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        about = json.loads(files[_ABOUT])
        if about["format"] > _FORMAT:
            raise ArchiveError(
                f"{path} was written by a later QHub ({about['qhub']})", hint="upgrade this one"
            )
        keys = {"project", "namespace", "tree", "qhub", "stages", "files"}
        if keys <= about.keys() and all(
            {"name", "revisions", "after"} <= stage.keys() for stage in about["stages"]
        ):
            return dict(about)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise _no_archive(path)


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _no_archive(path: Path) -> ArchiveError:
    return ArchiveError(f"{path} is no archive of plans", hint="`qhub plan --out FILE` writes one")


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive: the same bytes for the same files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), 0o600
            archive.addfile(entry, io.BytesIO(files[name]))
    return packed.getvalue()


def _unpacked(path: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(path, mode="r:") as archive:
            found: dict[str, bytes] = {}
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None or entry.size > _MOST_BYTES:
                    raise _no_archive(path)
                found[entry.name] = content.read()
            return found
    except FileNotFoundError:
        raise ArchiveError(
            f"there is no file {path}", hint="`qhub plan --out FILE` writes one"
        ) from None
    except (OSError, tarfile.TarError) as error:
        raise _no_archive(path) from error
