"""Which version the Secrets of the user's own have, so that who reads one that changed rolls.

A version is the API server's `resourceVersion`: it tells that a Secret changed, and nothing of what
is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import ExistingSecret

if TYPE_CHECKING:
    from qhub.cluster.client import Cluster
    from qhub.platform.model import Agent, Platform

__all__ = ["versions"]


def versions(cluster: Cluster, platform: Platform) -> dict[str, str]:
    """Return by agent the Secrets that it reads, each with its version: "database 4711, ssh 42".

    One that is not there has none, nor has an agent that reads none.
    """
    read = {agent.name: _names(agent) for agent in platform.agents}
    names = sorted({name for some in read.values() for name in some})
    found = dict(zip(names, cluster.several(cluster.secret_version, names), strict=True))
    told = {
        agent: ", ".join(f"{name} {found[name]}" for name in some if found[name] is not None)
        for agent, some in read.items()
    }
    return {agent: text for agent, text in told.items() if text}


def _names(agent: Agent) -> tuple[str, ...]:
    secrets = (*agent.secrets, *((agent.token,) if agent.token is not None else ()))
    sources = (secret.source for secret in secrets)
    return tuple(sorted({s.secret_name for s in sources if isinstance(s, ExistingSecret)}))
