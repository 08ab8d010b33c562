"""That a cluster has no default StorageClass is told, and keeps nothing from being deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
NOTE = (
    "the cluster has no default StorageClass; the agents need none, but a volume claim of a flow "
    "has to name one"
)


def test_a_cluster_without_a_default_storage_class_is_told(place: Place) -> None:
    server = place.server
    assert NOTE in place.run("plan")
    server.call("POST", CLASSES, {"metadata": {"name": "slow"}, "provisioner": "example.com/disk"})
    try:
        assert NOTE in place.run("plan")
        server.call("PATCH", f"{CLASSES}/slow", {"metadata": {"annotations": {DEFAULT: "true"}}})
        told = place.run("plan")
    finally:
        server.call("DELETE", f"{CLASSES}/slow")
    assert "StorageClass" not in told
    assert 'helm_release.agent["etl"]' in told
