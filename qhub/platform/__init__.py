"""Config to Platform: what must exist, without a word of Terraform, Helm or processes."""

from __future__ import annotations

from qhub.platform.model import (
    Agent,
    Api,
    DaskGateway,
    JobSettings,
    NodePool,
    Placement,
    Platform,
    Profile,
    Toleration,
)
from qhub.platform.plan import plan

__all__ = [
    "Agent",
    "Api",
    "DaskGateway",
    "JobSettings",
    "NodePool",
    "Placement",
    "Platform",
    "Profile",
    "Toleration",
    "plan",
]
