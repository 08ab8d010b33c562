"""A config file as it was read: its data, and where each piece of it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qhub.config.problem import At, Finding, Path, Problem, dotted, printable

if TYPE_CHECKING:
    from qhub.config.positions import Positions

__all__ = ["Document"]


@dataclass(frozen=True, slots=True)
class Document:
    """The mapping that a file holds, as plain values. Aliased parts are shared: never change it."""

    file: str
    data: dict[str, Any]
    positions: Positions

    def position(self, path: Path, at: At = "value") -> tuple[int, int]:
        """Return line and column, from 1, of what `path` names or of the nearest thing above."""
        return self.positions.find(path, at)

    def raw(self, path: Path) -> str | None:
        """Return a scalar as it is written (1.30, yes), None where there is no scalar."""
        spot = self.positions.spot(path)
        return spot.raw if spot else None

    def problem(self, finding: Finding) -> Problem:
        """Return a finding as a problem with its position in this file."""
        line, column = self.position(finding.path, finding.at)
        return Problem(
            file=self.file,
            line=line,
            column=column,
            path=dotted(finding.path),
            severity=finding.severity,
            message=printable(finding.message),
            hint=printable(finding.hint),
        )

    def with_data(self, data: dict[str, Any]) -> Document:
        """Return the same file with a part of its data; positions stay those of the file."""
        return replace(self, data=data)
