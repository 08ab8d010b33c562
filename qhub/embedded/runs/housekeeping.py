"""Old logs and left working folders of runs are removed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from qhub.embedded.runs.records import Records

__all__ = ["remove_old_logs", "remove_working_folders"]

KEPT_LOGS = 200
KEPT_SECONDS = 7 * 24 * 3600


def remove_old_logs(logs: Path, *, kept: int = KEPT_LOGS, seconds: float = KEPT_SECONDS) -> None:
    """Keep the logs of the newest runs, and of those only what was written lately."""
    times = {}
    for log in logs.glob("*.log"):
        try:
            times[log] = log.stat().st_mtime
        except FileNotFoundError:  # another agent keeps house, too
            continue
    newest = sorted(times, key=lambda log: times[log], reverse=True)
    oldest = time.time() - seconds
    for place, log in enumerate(newest):
        if place >= kept or times[log] < oldest:
            log.unlink(missing_ok=True)


def remove_working_folders(records: Records, watched: Iterable[str]) -> None:
    """Remove the working folders of runs that neither live nor are watched."""
    living = {*records.alive(), *watched}
    for folder in records.working.iterdir():
        if folder.name.removesuffix("-hooks") not in living:
            records.clear(folder.name)
