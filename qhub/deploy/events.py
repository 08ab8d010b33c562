"""What Terraform tells with `-json`, line by line, as typed values.

Source: Terraform, "Machine-Readable UI", version 1.2. A line that is none of these is passed over,
as the page asks of readers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Begun",
    "Diagnostic",
    "Done",
    "Drifted",
    "Event",
    "Failed",
    "GoesOn",
    "Planned",
    "Summary",
    "parse",
]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Planned:
    """An object is to be changed; `action` is create, update, replace, delete, import, move …"""

    address: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drifted:
    """An object is not as Terraform left it; `action` says what happened to it."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Work on an object begins."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class GoesOn:
    """Work on an object goes on."""

    address: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """Work on an object came to its end."""

    address: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Work on an object failed; why, a `Diagnostic` says."""

    address: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error or a warning; `where` is the file and line that it is about, or nothing."""

    severity: Severity
    summary: str
    detail: str
    address: str
    where: str

    @property
    def text(self) -> str:
        """What it says, in a line or more."""
        led = f"{self.address}: " if self.address else ""
        return f"{led}{self.summary}" + (f"\n{self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many objects were, or are to be, added, changed and removed."""

    operation: str
    add: int
    change: int
    remove: int


Event = Planned | Drifted | Begun | GoesOn | Done | Failed | Diagnostic | Summary

_ABOUT_WORK: Mapping[str, type[GoesOn | Done | Failed]] = {
    "apply_progress": GoesOn,
    "apply_complete": Done,
    "apply_errored": Failed,
}


def parse(line: bytes) -> Event | None:
    """Return what a line tells, None where it is nothing of interest."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    match said.get("type"):
        case "planned_change":
            change = said.get("change") or {}
            return Planned(_address(change), _text(change, "action"), _text(change, "reason"))
        case "resource_drift":
            change = said.get("change") or {}
            return Drifted(_address(change), _text(change, "action"))
        case "apply_start":
            hook = said.get("hook") or {}
            return Begun(_address(hook), _text(hook, "action"))
        case "apply_progress" | "apply_complete" | "apply_errored" as kind:
            hook = said.get("hook") or {}
            seconds = float(hook.get("elapsed_seconds") or 0)
            return _ABOUT_WORK[kind](_address(hook), _text(hook, "action"), seconds)
        case "diagnostic":
            return _diagnostic(said.get("diagnostic") or {})
        case "change_summary":
            changes = said.get("changes") or {}
            counts = (int(changes.get(name) or 0) for name in ("add", "change", "remove"))
            return Summary(_text(changes, "operation"), *counts)
        case _:
            return None


def _diagnostic(said: Mapping[str, Any]) -> Diagnostic:
    place = said.get("range") or {}
    file, line = place.get("filename"), (place.get("start") or {}).get("line")
    return Diagnostic(
        severity="warning" if said.get("severity") == "warning" else "error",
        summary=_text(said, "summary"),
        detail=_text(said, "detail").strip(),
        address=_text(said, "address"),
        where=f"{file}:{line}" if file else "",
    )


def _address(said: Mapping[str, Any]) -> str:
    return _text(said.get("resource") or {}, "addr")


def _text(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "")
