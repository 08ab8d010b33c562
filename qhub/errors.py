"""Every error that QHub raises on purpose; `qhub.cli.main` alone prints them.

QhubError                    status 3, a line of what and, as `hint`, a line of how to mend it
├── ConfigError              status 1, carries the `Problem`s of a config file
├── DifferenceError          status 1, `render --check` found the disk different
├── EditedFilesError         status 5, a generated file was edited and would be lost
├── ExistingFileError        status 5, a file of the user's would be lost
├── LockedError              status 3, another qhub works on the same folder
└── WriteError               status 3, the disk refused
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qhub.config.problem import Problem

__all__ = [
    "ConfigError",
    "DifferenceError",
    "EditedFilesError",
    "ExistingFileError",
    "LockedError",
    "QhubError",
    "WriteError",
]


class QhubError(Exception):
    """Base of all: `status` is the exit status, `hint` how to mend it (may be empty)."""

    status: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(QhubError):
    """The config file cannot be used; `problems` are in file order, at least one is an error."""

    status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(f"{p.file}:{p.line}:{p.column}  {p.message}" for p in problems))
        self.problems = tuple(problems)


class DifferenceError(QhubError):
    """The rendered files on disk are not what the config renders.

    `paths` says which; `kinds` says which of them are missing, different, edited or left over.
    """

    status = 1

    def __init__(
        self,
        message: str,
        *,
        paths: Sequence[str],
        kinds: Mapping[str, Sequence[str]],
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.paths = tuple(paths)
        self.kinds = {kind: tuple(inside) for kind, inside in kinds.items()}


class EditedFilesError(QhubError):
    """Files are not as QHub left them and would be lost; nothing was written."""

    status = 5

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            "nothing was written: these files were edited since QHub wrote them, "
            f"or are not its own: {', '.join(paths)}",
            hint="move an edit into the config, a file of your own away, "
            "or overwrite it with --force",
        )
        self.paths = tuple(paths)


class ExistingFileError(QhubError):
    """A file that QHub would write is there already; nothing was written."""

    status = 5

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already", hint="write over it with --force")


class LockedError(QhubError):
    """Another qhub renders or deploys the same folder."""


class WriteError(QhubError):
    """The disk refused an operation; `path` says where."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(f"cannot write {path}: {cause.strerror or cause}")
        self.path = path
