"""Whether Prefect's variables describe this platform: of several on one API, one alone does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.cluster.errors import ForbiddenError
from qhub.cluster.prefect_api import UNKNOWN, ask

if TYPE_CHECKING:
    from qhub.cluster.client import Cluster
    from qhub.platform.model import Agent, Platform

__all__ = ["another"]

_VARIABLE = "qhub_platform"


def another(cluster: Cluster, platform: Platform, agent: Agent) -> str | None:
    """Return that another platform is described there; None where none is, or nothing is known.

    `agent` is the one that publishes.
    """
    wanted = {"variables": {"name": {"any_": [_VARIABLE]}}}
    try:
        found = ask(cluster, agent, "variables/filter", wanted)
        value = next(one["value"] for one in found if one["name"] == _VARIABLE)
        project, namespace = value["project"], value["namespace"]
    except (ForbiddenError, StopIteration, *UNKNOWN):
        return None
    if (project, namespace) == (platform.project, platform.namespace):
        return None
    return (
        f"Prefect's variables describe the platform '{project}' in namespace '{namespace}', whose "
        "profiles flows get: if that one has gone, `prefect variable delete "
        f"{_VARIABLE}`, and the next pod of agent {agent.name} describes this one"
    )
