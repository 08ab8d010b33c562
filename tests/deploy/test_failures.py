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


@pytest.mark.full
def test_a_full_quota_is_told_long_before_the_time_is_up(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}}
    place.server.call("POST", place.path("resourcequotas"), quota)
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
    assert place.report("deploy")["unchanged"]


@pytest.mark.full
def test_an_api_server_that_goes_away_is_told_and_the_next_deploy_works(place: Place) -> None:
    with place.start("deploy", "--output", "json") as qhub:
        out = place.private / STAGE / "running.out"
        until(lambda: out.exists() and "helm_release" in out.read_text(), what="the releases")
        with place.server.away():
            begun = time.monotonic()
            told = qhub.stdout.read() if qhub.stdout is not None else ""
    assert time.monotonic() - begun < 75, told
    assert qhub.returncode == 3, told
    assert "the API server" in told

    place.run("deploy")

    assert place.report("deploy")["unchanged"]


def _without_config_maps(place: Place) -> None:
    """Have a namespace in which Helm may not make what each agent needs."""
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"count/configmaps": "0"}}}
    place.server.call("POST", place.path("resourcequotas"), quota)
    place.write(existing={**place.config["existing"], "create_namespace": False})


def test_what_helm_is_refused_is_told_and_the_next_deploy_works(place: Place) -> None:
    _without_config_maps(place)

    error = place.report("deploy", status=3)["error"]

    assert "quota: small" in error["message"]
    assert error["troubles"]
    place.server.call("DELETE", place.path("resourcequotas/small"))
    place.run("deploy")
    assert place.report("deploy")["unchanged"]


def test_a_failed_deploy_leaves_a_report_for_its_owner_without_secrets(place: Place) -> None:
    _without_config_maps(place)

    error = place.report("deploy", status=3)["error"]

    (report,) = (place.private / "reports").iterdir()
    assert error["hint"].endswith(f"more is in {report}")
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text()
    assert "quota: small" in text
    assert place.server.url in text
    everything = text + json.dumps(error)
    assert not any(value in everything for value in PLANTED.values())


def test_a_registry_that_has_no_provider_is_told(place: Place) -> None:
    cli_config(place.folder / "rc", Path("/none"))
    error = place.report("deploy", status=3, more={"TF_CLI_CONFIG_FILE": "rc"})["error"]
    assert f"terraform init of {STAGE} failed" in error["message"]
    assert "the mirror of TF_CLI_CONFIG_FILE" in error["message"]
    assert place.get("") is None
