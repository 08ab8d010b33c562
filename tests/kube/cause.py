"""The one cause that a release of the tests has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.cluster.causes import Cause, causes

if TYPE_CHECKING:
    from qhub.cluster import Cluster


RELEASE = "qhub-etl"


def only(found: tuple[Cause, ...]) -> Cause:
    """Return the one cause that there must be."""
    assert len(found) == 1, found
    return found[0]


def after(cluster: Cluster, until: Any, kind: str) -> Cause:
    """Return the cause, once it is of a kind: controllers take a moment."""
    until(lambda: [one.kind for one in causes(cluster, RELEASE)] == [kind])
    return only(causes(cluster, RELEASE))
