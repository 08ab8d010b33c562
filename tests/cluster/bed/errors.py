"""What goes wrong with the bed, as a line of what and a line of how to mend it."""

from __future__ import annotations

from qhub.errors import QhubError

__all__ = ["BedError"]


class BedError(QhubError):
    """The bed cannot be had on this machine, or a part of it does not come up."""
