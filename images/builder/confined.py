"""Actions on a root file system, done where no name or link leads out of it."""

from __future__ import annotations

import os
import shutil
import tarfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from images.builder.errors import BuildError
from images.builder.layer import XATTR

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["extract", "remove", "start", "wait"]


def start(root: Path, action: Callable[[], None]) -> int:
    """Start an action in a child process that has a folder as its root; needs root's rights.

    Return its process id, for `wait`.
    """
    child = os.fork()
    if child:
        return child
    status, told = 1, False
    try:
        os.chroot(root)
        os.chdir("/")
        os.umask(0o022)
        action()
        status = 0
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        os.write(2, f"{error or type(error).__name__}\n".encode(errors="replace"))
        told = True
    finally:
        if status and not told:
            traceback.print_exc()
        os._exit(status)


def wait(child: int, what: str) -> None:
    """Wait for the child; raise if it failed, it has said why."""
    _, status = os.waitpid(child, 0)
    if status:
        raise BuildError(f"could not {what}", hint="the line above says why")


def extract(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """Extract one member of an archive in place of what is there; only folders stay.

    The path is absolute: the root is the child's own.
    """
    if not (member.isdir() and path.is_dir()):
        remove(path)
    member.name = str(path.relative_to("/"))
    if hasattr(tarfile, "fully_trusted_filter"):
        archive.extract(member, numeric_owner=True, filter="fully_trusted")
    else:
        archive.extract(member, numeric_owner=True)
    for key, value in member.pax_headers.items():
        if key.startswith(XATTR):
            data = value.encode("utf-8", "surrogateescape")
            os.setxattr(path, key.removeprefix(XATTR), data, follow_symlinks=False)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
