"""`qhub secrets`: which are set, which are missing, which are other than on the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.place import PLANTED

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


def test_a_list_needs_no_cluster_and_shows_no_value(place: Place) -> None:
    told = place.run("secrets", "list", more={"KUBECONFIG": "/not/there", "S3_KEY": ""})

    assert [line.split("  ")[-1].strip() for line in told.splitlines()] == [
        "STATE",
        "not set, or empty",
        "set",
        "not set, or empty",
        "set",
    ]
    assert not any(value in told for value in PLANTED.values())


def test_a_check_compares_with_the_cluster(place: Place, deployed: Place) -> None:
    before = place.report("secrets", "check", status=4)["secrets"]
    assert {state["in_cluster"] for state in before} == {"absent"}

    same = deployed.report("secrets", "check")["secrets"]
    assert {state["in_cluster"] for state in same} == {"same"}
    assert all(state["well"] for state in same)

    other = deployed.report("secrets", "check", status=4, more={"S3_KEY": "another"})["secrets"]
    assert {(s["name"], s["in_cluster"]) for s in other} == {("S3", "differs"), ("AUTH", "same")}


def test_a_key_that_somebody_added_is_told_and_taken_away(deployed: Place) -> None:
    place = deployed
    added = {"data": {"EXTRA": "eA=="}}
    place.server.call("PATCH", place.path("secrets/qhub-etl-flow"), added)

    told = place.report("secrets", "check", status=4)["secrets"]

    assert [(s["agent"], s["name"]) for s in told if not s["well"]] == [("etl", "EXTRA")]
    (row,) = [row for row in place.run("secrets", "check", status=4).splitlines() if "EXTRA" in row]
    assert row.split("  ")[-1].strip() == "added there by hand"
    place.run("deploy")
    assert set(place.secret("qhub-etl-flow") or ()) == {"S3"}
    assert all(s["well"] for s in place.report("secrets", "check")["secrets"])


def test_a_value_that_cannot_be_had_here_is_not_compared(deployed: Place) -> None:
    found = deployed.report("secrets", "check", status=4, more={"S3_KEY": ""})["secrets"]

    assert {(s["name"], s["problem"], s["in_cluster"], s["well"]) for s in found} == {
        ("AUTH", "", "same", True),
        ("S3", "not set, or empty", "uncompared", False),
    }
    told = deployed.run("secrets", "check", status=4, more={"S3_KEY": ""})
    assert "not set, or empty, there, not compared" in told
    assert "by hand" not in told


def test_secrets_of_the_users_own_are_looked_for(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    own = {"metadata": {"name": "warehouse"}, "stringData": {"password": "x"}}
    place.server.call("POST", place.path("secrets"), own)
    place.write(
        secrets={
            "AUTH": {"from_env": "TF_VAR_auth"},
            "THERE": {"existing_secret": "warehouse", "key": "password"},
            "GONE": {"existing_secret": "warehouse", "key": "token"},
        }
    )

    found = place.report("secrets", "check", status=4)["secrets"]

    assert {(s["name"], s["in_cluster"]) for s in found} == {
        ("AUTH", "absent"),
        ("GONE", "absent"),
        ("THERE", "present"),
    }


def test_who_reads_a_secret_of_the_users_own_rolls_when_it_changed(place: Place) -> None:
    place.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": place.namespace}})
    own = {"metadata": {"name": "warehouse"}, "stringData": {"password": "planted-old"}}
    place.server.call("POST", place.path("secrets"), own)
    place.write(
        existing={**place.config["existing"], "create_namespace": False},
        prefect={
            **place.config["prefect"],
            "agents": [{"name": "etl", "secrets": ["OWN", "S3"]}, {"name": "gpu", "secrets": []}],
        },
        secrets={
            **place.config["secrets"],
            "OWN": {"existing_secret": "warehouse", "key": "password"},
        },
    )
    place.run("deploy")
    assert place.report("deploy")["unchanged"]
    assert place.releases() == {"qhub-etl": ("deployed", 1), "qhub-gpu": ("deployed", 1)}

    other = {"stringData": {"password": "planted-new"}}
    place.server.call("PATCH", place.path("secrets/warehouse"), other)

    told = place.run("plan")
    assert told.count("helm_release.agent") == 1
    assert 'helm_release.agent["etl"]  (a Secret of your own that it reads)' in told
    place.run("deploy")
    assert place.releases() == {"qhub-etl": ("deployed", 2), "qhub-gpu": ("deployed", 1)}
    assert place.report("deploy")["unchanged"]
    assert place.report("status")["healthy"]
    written = [path for path in place.folder.rglob("*") if path.is_file()]
    assert any(b"warehouse" in path.read_bytes() for path in written)
    assert not any(b"planted-" in path.read_bytes() for path in written)
