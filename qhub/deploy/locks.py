"""Who holds the lock on a state, and since when: as Terraform tells it, or as it is written down.

Terraform locks a state while it works. A Terraform that was killed leaves the lock of most
backends behind; where it was one that a qhub of this machine started, the next one takes it away.
"""

from __future__ import annotations

import os
import platform
import pwd
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qhub.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from qhub.deploy.events import Diagnostic
    from qhub.deploy.terraform import Terraform

__all__ = ["Holder", "holder", "holder_in", "is_of_this_machine", "locked", "unlock"]

_SUMMARY = "Error acquiring the state lock"
# A backend in a cluster has no path: what follows an empty one is the next line's.
_FIELD = re.compile(
    r"^[ \t]*(ID|Path|Operation|Who|Version|Created):[ \t]*(.*?)[ \t]*$", re.MULTILINE
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Holder:
    """What a lock says of who took it; texts may be empty."""

    id: str
    who: str
    operation: str
    created: str

    @property
    def since(self) -> datetime | None:
        """When it was taken."""
        found = _TIME.search(self.created)
        if found is None:
            return None
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC)


def holder(diagnostics: Iterable[Diagnostic]) -> Holder | None:
    """Return who holds the lock that Terraform could not get; None where that was not the error."""
    for told in diagnostics:
        if told.severity == "error" and told.summary == _SUMMARY:
            return _holder(told.detail)
    return None


def holder_in(text: str) -> Holder | None:
    """Return the same from what Terraform writes for people; its frames are no matter."""
    return _holder(re.sub("[│╷╵]", " ", text)) if _SUMMARY in text else None


def _holder(text: str) -> Holder:
    fields = dict(_FIELD.findall(text))
    return Holder(
        id=fields.get("ID", ""),
        who=fields.get("Who", ""),
        operation=fields.get("Operation", ""),
        created=fields.get("Created", ""),
    )


def locked(found: Holder, *, stage: str, folder: Path, data: Path) -> LockedError:
    """Return the error for a state that another one works on."""
    since = found.since
    local = f" since {since.astimezone():%Y-%m-%d %H:%M:%S}" if since else ""
    by = found.who or "somebody"
    what = found.operation.removeprefix("OperationType").lower() or "work"
    hint = "wait until it is done"
    if found.id:
        hint += (
            f"; where you know that it was killed: cd {folder} && "
            f"TF_DATA_DIR={data} terraform force-unlock {found.id}"
        )
    return LockedError(f"the state of {stage} is locked by {by}{local} ({what})", hint=hint)


def is_of_this_machine(found: Holder) -> bool:
    """Tell whether a lock was taken by this user on this machine."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # as in a container that runs with a number of its own
        user = os.environ.get("USER", "")
    return found.who == f"{user}@{platform.node()}"


def unlock(terraform: Terraform, found: Holder) -> bool:
    """Take away a lock whose holder is dead; return whether it is gone."""
    status, _out, _err = terraform.cmd("force-unlock -force", found.id)
    return status == 0
