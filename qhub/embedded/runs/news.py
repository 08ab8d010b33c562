"""When to ask the Prefect server of this machine for runs: what was written, an agent can see.

A run that waits is written to the server's database before anybody can start it. To look at that
file's clock costs nothing; each question costs the server two milliseconds, day and night.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from prefect.client.orchestration import PrefectClient

__all__ = ["News", "waiting"]

# A run also becomes due by its time alone, which nobody writes; it is looked for that often.
DUE_SECONDS = 1.0


class News:
    """Tells when the database in the server's folder was written to since it was last asked."""

    def __init__(self, server: Path) -> None:
        # SQLite's log of what was written; where it is not, the database is another one.
        self._log = server / "prefect.db-wal"
        self._seen: tuple[int, int] | None = None
        self._told = self._again = 0.0

    def __call__(self) -> bool:
        """Return whether a run may have come or become due since this last returned true."""
        now, written = time.monotonic(), self._written()
        if written is not None and written == self._seen and now < self._again:
            return False
        # Seen before the server is asked: what is written meanwhile is news again.
        self._seen, self._told, self._again = written, now, now + DUE_SECONDS
        return True

    def none_due_within(self, seconds: float) -> None:
        """Tell that, of what was written, no run becomes due so soon after the last news."""
        self._again = self._told + seconds

    def forget(self) -> None:
        """Let the next call return true: more waits than was taken."""
        self._seen = None

    def _written(self) -> tuple[int, int] | None:
        try:
            found = self._log.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


async def waiting(client: PrefectClient, pool: str, before: datetime) -> int:
    """Return how many runs of a work pool wait that are due before a time."""
    wanted = {
        "flow_runs": {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "next_scheduled_start_time": {"before_": str(before)},
        },
        "work_pools": {"name": {"any_": [pool]}},
    }
    answer = await client.request("POST", "/flow_runs/count", json=wanted)
    return int(answer.json())
