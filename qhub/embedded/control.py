"""Where supervisor listens: a unix socket in the state folder, or a short path instead of it.

The path of a unix socket holds 104 bytes (108 on Linux), and supervisor binds to a temporary
name beside it. Where the state folder's path is longer, the socket lies in a private folder of
its own below the temporary folder; the file `socket` in the state says where.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.files import replace

if TYPE_CHECKING:
    from qhub.embedded.layout import Layout

__all__ = ["clear_socket", "make_socket", "socket_path"]

_LONGEST = 104 - 1 - len(".4194304")  # the end of the text, and ".PID" of the temporary name


def socket_path(layout: Layout) -> Path:
    """Return where supervisor of this platform listens, if it runs."""
    with suppress(OSError):
        return Path(_note(layout).read_text())
    return layout.socket


def make_socket(layout: Layout) -> Path:
    """Return where supervisor shall listen; makes a folder where the usual place is too long."""
    if len(os.fsencode(layout.socket)) <= _LONGEST:
        clear_socket(layout)
        return layout.socket
    known = socket_path(layout)
    if known != layout.socket and _is_private(known.parent):
        known.unlink(missing_ok=True)
        return known
    folder = tempfile.mkdtemp(prefix="qhub-", dir=_short_folder())
    path = Path(folder) / "s"
    replace({_note(layout): os.fsencode(path)})
    return path


def clear_socket(layout: Layout) -> None:
    """Remove the socket that a dead supervisor left, and the folder that was made for it."""
    path = socket_path(layout)
    if path != layout.socket and _is_private(path.parent):
        shutil.rmtree(path.parent, ignore_errors=True)
    _note(layout).unlink(missing_ok=True)
    layout.socket.unlink(missing_ok=True)


def _note(layout: Layout) -> Path:
    return layout.root / "socket"


def _short_folder() -> str:
    """Return a folder for short-lived files: of the session, the temporary one, or /tmp."""
    room = _LONGEST - len("/qhub-12345678/s")
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()):
        if (
            folder.startswith("/")
            and len(os.fsencode(folder)) <= room
            and os.access(folder, os.W_OK)
        ):
            return folder
    return "/tmp"  # noqa: S108 mkdtemp makes a private folder in it


def _is_private(folder: Path) -> bool:
    """Tell whether a folder is there, is no link, and is for this user alone."""
    with suppress(OSError):
        found = folder.lstat()
        mode = stat.S_IMODE(found.st_mode)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and mode == 0o700
    return False
