"""Deploys that fail: the cause and the mend, in time; and the next deploy works."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy.place import PLANTED, STAGE
from tests.deploy.waiting import until
from tests.terraform.standin import cli_config

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


@pytest.mark.full
def test_a_full_quota_is_told_long_before_the_time_is_up(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    _limit(place, "pods")
    place.write(existing={**place.config["existing"], "create_namespace": False})
    begun = time.monotonic()

    error = place.report("deploy", status=3)["error"]

    assert time.monotonic() - begun < 60
    assert {each["about"] for each in error["troubles"]} == {
        "qhub-etl: deployment/qhub-etl",
        "qhub-gpu: deployment/qhub-gpu",
    }
    for each in error["troubles"]:
        assert "exceeded quota: small" in each["message"]
        assert "kubectl describe quota small" in each["hint"]
    place.server.call("DELETE", place.path("resourcequotas/small"))
    place.run("deploy")
    _holds(place)


@pytest.mark.full
@pytest.mark.parametrize("remote", [False, True], ids=["local state", "remote state"])
def test_an_api_server_that_goes_away_is_told_and_the_next_deploy_works(
    place: Place, *, remote: bool
) -> None:
    place.write(terraform_state={"type": "remote" if remote else "local"})
    with place.start("deploy", "--output", "json") as qhub:
        out = place.private / STAGE / "running.out"
        until(lambda: _begins(out, "helm_release"), what="the releases")
        with place.server.away():
            begun = time.monotonic()
            told = qhub.stdout.read() if qhub.stdout is not None else ""
    assert time.monotonic() - begun < 60, told
    assert qhub.returncode == 3, told
    first, *others = json.loads(told[told.index("{\n") :])["error"]["troubles"]
    assert first["about"] == "the cluster"
    assert "the API server" in first["message"]
    assert first["hint"]
    assert [other["about"] for other in others] == (["Terraform's state"] if remote else [])

    place.run("deploy")

    _holds(place)


@pytest.mark.full
def test_an_api_server_that_goes_away_while_helm_waits_is_told_in_time(
    unready: Place,
) -> None:
    place = unready
    place.write(terraform_state={"type": "remote"})
    with place.start("deploy", "--output", "json") as qhub:
        until(lambda: len((place.get("pods") or {}).get("items", ())) == 2, what="the pods")
        with place.server.away():
            begun = time.monotonic()
            told = qhub.stdout.read() if qhub.stdout is not None else ""
    assert time.monotonic() - begun < 60, told
    assert qhub.returncode == 3, told
    first, *_ = json.loads(told[told.index("{\n") :])["error"]["troubles"]
    assert first["about"] == "the cluster"

    with place.server.ready_pods(place.namespace):
        said = place.run("deploy")
        assert "is taken away" in said  # the lock, which could not be given back
        _holds(place)


def _holds(place: Place) -> None:
    """Hold that one more deploy changes nothing."""
    again = place.report("deploy")
    assert again["unchanged"], again


def _begins(told: Path, kind: str) -> bool:
    """Tell whether Terraform told that it works on an object of a kind."""
    lines = told.read_text().splitlines() if told.exists() else []
    return any('"apply_start"' in line and kind in line for line in lines)


def _limit(place: Place, what: str) -> None:
    """Have a quota of none; it is minded as soon as its controller has counted."""
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {what: "0"}}}
    place.server.call("POST", place.path("resourcequotas"), quota)
    until(lambda: place.get("resourcequotas/small")["status"].get("hard"), what="the quota")


def test_what_helm_is_refused_is_told_without_secrets_and_the_next_deploy_works(
    place: Place,
) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    _limit(place, "count/configmaps")
    place.write(existing={**place.config["existing"], "create_namespace": False})

    error = place.report("deploy", status=3)["error"]

    assert "quota: small" in error["message"]
    assert error["troubles"]
    (report,) = (place.private / "reports").iterdir()
    assert error["hint"].endswith(f"more is in {report}")
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text()
    assert "quota: small" in text
    assert place.server.url in text
    everything = text + json.dumps(error)
    assert not any(value in everything for value in PLANTED.values())
    place.server.call("DELETE", place.path("resourcequotas/small"))
    place.run("deploy")
    _holds(place)


def test_a_registry_that_has_no_provider_is_told(place: Place) -> None:
    cli_config(place.folder / "rc", Path("/none"))
    error = place.report("deploy", status=3, more={"TF_CLI_CONFIG_FILE": "rc"})["error"]
    assert f"terraform init of {STAGE} failed" in error["message"]
    assert "the mirror of TF_CLI_CONFIG_FILE" in error["message"]
    assert place.get("") is None
