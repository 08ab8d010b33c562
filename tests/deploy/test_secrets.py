"""`qhub secrets`: which are set, which are missing, which are other than on the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deploy.place import PLANTED

if TYPE_CHECKING:
    from tests.deploy.place import Place


def test_a_list_needs_no_cluster_and_shows_no_value(place: Place) -> None:
    told = place.run("secrets", "list", more={"KUBECONFIG": "/not/there", "S3_KEY": ""})

    assert [line.split("  ")[-1] for line in told.splitlines()] == [
        "STATE",
        "not set, or empty",
        "set",
        "not set, or empty",
        "set",
    ]
    assert not any(value in told for value in PLANTED.values())


def test_a_check_compares_with_the_cluster(place: Place) -> None:
    before = place.report("secrets", "check", status=4)["secrets"]
    assert {state["in_cluster"] for state in before} == {"absent"}
    place.run("deploy")

    same = place.report("secrets", "check")["secrets"]
    assert {state["in_cluster"] for state in same} == {"same"}
    assert all(state["well"] for state in same)

    other = place.report("secrets", "check", status=4, more={"S3_KEY": "another"})["secrets"]
    assert {(s["name"], s["in_cluster"]) for s in other} == {("S3", "differs"), ("AUTH", "same")}


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
