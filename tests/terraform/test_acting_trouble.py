"""What goes wrong while the stand-ins act is told, and mended as with the real providers."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terraform.acted import CONFIG_MAP, DEADLINE_SECONDS, POD, ROOT, Root, until
from tests.terraform.apiserver import NOBODY
from tests.terraform.module import (
    CONTROL,
    CREATE,
    NAMESPACE,
    PLANTED,
    RELEASE,
    STORED,
    UPDATE,
    unframed,
)

if TYPE_CHECKING:
    import subprocess

    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster


def test_without_rights_it_is_refused_in_the_words_of_the_api_server(
    new: Root, apiserver: ApiServer
) -> None:
    env = {**new.env, "KUBE_CONFIG_PATH": str(apiserver.login(NOBODY))}

    made = Root(new.folder, env, apiserver, new.namespace)

    planned = made.run("plan", status=1)
    applied = made.run("apply", "-auto-approve", f"-target={NAMESPACE}", status=1)

    # The plan of a release asks for the one that is installed.
    assert (
        "Error: Failed to check installed release version with helm_release.this, "
        f'query: failed to query with labels: secrets is forbidden: User "{NOBODY}" cannot list '
        f'resource "secrets" in API group "" in the namespace "{new.namespace}"'
    ) in planned
    assert (
        f'Error: namespaces is forbidden: User "{NOBODY}" cannot create resource "namespaces" in '
        'API group "" at the cluster scope with kubernetes_namespace_v1.this'
    ) in applied
    assert new.get("namespaces") is None


def test_an_api_server_that_is_away_is_told_and_nothing_is_forgotten(
    applied: Root, apiserver: ApiServer
) -> None:
    before = applied.attributes()
    with apiserver.away():
        said = applied.run("plan", status=1)
        destroyed = applied.run("destroy", "-auto-approve", status=1)

    refused = f"dial tcp 127.0.0.1:{apiserver.port}: connect: connection refused"
    url = f"{apiserver.url}/api/v1/namespaces/{applied.namespace}"
    assert f'Error: Get "{url}": {refused}' in said
    assert refused in destroyed
    assert applied.attributes() == before
    applied.run("plan", "-detailed-exitcode")


def test_an_api_server_that_is_silent_does_not_hold_a_secret_for_ever(
    new: Root, apiserver: ApiServer
) -> None:
    new.write(ROOT.replace("  data_wo  ", '  timeouts {\n    create = "2s"\n  }\n  data_wo  '))
    new.run("apply", "-auto-approve", f"-target={NAMESPACE}")
    new.run("plan", "-out=plan")
    with apiserver.silent():
        began = time.monotonic()
        said = new.run("apply", "plan", status=1)
        took = time.monotonic() - began

    assert "context deadline exceeded" in said
    assert took < DEADLINE_SECONDS
    new.apply()
    new.run("plan", "-detailed-exitcode")


def test_a_release_that_fails_at_its_creation_is_mended_by_the_next_apply(new: Root) -> None:
    new.chart(pod=POD)

    said = new.apply(status=1)

    assert "Error: Helm release error" in said
    assert "context deadline exceeded" in said
    assert new.releases() == [("1", "failed")]
    assert RELEASE not in new.attributes()
    new.chart()
    assert new.changes() == {RELEASE: CREATE}
    new.apply()
    assert new.releases() == [("1", "superseded"), ("2", "deployed")]
    new.run("plan", "-detailed-exitcode")


def test_an_upgrade_that_fails_is_mended_by_the_next_apply(applied: Root) -> None:
    applied.chart(pod=POD)

    said = applied.apply(status=1, team="moved")

    assert "Error: Error upgrading chart" in said
    assert "Upgrade failed: " in said
    assert applied.releases() == [("1", "deployed"), ("2", "failed")]
    assert applied.attributes()[RELEASE]["values"] == [f'"team": "{CONTROL}"\n']
    applied.chart()
    assert applied.changes(team="moved") == {RELEASE: UPDATE}
    applied.apply(team="moved")
    applied.run("plan", "-detailed-exitcode", team="moved")


def test_a_release_that_failed_by_hand_is_seen_and_mended_with_a_complaint(applied: Root) -> None:
    applied.chart(pod=POD)
    by_hand = ("upgrade", "agent", "chart", "--wait=legacy", "--timeout=2s", "--server-side=false")
    with pytest.raises(AssertionError, match="deadline exceeded"):
        applied.helm(*by_hand)
    applied.chart()

    assert applied.changes() == {RELEASE: UPDATE}
    said = applied.apply(status=1)

    # Helm 3.1.2 plans the revision that is there, and then makes another one.
    assert "Provider produced inconsistent result after apply" in said
    assert ".metadata.revision: was cty.NumberIntVal(2), but now cty.NumberIntVal(3)" in said
    assert applied.changes() == {}
    assert applied.releases()[-1] == ("3", "deployed")


CHARTS = {
    "a template fails": ("{{ fail `agents[0] is empty` }}", "agents[0] is empty"),
    "the API server refuses": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name}\n",
        'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value',
    ),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_that_cannot_be_installed_is_told(new: Root, chart: tuple[str, str]) -> None:
    template, expected = chart
    new.chart(wrong=template)

    assert expected in new.apply(status=1)

    new.chart()
    new.apply()
    new.run("plan", "-detailed-exitcode")


def test_values_that_fail_the_charts_schema_are_told(new: Root) -> None:
    schema = {"properties": {"team": {"type": "integer"}}}
    (new.folder / "chart" / "values.schema.json").write_text(json.dumps(schema))

    said = new.apply(status=1)

    assert "values don't meet the specifications of the schema(s)" in said
    assert "at '/team': got string, want integer" in said
    assert new.releases() == []


def interrupt(process: subprocess.Popen[str]) -> str:
    """Send what ^C on a terminal sends, to all of its processes; return what they printed."""
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=DEADLINE_SECONDS)
    return said


def test_an_interrupted_wait_for_a_namespace_ends_at_once(applied: Root) -> None:
    finalizer = {"metadata": {"finalizers": ["qhub.dev/test"]}}
    path = applied.path("configmaps", "settings")
    applied.server.call("PATCH", path, finalizer)
    process = applied.start("destroy", "-auto-approve")
    until(
        lambda: applied.get("namespaces")["status"]["phase"] == "Terminating",
        "the namespace is terminating",
    )

    began = time.monotonic()
    said = interrupt(process)

    assert time.monotonic() - began < 10
    assert process.returncode == 1
    assert "Interrupt received" in said
    assert "context canceled" in said
    assert list(applied.attributes()) == [NAMESPACE]
    applied.server.call("PATCH", path, {"metadata": {"finalizers": None}})
    applied.run("destroy", "-auto-approve")
    assert applied.get("namespaces") is None


def test_an_interrupted_release_is_seen_through(new: Root) -> None:
    new.chart(pod=POD)
    process = new.start("apply", "-auto-approve")
    until(lambda: new.get("namespaces") and new.get("pods", "agent"), "the release has begun")

    said = interrupt(process)

    assert process.returncode == 1
    assert "Interrupt received" in said
    assert "context deadline exceeded" in unframed(said)  # not: canceled
    assert new.releases() == [("1", "failed")]
    assert set(new.attributes()) >= {NAMESPACE, STORED}
    new.chart()
    new.apply()
    new.run("plan", "-detailed-exitcode")


def helms(made: Root) -> list[int]:
    """Return the processes of helm that work for this root."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            argv = line.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"--namespace" in argv and made.namespace.encode() in argv:
            found.append(int(line.parent.name))
    return found


