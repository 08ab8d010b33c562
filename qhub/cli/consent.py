"""Who is asked before something is changed in a cluster: whoever sits at the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from qhub.cli import screen

if TYPE_CHECKING:
    from qhub.cluster import Target
    from qhub.deploy.steps import StagePlan

__all__ = ["Agreed", "Terminal", "consent"]


class Terminal:
    """Asks, and takes an empty answer for no."""

    def context(self, target: Target) -> bool:
        """Ask whether the kubeconfig's current context is meant."""
        question = f"the config names no context: use '{target.context}' ({target.server})?"
        return click.confirm(question, err=True)

    def changes(self, plan: StagePlan) -> bool:
        """Show the changes of a stage and ask whether to make them."""
        screen.progress(f"{plan.stage}:")
        for change in plan.changes:
            screen.progress(f"  {change.text}")
        return click.confirm("make these changes?", err=True)


class Agreed:
    """Agrees to everything, for --yes on a terminal; which context that is, is told."""

    def context(self, target: Target) -> bool:
        """Agree to the current context."""
        screen.progress(f"note: context '{target.context}' ({target.server}) is used")
        return True

    def changes(self, plan: StagePlan) -> bool:  # noqa: ARG002 the protocol's signature
        """Agree to the changes."""
        return True


def consent(*, yes: bool) -> Terminal | Agreed | None:
    """Return who is asked; None where there is no terminal: then nobody is."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    return Agreed() if yes else Terminal()
