"""Looks into a cluster through the Kubernetes API: who may what, how it does, why it does not."""

from qhub.cluster.client import Cluster
from qhub.cluster.target import Contexts, Target, contexts, target

__all__ = ["Cluster", "Contexts", "Target", "contexts", "target"]
