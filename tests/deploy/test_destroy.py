"""`qhub destroy` on a real API server: what goes, in which order, and what is left."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from qhub.deploy.apply import deploy
from qhub.deploy.destroy import destroy
from qhub.progress import Silent
from tests.deploy.place import STAGE

if TYPE_CHECKING:
    from qhub.deploy.request import Request
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


def test_everything_goes_without_a_secret_releases_first_and_the_namespace_last(
    place: Place,
) -> None:
    place.run("deploy")
    without = {"TF_VAR_auth": "", "S3_KEY": ""}

    done = place.attempt("destroy", "--confirm", "pipelines", more=without)

    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[1:8] == [
        '  removed  helm_release.agent["etl"]',
        '  removed  helm_release.agent["gpu"]',
        '  removed  kubernetes_namespace_v1.this["this"]',
        '  removed  kubernetes_secret_v1.flow["etl"]',
        '  removed  kubernetes_secret_v1.flow["gpu"]',
        '  removed  kubernetes_secret_v1.token["etl"]',
        '  removed  kubernetes_secret_v1.token["gpu"]',
    ]
    order = [
        line.split()[2].partition(".")[0] for line in done.stderr.splitlines() if " remove " in line
    ]
    assert order[:2] == ["helm_release"] * 2
    assert order[-1] == "kubernetes_namespace_v1"
    assert place.get("") is None
    assert [line.partition("in Prefect, ")[2] for line in told if "in Prefect" in line] == [
        "the work pools etl, gpu with their runs",
        "the variables 'qhub_platform' and 'qhub_profile_…'; another platform on this API is "
        "described there after `prefect variable delete qhub_platform`",
    ]

    second = place.report("destroy", "--confirm", "pipelines", more=without)

    assert not second["existed"]
    assert second["removed"] == []
    assert not any(left.startswith("in Prefect") for left in second["left"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((), "this is no terminal to ask on; give --confirm pipelines", id="nobody"),
        pytest.param(("--confirm", "pipeline"), "'pipeline' is not the project's name", id="other"),
    ],
)
def test_it_is_confirmed_by_the_projects_name(
    arguments: tuple[str, ...], told: str, deployed: Place
) -> None:
    state = deployed.private / f"{STAGE}.tfstate"
    before = state.read_bytes()
    assert told in deployed.run("destroy", *arguments, status=2)
    assert state.read_bytes() == before
    assert deployed.releases() == {"qhub-etl": ("deployed", 1), "qhub-gpu": ("deployed", 1)}


def test_a_namespace_of_the_users_stays_and_what_is_left_in_it_is_listed(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    place.write(existing={**place.config["existing"], "create_namespace": False})
    place.run("deploy")
    container = {"name": "flow", "image": "nowhere.test/none"}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    labels = {"qhub.dev/agent": "qhub-etl"}
    job = {"metadata": {"name": "run-1", "labels": labels}, "spec": {"template": template}}
    place.server.call("POST", f"/apis/batch/v1/namespaces/{place.namespace}/jobs", job)

    left = place.report("destroy", "--confirm", "pipelines")["left"]

    assert left[:2] == [
        f"namespace '{place.namespace}', which QHub did not make",
        "Jobs of flow runs of agent etl: run-1",
    ]
    assert place.get("")["status"]["phase"] == "Active"
    assert place.secret("qhub-etl-flow") is None


def test_what_cannot_be_removed_is_told_with_a_true_exit_status(place: Place) -> None:
    place.run("deploy")
    held = {"metadata": {"name": "held", "finalizers": ["qhub.test/held"]}}
    place.server.call("POST", place.path("configmaps"), held)
    _waits_for_the_namespace(place, "5s")
    try:
        error = place.report("destroy", "--confirm", "pipelines", status=3)["error"]
    finally:
        patch = {"metadata": {"finalizers": None}}
        place.server.call("PATCH", place.path("configmaps/held"), patch)

    assert error["message"].startswith(
        f'the removal of kubernetes_namespace_v1.this["this"] from {STAGE} failed\n'
    )
    assert "do it again when that is gone" in error["message"]
    _waits_for_the_namespace(place, "60s")
    place.run("destroy", "--confirm", "pipelines")
    assert place.get("") is None


def _waits_for_the_namespace(place: Place, time: str) -> None:
    """Let Terraform wait as long for the end of the namespace, by what its state says."""
    state = place.private / f"{STAGE}.tfstate"
    content = json.loads(state.read_bytes())
    (namespace,) = (
        resource
        for resource in content["resources"]
        if resource["type"] == "kubernetes_namespace_v1"
    )
    namespace["instances"][0]["attributes"]["timeouts"] = {"delete": time}
    state.write_text(json.dumps(content))


def test_a_stage_goes_before_the_one_whose_values_it_reads(two: Request, place: Place) -> None:
    environ, progress = place.environment, Silent()
    deploy(two, place.folder, progress=progress, environ=environ)

    done = destroy(two, place.folder, progress=progress, environ=environ)

    assert [change.address for change in done.removed] == [
        "terraform_data.second",
        "terraform_data.first",
    ]


def test_what_terraform_says_is_gone_and_is_not_is_told(deployed: Place) -> None:
    place = deployed
    programs = place.folder / "programs"
    programs.mkdir()
    real = shutil.which("terraform", path=place.environment["PATH"])
    liar = programs / "terraform"
    liar.write_text(f'#!/bin/sh\n[ "$1" = apply ] && exit 0\nexec {real} "$@"\n')
    liar.chmod(0o755)
    path = f"{programs}:{place.environment['PATH']}"

    error = place.report("destroy", "--confirm", "pipelines", status=3, more={"PATH": path})[
        "error"
    ]

    assert error["message"].startswith(
        f'not everything of {STAGE} is gone: helm_release.agent["etl"], helm_release.agent["gpu"], '
    )
    assert place.report("destroy", "--confirm", "pipelines")["existed"]
