"""What programs wrote: the newest lines, and those that come.

A program is named as in `qhub status`: server, gateway, supervisor or agent/NAME.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.embedded import tails
from qhub.embedded.errors import UnknownLogError
from qhub.embedded.health.files import snapshot
from qhub.embedded.health.model import part_name
from qhub.embedded.stamps import stamped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["Line", "names", "of_file", "of_program"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line; level and logger are known of a flow run's, the time of most others, too."""

    time: datetime | None
    level: str
    logger: str
    text: str


def names(layout: Layout) -> tuple[str, ...]:
    """Return the programs of a platform."""
    found = snapshot(layout)
    programs = found.programs if found else ("server",)
    return (*map(part_name, programs), "supervisor")


def of_program(layout: Layout, name: str) -> Path:
    """Return the file that a program writes; raises `UnknownLogError`."""
    known = names(layout)
    if name not in known:
        raise UnknownLogError(name, (*known, "run/ID"))
    return layout.log("supervisord" if name == "supervisor" else name.replace("/", "-", 1))


def of_file(
    log: Path,
    *,
    lines: int,
    since: datetime | None = None,
    ended: Callable[[], bool] | None = None,
) -> Iterator[Line]:
    """Yield the last lines of a file, and with `ended` those that come until it is true."""
    place = tails.size(log)
    known = tails.tail(log, lines, until=place[1])
    for at, text in stamped(known, log):
        if since is None or (at is not None and at >= since):
            yield Line(at, "", "", text)
    if ended is not None:
        for text in tails.following(log, place, ended):
            yield Line(None, "", "", text)
