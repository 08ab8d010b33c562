"""The warnings of a config file: which there are, and on the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qhub.cli import problems, screen

if TYPE_CHECKING:
    from qhub.api import Project
    from qhub.config.problem import Problem


def of_rendering(project: Project) -> tuple[Problem, ...]:
    """Return what is doubtful in the file, and what of it this version does not render."""
    from qhub.render import unsupported

    found = [*project.problems, *map(project.document.problem, unsupported(project.config))]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def warn(warnings: tuple[Problem, ...]) -> None:
    """Print warnings beside the result."""
    if warnings:
        screen.progress(problems.as_text(warnings, stream=sys.stderr))
