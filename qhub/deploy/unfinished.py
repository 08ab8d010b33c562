"""What an earlier deploy left without its pods is let try again at once, when it is deployed again.

Kubernetes tries what failed less and less often: an image up to every 5 minutes, a pod that a quota
refused up to every 16. Who mended the cause would wait for that, and be told what is no more.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qhub.cluster.errors import ClusterError

if TYPE_CHECKING:
    from qhub.cluster import Cluster
    from qhub.deploy.site import Site

__all__ = ["Unfinished"]

_INSTANCE = "app.kubernetes.io/instance"
_AGENTS = {"app.kubernetes.io/component": "agent"}


class Unfinished:
    """The releases of a namespace whose pods were not all ready when this was made."""

    def __init__(self, site: Site, cluster: Cluster) -> None:
        self._site = site
        self._left: dict[str, list[str]] = {}
        try:
            found = cluster.deployments(_AGENTS)
        except ClusterError:  # who may not look lets Kubernetes take its time
            return
        for one in found:
            if not one.is_rolled_out:
                self._left.setdefault(one.labels.get(_INSTANCE, ""), []).append(one.name)

    def try_again(self, release: str) -> bool:
        """Have new pods made of a release that was left so; tell whether that was done now."""
        names = self._left.pop(release, [])
        if not names:
            return False
        try:
            with self._site.objects() as objects:
                for name in names:
                    objects.restart(name, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        except ClusterError:
            return False
        return True
