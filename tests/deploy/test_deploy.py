"""`qhub deploy` on a real API server: what it makes, what it leaves alone, what it tells."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

import qhub
from qhub.deploy.apply import Deployed
from tests.cli.process import QHUB
from tests.deploy.place import AUTH, PLANTED, S3, STAGE

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

DEPLOYED = {"qhub-etl": ("deployed", 1), "qhub-gpu": ("deployed", 1)}


def test_a_config_becomes_a_running_platform_and_a_second_deploy_changes_nothing(
    place: Place,
) -> None:
    first = place.report("deploy")

    assert not first["unchanged"]
    assert first["agents"] == ["etl", "gpu"]
    (stage,) = first["stages"]
    assert [(change["action"], change["why"]) for change in stage["changes"]] == [
        ("create", "it is new")
    ] * 7
    assert place.secret("qhub-etl-flow") == {"S3": S3}
    assert place.secret("qhub-etl-token") == {"token": AUTH}
    assert place.releases() == DEPLOYED

    told = place.run("deploy")

    assert "is as it should be, nothing was changed" in told
    assert place.releases() == DEPLOYED
    for value in PLANTED.values():
        assert value not in json.dumps(first) + told


def test_a_changed_secret_rolls_the_agents_that_read_it_and_no_others(place: Place) -> None:
    agents = [{"name": "etl"}, {"name": "gpu", "secrets": []}]
    place.write(prefect={**place.config["prefect"], "agents": agents})
    place.run("deploy")
    new = {"S3_KEY": "another"}

    changed = place.report("deploy", more=new)["stages"][0]["changes"]

    assert {change["address"]: change["why"] for change in changed} == {
        'helm_release.agent["etl"]': "",
        'kubernetes_secret_v1.flow["etl"]': "its value is not what the cluster holds",
    }
    assert place.secret("qhub-etl-flow") == {"S3": "another"}
    assert place.releases() == {"qhub-etl": ("deployed", 2), "qhub-gpu": ("deployed", 1)}
    again = place.report("deploy", more=new)
    assert again["unchanged"]
    assert [stage["changes"] for stage in again["stages"]] == [[]]


def test_a_secret_that_was_changed_by_hand_is_told_and_healed(deployed: Place) -> None:
    place = deployed
    place.server.call("PATCH", place.path("secrets/qhub-etl-flow"), {"data": {"S3": "eA=="}})
    place.server.call("DELETE", place.path("secrets/qhub-gpu-token"))

    planned = place.report("plan", "--detailed-exitcode", status=4)["stages"][0]["changes"]

    assert {change["address"]: change["why"] for change in planned} == {
        'helm_release.agent["etl"]': "a secret that its flows read",
        'helm_release.agent["gpu"]': "its credential",
        'kubernetes_secret_v1.flow["etl"]': "its value is not what the cluster holds",
        'kubernetes_secret_v1.token["gpu"]': "it is gone from the cluster",
    }
    place.run("deploy")
    assert place.secret("qhub-etl-flow") == {"S3": S3}
    assert place.secret("qhub-gpu-token") == {"token": AUTH}
    assert place.report("deploy")["unchanged"]


def test_an_agent_that_is_taken_out_of_the_config_goes(place: Place) -> None:
    agents = [{"name": name} for name in ("etl", "gpu", "old")]
    place.write(prefect={**place.config["prefect"], "agents": agents})
    place.run("deploy")
    place.write(prefect={**place.config["prefect"], "agents": agents[:2]})

    changed = place.report("deploy")["stages"][0]["changes"]

    assert {(change["action"], change["address"]) for change in changed} == {
        # The first agent tells Prefect which work pools there are.
        ("change", 'helm_release.agent["etl"]'),
        ("remove", 'helm_release.agent["old"]'),
        ("remove", 'kubernetes_secret_v1.flow["old"]'),
        ("remove", 'kubernetes_secret_v1.token["old"]'),
    }
    assert place.releases() == {"qhub-etl": ("deployed", 2), "qhub-gpu": ("deployed", 1)}
    assert place.secret("qhub-old-token") is None


def test_state_in_the_cluster_gets_its_namespace_and_is_found_from_elsewhere(place: Place) -> None:
    place.write(terraform_state={"type": "remote"})

    place.run("deploy")

    listed = place.server.call("GET", "/api/v1/namespaces/qhub-state/secrets")["items"]
    names = [item["metadata"]["name"] for item in listed]
    assert f"tfstate-default-pipelines.{place.namespace}.{STAGE}" in names
    shutil.rmtree(place.folder / ".qhub")
    shutil.rmtree(place.folder / "stages")

    assert place.report("deploy")["unchanged"]


def test_a_state_that_is_lost_is_found_again_in_the_cluster(deployed: Place) -> None:
    place = deployed
    shutil.rmtree(place.folder / ".qhub")

    told = place.run("deploy")

    assert f"take over namespace {place.namespace}, which an unfinished deploy made" in told
    assert "Secret qhub-etl-flow: an unfinished deploy left it; it is made again" in told
    assert place.report("deploy")["unchanged"]


def test_a_state_that_terraform_could_not_store_is_stored_by_the_next_deploy(
    deployed: Place,
) -> None:
    place = deployed
    content = json.loads((place.private / f"{STAGE}.tfstate").read_bytes())
    content["serial"] += 1
    saved = place.folder / "stages" / STAGE / "errored.tfstate"
    saved.write_text(json.dumps(content))

    told = place.run("deploy")

    assert "the state that the last deploy could not store is stored now" in told
    assert not saved.exists()
    assert place.report("deploy")["unchanged"]


def test_a_state_file_that_was_cut_off_is_replaced_by_its_copy(deployed: Place) -> None:
    place = deployed
    place.write(prefect={**place.config["prefect"], "overrides": {"envVars": {"A": "b"}}})
    place.run("deploy")
    state = place.private / f"{STAGE}.tfstate"
    state.write_bytes(state.read_bytes()[:100])

    told = place.run("deploy")

    assert "was cut off when Terraform was killed; its copy is used" in told
    assert place.report("deploy")["unchanged"]


def test_a_stage_is_applied_alone(place: Place) -> None:
    assert not place.report("deploy", "--stage", "kubernetes-services")["unchanged"]
    error = place.report("deploy", "--stage", "02-infra", status=2)["error"]
    assert error["message"] == "there is no stage '02-infra'"


def test_a_terminal_is_asked_and_no_is_no(place: Place) -> None:
    ours, theirs = pty.openpty()
    place.write(existing={"create_namespace": True})  # no context, either
    process = subprocess.Popen(
        [*QHUB, "deploy"],
        cwd=place.folder,
        env=place.env({"TERM": "dumb"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    with process, os.fdopen(ours, "r+b", buffering=0) as terminal:
        said = _until(terminal.fileno(), b"? [y/N]: ")
        assert f"use 'qhub-bed' ({place.server.url})?".encode() in said
        terminal.write(b"y\n")
        said = _until(terminal.fileno(), b"make these changes? [y/N]: ")
        assert b'create   helm_release.agent["etl"]  (it is new)' in said
        terminal.write(b"n\n")
        said = _until(terminal.fileno(), b"nothing was changed")
        assert process.wait(30) == 3
    assert place.get("") is None


def _until(descriptor: int, wanted: bytes) -> bytes:
    """Read until that was written."""
    said = b""
    deadline = time.monotonic() + 60
    while wanted not in said:
        assert time.monotonic() < deadline, said
        if select.select([descriptor], [], [], 1)[0]:
            said += os.read(descriptor, 10_000)
    return said


def test_a_script_deploys_by_the_same_rules(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PATH", "KUBECONFIG", "TF_CLI_CONFIG_FILE", *PLANTED):
        monkeypatch.setenv(name, place.environment[name])
    monkeypatch.chdir(place.folder)
    project = qhub.load()

    planned = project.plan(out="plans.tar")
    assert not planned.is_empty
    deployed = project.deploy(plan="plans.tar")

    assert isinstance(deployed, Deployed)
    assert not deployed.is_unchanged
    assert all(state.in_cluster == "same" for state in project.secrets(in_cluster=True))
    assert project.plan().is_empty
    assert project.destroy().existed
