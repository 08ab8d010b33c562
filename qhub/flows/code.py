"""How the code of a deployment reaches its runs: an archive in the storage, a git commit, or the
image that they run in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.flows import archive, git, storage, versions
from qhub.flows import project as project_files
from qhub.flows.built import CODE_FOLDER
from qhub.flows.errors import ArchiveError, FlowSourceError, GitError, ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qhub.flows.built import Built
    from qhub.flows.entrypoints import Source

__all__ = ["Code", "Local", "in_image", "local", "notes", "provide"]


@dataclass(frozen=True, slots=True)
class Code:
    """Code where runs can fetch it; `steps` makes Prefect's pull steps from import folders."""

    folder: Path
    version: versions.Version
    steps: Callable[[Sequence[str]], list[dict[str, Any]]]
    notes: tuple[str, ...] = ()


def provide(
    sources: Sequence[Source],
    *,
    own: str | None,
    platforms: str | None,
    project: str | Path | None,
    image: str | None,
) -> Code:
    """Put the project of some flows where their runs can fetch it, if it is not there yet.

    `own` is the storage that the caller named, `platforms` the one that is used without.
    """
    folder = _folder(sources, project)
    if own == "git":
        return _committed(folder, sources, image)
    url = own or platforms
    if not url:
        raise ArchiveError(
            "the platform says no place for the code of flows",
            hint="put it into an image (`qhub flow build`, then image='…', build=False), or name "
            "a place: storage='git', or a URL as storage='s3://bucket/flows'",
        )
    code = local(sources, folder)
    packed = archive.pack(folder, code.selection.names)
    # a folder of the platform's that is missing here means: this is not the platform's machine
    stored = storage.put(url, packed, make=own is not None)
    return _archived(code, packed.digest, stored, image)


def in_image(
    sources: Sequence[Source], image: str, built: Built | None, *, project: str | Path | None
) -> Code:
    """Return the code that an image holds: the one that `built` says, or one of the caller's."""
    folder = built.folder if built and project is None else _folder(sources, project)
    given: dict[str, Any] = {"directory": CODE_FOLDER, "image": image}
    told = _check_built(folder, sources, built) if built else ()
    if built:
        given["sha256"] = built.code

    def steps(paths: Sequence[str]) -> list[dict[str, Any]]:
        return [{"qhub.flows.steps.use_image": {**given, "paths": list(paths)}}]

    version = versions.of(
        commit=built.commit if built else None,
        dirty=bool(built and built.is_dirty),
        digest=built.code if built else None,
        image=image,
    )
    return Code(folder, version, steps, told)


