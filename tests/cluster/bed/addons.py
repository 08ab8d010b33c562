"""What a bare control plane lacks to be a cluster: CoreDNS, from `manifests/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.bed.api import Api

__all__ = ["apply"]

MANIFESTS = Path(__file__).parents[1] / "manifests"
# Where each kind lives; {} is the namespace.
_PATHS = {
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "Service": "/api/v1/namespaces/{}/services",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
}


def apply(api: Api) -> None:
    """Make every object of every manifest; once more changes nothing."""
    for document in _documents():
        metadata = document["metadata"]
        folder = _PATHS[document["kind"]].format(metadata.get("namespace", ""))
        api.apply(f"{folder}/{metadata['name']}", document)


def _documents() -> Iterator[dict[str, Any]]:
    for path in sorted(MANIFESTS.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())
