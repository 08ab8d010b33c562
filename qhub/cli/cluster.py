"""The cluster that a config file deploys to, for commands that look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qhub.cluster import Cluster
    from qhub.config.model import Config

__all__ = ["cluster_of"]


def cluster_of(config: Config) -> Cluster:
    """Return the cluster of a config whose provider is one that exists already.

    Raises `KubeconfigError`; whether the cluster answers shows when it is asked.
    """
    from qhub.cluster import Cluster, target
    from qhub.config.model import KubernetesCluster

    context = config.cluster.kube_context if isinstance(config.cluster, KubernetesCluster) else None
    return Cluster(target(context, config.namespace))
