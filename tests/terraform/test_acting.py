"""The Kubernetes and Helm stand-ins act on a real API server, as the real providers do.

Where the schema files are not beside the repository, all of these tests but a few run with the real
providers: what the stand-ins do on purpose is seen to be what those do.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.terraform import standin
from tests.terraform.acted import CONFIG_MAP, ROOT
from tests.terraform.module import CONTROL, CREATE, NAMESPACE, PLANTED, RELEASE, STORED, UPDATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.terraform.acted import Root

pytestmark = pytest.mark.cluster


def test_what_is_applied_is_in_the_cluster_and_stays(applied: Root) -> None:
    namespace = applied.get("namespaces")["metadata"]["labels"]
    assert (namespace["team"], namespace["app.kubernetes.io/part-of"]) == ("data", "tests")
    secret = applied.get("secrets", "token")
    assert (secret["type"], secret["metadata"]["labels"]) == ("Opaque", {"team": CONTROL})
    assert applied.data() == {"token": PLANTED}
    settings = applied.get("configmaps", "settings")
    assert settings["data"] == {"team": CONTROL, "plain": "text"}
    assert settings["binaryData"] == {"bytes": base64.b64encode(b"\1\2").decode()}
    assert settings["metadata"]["annotations"] == {"note": "a/b~c"}
    assert applied.get("configmaps", "agent-settings")["data"]["team"] == CONTROL
    assert applied.releases() == [("1", "deployed")]
    assert json.loads(applied.attempt("output", "-json", "revision").stdout) == 1

    applied.run("plan", "-detailed-exitcode")


def test_what_is_destroyed_is_gone(applied: Root) -> None:
    applied.run("destroy", "-auto-approve")

    assert applied.get("namespaces") is None
    assert applied.attributes() == {}


def test_the_state_says_what_the_cluster_says(applied: Root) -> None:
    state = applied.attributes()
    for address, live in (
        (NAMESPACE, applied.get("namespaces")),
        (STORED, applied.get("secrets", "token")),
        (CONFIG_MAP, applied.get("configmaps", "settings")),
    ):
        (known,) = state[address]["metadata"]
        assert known["uid"] == live["metadata"]["uid"]
        assert known["resource_version"] == live["metadata"]["resourceVersion"]
    assert state[NAMESPACE]["id"] == applied.namespace
    assert state[STORED]["id"] == f"{applied.namespace}/token"
    release = state[RELEASE]
    (listed,) = json.loads(applied.helm("list", "-o", "json"))
    assert release["status"] == listed["status"] == "deployed"
    assert f"{release['metadata']['chart']}-{release['metadata']['version']}" == listed["chart"]
    assert release["metadata"]["app_version"] == listed["app_version"] == "7"
    assert release["metadata"]["revision"] == int(listed["revision"])
    assert json.loads(release["metadata"]["values"]) == {"team": CONTROL}
    # What the schema does not tell, the real provider's source does.
    assert (release["wait"], release["version"], release["manifest"]) == (True, "0.1.0", None)


def relabel(made: Root) -> None:
    made.server.call("PATCH", made.path("namespaces"), {"metadata": {"labels": {"team": "x"}}})


def take_label(made: Root) -> None:
    path = made.path("namespaces")
    made.server.call("PATCH", path, {"metadata": {"labels": {"app.kubernetes.io/part-of": None}}})


def change_key(made: Root) -> None:
    path = made.path("configmaps", "settings")
    made.server.call("PATCH", path, {"data": {"plain": "changed by hand"}})


def add_key(made: Root) -> None:
    made.server.call("PATCH", made.path("configmaps", "settings"), {"data": {"more": "by hand"}})


def delete_map(made: Root) -> None:
    made.server.call("DELETE", made.path("configmaps", "settings"))


def delete_secret(made: Root) -> None:
    made.server.call("DELETE", made.path("secrets", "token"))


def uninstall(made: Root) -> None:
    made.helm("uninstall", "agent")


DRIFTS: dict[str, tuple[Callable[[Root], None], dict[str, list[str]]]] = {
    "a label is changed": (relabel, {NAMESPACE: UPDATE}),
    "a label is taken away": (take_label, {NAMESPACE: UPDATE}),
    "a key of a config map is changed": (change_key, {CONFIG_MAP: UPDATE}),
    "a key of a config map is added": (add_key, {CONFIG_MAP: UPDATE}),
    "a config map is deleted": (delete_map, {CONFIG_MAP: CREATE}),
    "a secret is deleted": (delete_secret, {STORED: CREATE}),
    "a release is uninstalled": (uninstall, {RELEASE: CREATE}),
}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_drift_is_seen_and_mended(
    applied: Root, drift: tuple[Callable[[Root], None], dict[str, list[str]]]
) -> None:
    happens, expected = drift

    happens(applied)

    assert applied.changes() == expected
    applied.apply()
    applied.run("plan", "-detailed-exitcode")
    assert applied.get("namespaces")["metadata"]["labels"]["team"] == "data"
    assert applied.data() == {"token": PLANTED}
    assert applied.get("configmaps", "settings")["data"] == {"team": CONTROL, "plain": "text"}
    assert applied.get("configmaps", "agent-settings") is not None


def test_what_the_real_providers_do_not_see_is_not_seen(applied: Root) -> None:
    other = base64.b64encode(b"by hand").decode()
    applied.server.call("PATCH", applied.path("secrets", "token"), {"data": {"token": other}})
    applied.helm("upgrade", "agent", "chart", "--set", "team=by hand", "--server-side=false")

    assert applied.changes() == {}


def test_a_secret_is_written_when_its_revision_rises_and_only_then(applied: Root) -> None:
    applied.apply(content="rotated", team="moved")
    assert applied.data() == {"token": PLANTED}
    assert applied.get("secrets", "token")["metadata"]["labels"] == {"team": "moved"}

    applied.apply(content="rotated", team="moved", revision="2")
    assert applied.data() == {"token": "rotated"}
    assert applied.changes(content="again", team="moved", revision="2") == {}


def test_what_others_keep_in_an_object_stays(applied: Root) -> None:
    applied.server.call(
        "PATCH",
        applied.path("secrets", "token"),
        {"metadata": {"annotations": {"checked.k8s.kubernetes.io/by": "others"}}},
    )
    assert applied.changes() == {}

    applied.apply(team="moved")

    annotations = applied.get("secrets", "token")["metadata"]["annotations"]
    assert annotations == {"checked.k8s.kubernetes.io/by": "others"}


def test_an_update_upgrades_the_release_and_keeps_as_many_revisions_as_asked(
    applied: Root,
) -> None:
    for team in ("b", "c", "d"):
        applied.apply(team=team)

    assert applied.get("configmaps", "agent-settings")["data"]["team"] == "d"
    assert applied.releases() == [("2", "superseded"), ("3", "superseded"), ("4", "deployed")]
    applied.run("plan", "-detailed-exitcode", team="d")


def test_a_new_version_of_a_chart_without_a_configured_one_fails_once(applied: Root) -> None:
    chart = applied.folder / "chart" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("0.1.0", "0.2.0"))

    # So does helm 3.1.2: with upgrade_install it plans the version that is installed.
    said = applied.apply(status=1, team="moved")

    assert "Provider produced inconsistent result after apply" in said
    assert '.version: was cty.StringVal("0.1.0"), but now cty.StringVal("0.2.0")' in said
    assert applied.changes(team="moved") == {}


def test_a_new_version_of_a_chart_with_a_configured_one_is_applied(new: Root) -> None:
    version = 'version = yamldecode(file("./chart/Chart.yaml")).version\n  upgrade_install'
    new.write(ROOT.replace("upgrade_install", version))
    new.apply()
    chart = new.folder / "chart" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("0.1.0", "0.2.0"))

    assert new.changes() == {RELEASE: UPDATE}
    new.apply()

    assert new.attributes()[RELEASE]["version"] == "0.2.0"
    new.run("plan", "-detailed-exitcode")


def test_what_there_is_can_be_imported(applied: Root) -> None:
    (applied.folder / "terraform.tfstate").unlink()
    ids = {
        NAMESPACE: applied.namespace,
        STORED: f"{applied.namespace}/token",
        CONFIG_MAP: f"{applied.namespace}/settings",
        RELEASE: f"{applied.namespace}/agent",
    }

    for address, known in ids.items():
        applied.run("import", address, known)

    # An import does not know that values are write-only: it stores them, as the real provider does.
    assert applied.attributes()[STORED]["data"] == {"token": PLANTED}
    assert applied.changes() == {STORED: UPDATE, RELEASE: UPDATE, NAMESPACE: UPDATE}
    applied.apply()
    applied.run("plan", "-detailed-exitcode")
    assert applied.releases() == [("1", "superseded"), ("2", "deployed")]


@pytest.mark.parametrize(
    ("address", "id_", "expected"),
    [
        pytest.param(NAMESPACE, "t-none", "Cannot import non-existent remote object", id="gone"),
        pytest.param(
            STORED,
            "token",
            'Unexpected ID format ("token"), expected "namespace/name".',
            id="an id without a namespace",
        ),
        pytest.param(
            RELEASE,
            "t-none/agent",
            "Unable to get Helm release agent: release: not found",
            id="a release that is not there",
        ),
    ],
)
def test_what_there_is_not_cannot_be_imported(
    new: Root, address: str, id_: str, expected: str
) -> None:
    assert expected in new.run("import", address, id_, status=1)


def test_what_others_made_is_refused(new: Root) -> None:
    new.server.call(
        "POST",
        "/api/v1/namespaces",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": new.namespace}},
    )

    said = new.apply(status=1)

    assert f'namespaces "{new.namespace}" already exists' in said
    new.run("import", NAMESPACE, new.namespace)
    new.apply()
    new.run("plan", "-detailed-exitcode")


def test_a_resource_that_has_no_actor_is_refused_not_invented(new: Root) -> None:
    standin.required_schemas()
    new.write(
        'resource "kubernetes_service_account_v1" "this" {\n  metadata {\n    name = "a"\n  }\n}\n'
    )

    said = new.run("plan", status=1)

    assert re.search(r"it can plan kubernetes_service_account_v1, but not act on it", said)


def test_an_argument_that_is_not_done_is_refused(new: Root) -> None:
    standin.required_schemas()
    new.write(ROOT.replace("max_history ", 'repository = "https://charts.test"\n  max_history '))

    said = new.run("plan", status=1)

    where = "with helm_release.this, repository of a helm_release"
    assert f"The stand-in does not do this {where}" in said
