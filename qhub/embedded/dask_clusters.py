"""Which Dask clusters a platform's gateway has started, by their processes.

The gateway need not answer for that, and no agent's name is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.embedded import processes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.embedded.layout import Layout

__all__ = ["alive", "stop_note"]

_VARIABLE = "DASK_GATEWAY_CLUSTER_NAME"
_SHORT = 8


def alive(layout: Layout) -> tuple[str, ...]:
    """Return the names of the clusters that have a process."""
    found = (processes.environment(process.pid) for process in processes.find(layout))
    return tuple(sorted({environ[_VARIABLE] for environ in found if _VARIABLE in environ}))


def stop_note(names: Sequence[str]) -> str:
    """Return what is to be said before the gateway, which ends these clusters, is stopped."""
    count = "1 Dask cluster is" if len(names) == 1 else f"{len(names)} Dask clusters are"
    short = ", ".join(name[:_SHORT] for name in names)
    return f"{count} stopped with the gateway, and flow runs that compute there fail: {short}"
