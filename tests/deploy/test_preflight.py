"""What keeps a deploy from being begun: told all at once, and nothing is written or changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.place import PLANTED
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


CREDENTIALS = "the credential of agent etl, the credential of agent gpu"


def _troubles(
    place: Place, *arguments: str, more: dict[str, str] | None = None
) -> dict[str, tuple[str, str]]:
    """Deploy, which must be refused; return what was in the way and how to mend it."""
    before = sorted(path.name for path in place.folder.iterdir())
    error = place.report("deploy", *arguments, status=3, more=more)["error"]
    assert error["message"].startswith("nothing was changed: ")
    assert sorted(path.name for path in place.folder.iterdir()) == before
    return {each["about"]: (each["message"], each["hint"]) for each in error["troubles"]}


def test_everything_that_is_in_the_way_is_told_at_once(place: Place, tmp_path: Path) -> None:
    place.write(
        existing={"kube_context": "qhub-bed"},
        secrets={
            "AUTH": {"from_env": "TF_VAR_auth"},
            "FILE": {"from_file": "not/there"},
            "OWN": {"existing_secret": "warehouse", "key": "password"},
        },
    )
    found = _troubles(place, more={"TF_VAR_auth": "", "PATH": str(tmp_path)})

    assert found == {
        "Terraform": (
            "not found on PATH, or it does not tell its version",
            "install Terraform 1.11 or later",
        ),
        f"{CREDENTIALS} (environment variable TF_VAR_auth)": (
            "not set, or empty",
            "export TF_VAR_auth=…; Terraform needs it for plan and for apply",
        ),
        "FILE (file not/there)": (
            "No such file or directory",
            "write it to not/there beside the config file",
        ),
        f"namespace '{place.namespace}'": (
            "not there",
            f"kubectl create namespace {place.namespace}; or let QHub make it: "
            "existing.create_namespace: true",
        ),
    }


def test_a_terraform_that_is_too_old_is_told(place: Place, tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.write_text('#!/bin/sh\necho \'{"terraform_version": "1.9.8"}\'\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{place.environment['PATH']}"

    assert _troubles(place, more={"PATH": path})["Terraform"][0].startswith(
        "version 1.9.8; 1.11 is the oldest that will do"
    )


def test_a_context_that_is_not_there_is_told_with_the_nearest(place: Place) -> None:
    place.write(existing={"kube_context": "qhub-bad"})
    assert _troubles(place)["the cluster"] == (
        "the kubeconfig has no context 'qhub-bad'",
        "did you mean 'qhub-bed'?",
    )


@pytest.mark.parametrize("more", [(), ("--yes",)], ids=["", "--yes"])
def test_without_a_terminal_the_current_context_is_not_used(
    more: tuple[str, ...], place: Place
) -> None:
    place.write(existing={"create_namespace": True})
    assert _troubles(place, *more) == {
        "existing.kube_context": (
            "not set: without a terminal to ask on, the kubeconfig's current context, 'qhub-bed' "
            "now, is not used",
            "name the context in the config file: existing.kube_context: qhub-bed",
        )
    }


def test_several_kubeconfigs_are_one(place: Place, tmp_path: Path) -> None:
    other = place.server.login(context="other")
    files = os.pathsep.join([str(tmp_path / "none"), str(other), str(place.server.kubeconfig)])

    told = place.report("deploy", more={"KUBECONFIG": files})

    assert told["context"] == "qhub-bed"
    assert place.report("plan", more={"KUBECONFIG": files})["unchanged"]


def test_a_kubeconfig_beside_the_config_file_is_found_by_terraform_too(place: Place) -> None:
    (place.folder / "kubeconfig").write_bytes(place.server.kubeconfig.read_bytes())
    assert not place.report("deploy", more={"KUBECONFIG": "kubeconfig"})["unchanged"]


def test_a_cluster_that_does_not_answer_is_told(place: Place) -> None:
    text = place.server.kubeconfig.read_text()
    (place.folder / "gone").write_text(text.replace(str(place.server.port), "1"))
    (message, hint) = _troubles(place, more={"KUBECONFIG": "gone"})["context 'qhub-bed'"]
    assert "the API server https://127.0.0.1:1 of context 'qhub-bed'" in message
    assert hint


def test_rights_that_are_missing_are_told_together(place: Place) -> None:
    login = place.server.login(NOBODY)

    (about,) = found = _troubles(place, more={"KUBECONFIG": str(login)})

    assert about == "nobody may not"
    lines = found[about][0].splitlines()
    assert len(lines) > 5
    assert any("deployments.apps" in line for line in lines)
    assert any("namespaces in the whole cluster" in line for line in lines)


def test_rights_in_one_namespace_are_enough(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    _bind(place, "cluster-admin")
    place.write(existing={**place.config["existing"], "create_namespace": False})
    login = {"KUBECONFIG": str(place.server.login(NOBODY))}

    told = place.report("deploy", more=login)

    assert not told["unchanged"]
    assert place.report("deploy", more=login)["unchanged"]


def test_a_state_in_the_cluster_needs_its_namespace_or_the_right_to_make_it(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    _bind(place, "cluster-admin")
    place.write(
        existing={**place.config["existing"], "create_namespace": False},
        terraform_state={"type": "remote"},
    )
    found = _troubles(place, more={"KUBECONFIG": str(place.server.login(NOBODY))})
    (message, _hint) = found["nobody may not"]
    assert "Terraform's state in namespace 'qhub-state'" in message


def _bind(place: Place, role: str) -> None:
    """Give NOBODY a role in the place's namespace."""
    group = "rbac.authorization.k8s.io"
    binding = {
        "metadata": {"name": "nobody"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": "User", "name": NOBODY}],
    }
    path = f"/apis/{group}/v1/namespaces/{place.namespace}/rolebindings"
    place.server.call("POST", path, binding)


def test_secrets_of_the_users_own_that_are_not_there_are_told(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    own = {"metadata": {"name": "there"}, "stringData": {"key": "x"}}
    place.server.call("POST", place.path("secrets"), own)
    secrets: dict[str, Any] = {
        "AUTH": {"from_env": "TF_VAR_auth"},
        "A": {"existing_secret": "there", "key": "key"},
        "B": {"existing_secret": "there", "key": "other"},
        "C": {"existing_secret": "gone", "key": "key"},
    }
    place.write(existing={"kube_context": "qhub-bed"}, secrets=secrets)

    found = _troubles(place)

    name = place.namespace
    assert found == {
        f"Secret 'there' in namespace '{name}', read by etl, gpu": (
            "has no key 'other'",
            "add the key; it has key",
        ),
        f"Secret 'gone' in namespace '{name}', read by etl, gpu": (
            "not there",
            f"kubectl -n {name} create secret generic gone --from-file=key=FILE",
        ),
    }


def test_overrides_that_no_namespace_need_allow_are_told_before_a_cluster_is_asked(
    place: Place,
) -> None:
    overrides = {"extraVolumes": [{"name": "host", "hostPath": {"path": "/srv"}}]}
    place.write(prefect={**place.config["prefect"], "overrides": overrides})

    found = place.report("deploy", status=1, more={"KUBECONFIG": "/not/there"})["problems"]

    assert [problem["path"] for problem in found] == ["prefect.overrides.extraVolumes[0].hostPath"]


def test_a_namespace_and_a_secret_of_somebody_else_are_not_taken_over(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    error = place.report("deploy", status=3)["error"]
    assert f"namespace '{place.namespace}'" in error["message"]
    assert "there already, and QHub did not make it" in error["message"]

    labels = {"app.kubernetes.io/managed-by": "qhub", "app.kubernetes.io/part-of": "other"}
    foreign = {"metadata": {"name": "qhub-etl-flow", "labels": labels}, "stringData": {"A": "b"}}
    place.server.call("POST", place.path("secrets"), foreign)
    place.write(existing={**place.config["existing"], "create_namespace": False})
    error = place.report("deploy", status=3)["error"]
    assert "there already, made by QHub for project 'other'" in error["message"]
    assert place.secret("qhub-etl-flow") == {"A": "b"}


def test_a_config_can_hold_deployments_back(place: Place) -> None:
    place.write(prevent_deploy=True)
    error = place.report("deploy", status=3)["error"]
    assert error["message"] == "qhub-config.yaml holds deployments back: prevent_deploy is true"
    assert place.run("plan")


def test_no_value_is_in_what_is_told(place: Place) -> None:
    place.write(secrets={**place.config["secrets"], "X": {"from_env": "NOT_SET"}})
    done = place.attempt("deploy")
    assert done.returncode == 3
    assert not any(value in done.stdout + done.stderr for value in PLANTED.values())
