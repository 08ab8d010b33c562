"""What goes wrong in a build: `images.builder.cli` prints it.

BuildError         status 3, a line of what and, as `hint`, a line of how to mend it
├── RecipeError    status 1, the recipe (or what it is built with) is wrong
└── RegistryError  status 3, a registry refused or did not answer
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["BuildError", "RecipeError", "RegistryError"]


class BuildError(Exception):
    """Base of all: `status` is the exit status, `hint` how to mend it (may be empty)."""

    status: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class RecipeError(BuildError):
    """A recipe says what no builder, or not every builder, can do."""

    status = 1


class RegistryError(BuildError):
    """A registry refused or did not answer."""
