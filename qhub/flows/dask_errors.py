"""What goes wrong with Dask clusters.

FlowsError
├── GatewayError          Dask Gateway is not known, cannot be reached, or refuses
│   ├── GatewayAwayError    it cannot be reached now; it may be back soon
│   └── UnknownAgentError   it does not know the agent, or another password
├── ClusterError          a cluster cannot be made, or ended; says why
├── WorkersPendingError   no worker came in time; says what holds them up
├── VersionMismatchError  client, scheduler and workers differ in packages that must be the same
└── WorkerLostError       the workers that ran a task died; says whether of memory
"""

from __future__ import annotations

from qhub.flows.errors import FlowsError

__all__ = [
    "ClusterError",
    "GatewayAwayError",
    "GatewayError",
    "UnknownAgentError",
    "VersionMismatchError",
    "WorkerLostError",
    "WorkersPendingError",
]


class GatewayError(FlowsError):
    """Dask Gateway is not known, cannot be reached, or refuses."""


class GatewayAwayError(GatewayError):
    """Dask Gateway cannot be reached now."""


class UnknownAgentError(GatewayError):
    """Dask Gateway does not know the agent with this password."""


class ClusterError(FlowsError):
    """A cluster cannot be made, or ended."""


class WorkersPendingError(ClusterError):
    """No worker came in time."""


class VersionMismatchError(FlowsError):
    """Client, scheduler and workers differ in packages that must be the same."""


class WorkerLostError(FlowsError):
    """The workers that ran a task died."""
