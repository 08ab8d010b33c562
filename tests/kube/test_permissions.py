"""What we may do, and how it is told that we may not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from qhub.cluster.errors import ForbiddenError
from tests.kube.reaching import reaching
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster


def test_what_we_may_is_told(apiserver: ApiServer, objects: Objects) -> None:
    with reaching(apiserver.login(NOBODY), objects.namespace) as nobody:
        assert nobody.user() == NOBODY
        assert not nobody.allowed("create", "apps", "deployments", objects.namespace)
        assert nobody.allowed("create", "authorization.k8s.io", "selfsubjectaccessreviews", None)
        role = {
            "metadata": {"name": "some"},
            "rules": [
                {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create"]},
                {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
            ],
        }
        objects.create("rbac.authorization.k8s.io/v1", "roles", role)
        binding = {
            "metadata": {"name": "some"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "some"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": NOBODY}],
        }
        objects.create("rbac.authorization.k8s.io/v1", "rolebindings", binding)
        deadline = time.monotonic() + 10
        while not nobody.allowed("create", "apps", "deployments", objects.namespace):
            assert time.monotonic() < deadline
        assert not nobody.allowed("create", "apps", "deployments", None)
        assert not nobody.allowed("delete", "apps", "deployments", objects.namespace)
        assert nobody.allowed("get", "", "pods/log", objects.namespace)
        assert not nobody.allowed("get", "", "pods", objects.namespace)


def test_what_is_forbidden_is_told_with_who_and_where(
    apiserver: ApiServer, objects: Objects
) -> None:
    with reaching(apiserver.login(NOBODY), objects.namespace) as nobody:
        with pytest.raises(ForbiddenError) as raised:
            nobody.deployments()
        assert str(raised.value) == (
            f"user 'nobody' may not list deployments.apps in namespace '{objects.namespace}'"
        )
        assert raised.value.hint == (
            "ask who runs the cluster for a role that allows it; then `kubectl auth can-i list "
            f"deployments.apps -n {objects.namespace} --context qhub-bed` says yes"
        )
        assert raised.value.status == 3
        with pytest.raises(ForbiddenError, match=r"may not list storageclasses\S* in the whole cl"):
            nobody.storage_classes()
        with pytest.raises(ForbiddenError, match="may not get secrets in namespace"):
            nobody.secret("mine")
