"""What single arguments of objects do when the stand-in for Kubernetes acts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform.acted import CONFIG_MAP, ROOT, Root
from tests.terraform.apiserver import NOBODY
from tests.terraform.module import NAMESPACE, PLANTED, STORED, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.cluster

REPLACE = ["delete", "create"]
READER = "qhub-tests-reader"
RULES = "/apis/rbac.authorization.k8s.io/v1"

HEAD = """
variable "namespace" {
  type = string
}

variable "text" {
  type    = string
  default = "a"
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = var.namespace
  }
  wait_for_default_service_account = true
}
"""


def metadata(name: str = 'name = "it"') -> str:
    namespace = "namespace = kubernetes_namespace_v1.this.metadata[0].name"
    return f"metadata {{\n    {namespace}\n    {name}\n  }}"


def with_objects(new: Root, text: str) -> Root:
    new.write(HEAD + text)
    return new


def test_a_namespace_waits_for_its_service_account(new: Root) -> None:
    made = with_objects(new, "")
    made.apply()
    assert made.get("serviceaccounts", "default") is not None


def test_an_immutable_object_is_replaced_when_its_content_changes(new: Root) -> None:
    made = with_objects(
        new,
        'resource "kubernetes_config_map_v1" "this" {\n'
        f"  {metadata()}\n  data = {{ key = var.text }}\n  immutable = true\n}}\n",
    )
    made.apply()
    assert made.get("configmaps", "it")["immutable"] is True

    assert made.changes(text="b") == {CONFIG_MAP: REPLACE}

    made.apply(text="b")
    assert made.get("configmaps", "it")["data"] == {"key": "b"}


def test_a_secrets_stored_content_is_read_back(new: Root) -> None:
    made = with_objects(
        new,
        'resource "kubernetes_secret_v1" "this" {\n'
        f'  {metadata()}\n  type = "qhub.dev/test"\n  data = {{ key = var.text }}\n'
        '  binary_data = { bytes = base64encode("b") }\n}\n',
    )
    made.apply()
    assert made.get("secrets", "it")["type"] == "qhub.dev/test"
    assert made.data("it") == {"key": "a", "bytes": "b"}
    made.run("plan", "-detailed-exitcode")

    other = base64.b64encode(b"by hand").decode()
    made.server.call("PATCH", made.path("secrets", "it"), {"data": {"key": other, "more": other}})
    assert made.changes() == {STORED: UPDATE}
    made.apply()

    assert made.data("it") == {"key": "a", "bytes": "b"}
    made.run("plan", "-detailed-exitcode")


def test_another_type_of_secret_is_another_secret(new: Root) -> None:
    made = with_objects(
        new,
        'resource "kubernetes_secret_v1" "this" {\n'
        f'  {metadata()}\n  type = "qhub.dev/${{var.text}}"\n}}\n',
    )
    made.apply()
    assert made.changes(text="b") == {STORED: REPLACE}


def test_the_api_server_may_choose_a_name(new: Root) -> None:
    made = with_objects(
        new,
        'resource "kubernetes_config_map_v1" "this" {\n'
        f"  {metadata('generate_name = ' + chr(34) + 'it-' + chr(34))}\n}}\n",
    )
    made.apply()
    (known,) = made.attributes()[CONFIG_MAP]["metadata"]
    assert known["name"].startswith("it-")
    assert made.get("configmaps", known["name"]) is not None
    made.run("plan", "-detailed-exitcode")


def test_labels_that_are_left_to_others_are_left_alone(new: Root) -> None:
    block = 'provider "kubernetes" {\n  ignore_labels = ["^vendor"]\n}\n'
    made = with_objects(new, block)
    made.apply()
    labels = {"metadata": {"labels": {"vendor.test/a": "b"}}}
    made.server.call("PATCH", made.path("namespaces"), labels)

    assert made.changes() == {}

    more = {"metadata": {"labels": {"other": "b"}}}
    made.server.call("PATCH", made.path("namespaces"), more)
    assert made.changes() == {NAMESPACE: UPDATE}


def test_a_full_quota_is_told(new: Root) -> None:
    made = with_objects(
        new,
        'resource "kubernetes_secret_v1" "this" {\n'
        f"  {metadata()}\n  data = {{ key = var.text }}\n}}\n",
    )
    made.run("apply", "-auto-approve", f"-target={NAMESPACE}")
    quota: Mapping[str, Any] = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none"},
        "spec": {"hard": {"secrets": "0"}},
    }
    made.server.call("POST", made.path("resourcequotas"), quota)

    said = made.apply(status=1)

    assert (
        'Error: secrets "it" is forbidden: exceeded quota: none, requested: secrets=1, '
        "used: secrets=0, limited: secrets=0"
    ) in said or "status unknown for quota: none" in said
    made.server.call("DELETE", made.path("resourcequotas", "none"))
    made.apply()


@pytest.fixture
def reader(applied: Root) -> Iterator[Root]:
    """Yield the applied root as somebody sees it who may read all, and change nothing."""
    rules = [{"apiGroups": [""], "resources": ["*"], "verbs": ["get", "list"]}]
    named = {"metadata": {"name": f"{READER}-{applied.namespace}"}}
    role = {"kind": "ClusterRole", "apiGroup": "rbac.authorization.k8s.io", **named["metadata"]}
    user = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": NOBODY}
    call = applied.server.call
    call("POST", f"{RULES}/clusterroles", {**named, "rules": rules})
    binding = {**named, "roleRef": role, "subjects": [user]}
    call("POST", f"{RULES}/namespaces/{applied.namespace}/rolebindings", binding)
    call("POST", f"{RULES}/clusterrolebindings", binding)
    env = {**applied.env, "KUBE_CONFIG_PATH": str(applied.server.login(NOBODY))}
    yield Root(applied.folder, env, applied.server, applied.namespace)
    for kind in ("clusterrolebindings", "clusterroles"):
        call("DELETE", f"{RULES}/{kind}/{named['metadata']['name']}")


def test_a_refused_update_is_in_the_state_nevertheless(applied: Root, reader: Root) -> None:
    reader.write(ROOT)

    said = reader.apply(status=1, content="rotated", revision="2")

    assert (
        f'Error: Failed to update secret: secrets "token" is forbidden: User "{NOBODY}" cannot '
        'patch resource "secrets"'
    ) in said
    assert applied.data() == {"token": PLANTED}
    # The trap of the real provider: who compares states sees nothing to do.
    assert applied.attributes()[STORED]["data_wo_revision"] == 2
    assert applied.changes(content="rotated", revision="2") == {}
    applied.apply(content="rotated", revision="3")
    assert applied.data() == {"token": "rotated"}