def kill(process: subprocess.Popen[str]) -> None:
    """Kill Terraform and its providers, as a machine that stops does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=DEADLINE_SECONDS)


def test_a_killed_release_is_pending_until_somebody_takes_its_revision_away(new: Root) -> None:
    new.chart(pod=POD)
    new.write(ROOT.replace("timeout         = 5", "timeout         = 120"))
    process = new.start("apply", "-auto-approve")
    until(lambda: new.get("namespaces") and new.get("pods", "agent"), "the release has begun")

    kill(process)

    until(lambda: not helms(new), "helm ends with its provider")
    assert new.releases() == [("1", "pending-install")]
    new.chart()
    assert "another operation (install/upgrade/rollback) is in progress" in new.apply(status=1)
    new.server.call("DELETE", new.path("secrets", "sh.helm.release.v1.agent.v1"))
    # What the killed one had made has the release's marks already.
    new.apply()
    new.run("plan", "-detailed-exitcode")
    assert new.releases() == [("1", "deployed")]


def test_a_killed_upgrade_is_pending_until_somebody_takes_its_revision_away(applied: Root) -> None:
    applied.chart(pod=POD)
    applied.write(ROOT.replace("timeout         = 5", "timeout         = 120"))
    process = applied.start("apply", "-auto-approve", team="moved")
    until(lambda: applied.get("pods", "agent"), "the upgrade has begun")

    kill(process)

    until(lambda: not helms(applied), "helm ends with its provider")
    assert applied.releases() == [("1", "deployed"), ("2", "pending-upgrade")]
    applied.chart()
    said = applied.apply(status=1, team="moved")
    assert "another operation (install/upgrade/rollback) is in progress" in said
    applied.server.call("DELETE", applied.path("secrets", "sh.helm.release.v1.agent.v2"))
    applied.apply(team="moved")
    assert applied.releases() == [("1", "superseded"), ("2", "deployed")]
    assert applied.get("configmaps", "agent-settings")["data"]["team"] == "moved"
    assert applied.changes(team="moved") == {}


def test_what_a_killed_terraform_did_not_remember_is_refused_and_then_imported(new: Root) -> None:
    new.apply()
    (new.folder / "terraform.tfstate").unlink()  # as when the killed one had not written it yet

    said = new.apply(status=1)

    assert f'namespaces "{new.namespace}" already exists' in said
    new.run("import", NAMESPACE, new.namespace)
    # A Secret is not imported, for its value's sake: it is deleted, and made again.
    new.server.call("DELETE", new.path("secrets", "token"))
    new.run("import", CONFIG_MAP, f"{new.namespace}/settings")
    new.apply()
    new.run("plan", "-detailed-exitcode")
    assert PLANTED not in (new.folder / "terraform.tfstate").read_text()