def _check_built(folder: Path, sources: Sequence[Source], built: Built) -> tuple[str, ...]:
    """Refuse a flow that is not in an image; return what else to know."""
    for item in sources:
        inside = folder == built.folder and item.file.is_relative_to(folder)
        if not inside or item.file.relative_to(folder).as_posix() not in built.files:
            raise ImageError(
                f"the flow '{item.flow.name}' of {item.file} is not in the image {built.image}",
                hint=f"it holds {built.folder}; build it again with this flow, too",
            )
    told = []
    if archive.pack(folder, project_files.select(folder).names).digest != built.code:
        told.append(f"{folder} has changed since the image was built: runs have the code of then")
    if not built.pushed:
        told.append(
            f"the image {built.image} was not pushed: runs find it only where it was loaded"
        )
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Local:
    """The code of a project as it lies here, and the commit that it comes nearest to."""

    folder: Path
    selection: project_files.Selection
    commit: git.Commit | None

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from the commit."""
        changed = self.commit and _changed(self.folder, self.commit, self.selection)
        return bool(self.commit and (self.selection.absent or changed))


def local(sources: Sequence[Source], project: str | Path | None) -> Local:
    """Return the project of some flows, which are in it."""
    folder = _folder(sources, project)
    selection = project_files.select(folder)
    _check_inside(folder, sources, selection)
    return Local(folder, selection, git.commit(folder) if git.repository(folder) else None)


def _folder(sources: Sequence[Source], chosen: str | Path | None) -> Path:
    if chosen is not None:
        folder = Path(chosen).expanduser().resolve()
        if not folder.is_dir():
            raise ArchiveError(
                f"there is no project folder {folder}",
                hint="name one that holds the flow: project='…'",
            )
        return folder
    folders = {project_files.find(item.file) for item in sources}
    if len(folders) > 1:
        listed = ", ".join(map(str, sorted(folders)))
        raise FlowSourceError(
            f"these flows are of several projects: {listed}",
            hint="deploy each by itself, or name the folder that holds all: project='…'",
        )
    return folders.pop()


def _archived(code: Local, digest: str, stored: str, image: str | None) -> Code:
    version = versions.of(
        commit=code.commit.sha if code.commit else None,
        dirty=code.is_dirty,
        digest=digest,
        image=image,
    )

    def steps(paths: Sequence[str]) -> list[dict[str, Any]]:
        given = {"url": stored, "sha256": digest, "paths": list(paths)}
        return [{"qhub.flows.steps.pull_archive": given}]

    return Code(code.folder, version, steps, notes(code))


def notes(code: Local) -> tuple[str, ...]:
    """Return what the author of some code should know of what is in it, and what is not."""
    folder, selection = code.folder, code.selection
    told = [
        f"{name} looks like a secret and is left out; secrets belong into the platform's config"
        for name in selection.secrets
    ]
    told += selection.notes
    told += [
        f"the submodule {name} is not here, so not in the code: git submodule update --init"
        for name in selection.absent
    ]
    if code.commit is None and not git.repository(folder) and git.is_claimed(folder):
        told.append(
            f"git does not answer for {folder}: the version has no commit, and what it ignores "
            "is taken from .gitignore alone"
        )
    return tuple(told)


def _committed(folder: Path, sources: Sequence[Source], image: str | None) -> Code:
    top = git.repository(folder)
    commit = git.commit(folder) if top else None
    if top is None or commit is None:
        raise GitError(
            f"{folder} has no git commit", hint="git init, commit and push; or deploy an archive"
        )
    if changed := _changed(folder, commit, project_files.select(folder)):
        listed = ", ".join(changed[:5]) + (", …" if len(changed) > 5 else "")
        raise GitError(
            f"{folder} differs from its last commit: {listed}",
            hint="commit and push it, or deploy an archive (without storage='git')",
        )
    _check_committed(folder, sources)
    url = git.published_url(folder, commit.sha)
    git.check_submodules(folder)
    more = {"submodules": True} if git.submodules(folder) else {}
    inside = folder.resolve().relative_to(top.resolve()).as_posix()

    def steps(paths: Sequence[str]) -> list[dict[str, Any]]:
        clone = {"id": "clone", "repository": url, "commit": commit.sha}
        use = {
            "directory": "{{ clone.directory }}",
            "repository": url,
            "commit": commit.sha,
            "folder": inside,
            "paths": list(paths),
            **more,
        }
        return [
            {"qhub.flows.steps.clone": clone},
            {"qhub.flows.steps.use_folder": use},
        ]

    version = versions.of(commit=commit.sha, dirty=False, digest=None, image=image)
    return Code(folder, version, steps)


def _changed(
    folder: Path, commit: git.Commit, selection: project_files.Selection
) -> tuple[str, ...]:
    """Return which files of the code are not as committed; bytecode, say, is none of it."""
    selected = set(selection.names)
    return tuple(
        name for name in commit.changed if name in selected or not (folder / name).exists()
    )


def _check_inside(
    folder: Path, sources: Sequence[Source], selection: project_files.Selection
) -> None:
    """Refuse a flow whose own file a run would miss."""
    for item in sources:
        if not item.file.is_relative_to(folder):
            continue  # told with the entrypoint
        name = item.file.relative_to(folder).as_posix()
        if name not in selection.names:
            raise ArchiveError(
                f"{name}, which holds the flow '{item.flow.name}', is not part of the code",
                hint="it is listed in .gitignore, .prefectignore or .qhubignore",
            )


def _check_committed(folder: Path, sources: Sequence[Source]) -> None:
    tracked = set(git.files(folder).tracked)
    for item in sources:
        if item.file.is_relative_to(folder) and (
            item.file.relative_to(folder).as_posix() not in tracked
        ):
            raise GitError(f"{item.file} is not in git", hint="add it, commit and push")
