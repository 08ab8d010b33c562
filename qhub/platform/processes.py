"""An agent as processes of one machine: what speaks of images, pods and nodes falls away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qhub.platform.node_pools import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.platform.model import Agent

__all__ = ["HONOURED", "as_processes", "honoured"]

HONOURED = frozenset([("terminationGracePeriodSeconds",), ("worker", "limit")])
"""Values of the agent chart that a process can honour, as keys from the top."""


def as_processes(agent: Agent) -> Agent:
    """Return the agent as it is without Kubernetes."""
    job = replace(
        agent.job, image=None, image_pull_secrets=(), image_pull_policy=None, placement=ANYWHERE
    )
    settings = honoured(agent.settings)
    return replace(agent, image=None, token=None, job=job, placement=ANYWHERE, settings=settings)


def honoured(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a process can honour."""
    found: dict[str, Any] = {}
    for first, *rest in sorted(HONOURED):
        value = settings.get(first)
        if not rest and value is not None:
            found[first] = value
        elif rest and isinstance(value, dict) and value.get(rest[0]) is not None:
            found.setdefault(first, {})[rest[0]] = value[rest[0]]
    return found
