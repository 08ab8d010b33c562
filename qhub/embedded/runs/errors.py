"""What can go wrong where flow runs are started.

QhubError
└── ForkError                the system gives no process for a flow run
"""

from __future__ import annotations

from qhub.errors import QhubError

__all__ = ["ForkError"]


class ForkError(QhubError):
    """No process could be forked for a flow run; it becomes Crashed with this message."""
