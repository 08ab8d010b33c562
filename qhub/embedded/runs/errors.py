"""What can go wrong where flow runs are started.

QhubError
├── ForkError                the system gives no process for a flow run
└── LimitError               a job variable of a flow run is no quantity
"""

from __future__ import annotations

from qhub.errors import QhubError

__all__ = ["ForkError", "LimitError"]


class ForkError(QhubError):
    """No process could be forked for a flow run; it becomes Crashed with this message."""


class LimitError(QhubError):
    """A limit of a flow run is no quantity; it becomes Crashed with this message."""
