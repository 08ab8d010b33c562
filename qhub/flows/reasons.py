"""Why a run ended as it did, in a few words: its exception, where, and what mends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.flows import platform as platforms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefect.client.orchestration import SyncPrefectClient

__all__ = ["Tracebacks", "memory"]

_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)')
_MODULES = re.compile(r"^(?:\w+\.)+(?=\w+(?::|$))")
_CODE = re.compile(r".*/code-[0-9a-f]{12}-[^/]+/")
"""The folder that a run unpacks its code in."""
_OTHERS = ("/site-packages/", "/lib/python3", "/qhub/flows/", "<")
_PREFECTS_WORDS = "Flow run encountered an exception"


class Tracebacks:
    """Reads the tracebacks in the log of a run: a task's comes again as the flow's, longer."""

    def __init__(self, run: str) -> None:
        self.last = ""
        """Exception, place and hint of the last one."""
        self._run = run
        self._told: set[str] = set()

    def shortened(self, message: str) -> str:
        """Return the message of a log line, without a traceback that was there before."""
        head, found, traceback = message.rpartition(_TRACEBACK)
        exception, place = _read(traceback.splitlines())
        if not found or not exception:
            return message
        text, *notes = exception
        text = _MODULES.sub("", text)
        place = f" ({self._short(place)})" if place else ""
        self.last = "\n  ".join((f"{text}{place}", *notes))
        key = "\n".join(exception)
        if key not in self._told:
            self._told.add(key)
            return message
        return f"{head.partition(_TRACEBACK)[0].rstrip()} (its traceback is above)"

    def reason(self, message: str) -> str:
        """Return why a run ended whose last state has this message."""
        if message.startswith(_PREFECTS_WORDS):
            return self.last or message.removeprefix(_PREFECTS_WORDS).lstrip(": ")
        return "; ".join(filter(None, (message, self.last)))

    def _short(self, place: str) -> str:
        return _CODE.sub("", place).rpartition(f"/{self._run}/")[2]


def memory(
    client: SyncPrefectClient, variables: Mapping[str, Any], state_type: str, reason: str
) -> str:
    """Return a word about the memory limit of a run that seems to have ended by it, else ""."""
    limit = variables.get("memory_limit")
    denied = "MemoryError" in reason
    killed = state_type == "CRASHED" and re.search(r"status code:? (-9|137)\b", reason)
    if not limit or not (denied or killed):
        return ""
    of_size = [
        item.name
        for item in platforms.read(client).profiles
        if item.kind == "flow_run" and item.job_variables.get("memory_limit") == limit
    ]
    named = f" (profile {of_size[0]})" if len(of_size) == 1 else ""
    perhaps = "" if denied else "it was killed, perhaps for its memory: "
    return f"{perhaps}the run's memory limit is {limit}{named}; choose another profile"


def _read(lines: list[str]) -> tuple[list[str], str]:
    """Return the exception's lines of a traceback, and the last place in a user's own file."""
    place, end = "", 0
    for number, line in enumerate(lines):
        if frame := _FRAME.match(line):
            end = number + 1
            if not any(part in frame["file"] for part in _OTHERS):
                place = f"{frame['file']}:{frame['line']}"
    while end < len(lines) and lines[end].startswith("    "):
        end += 1
    return [line for line in lines[end:] if line.strip()], place
