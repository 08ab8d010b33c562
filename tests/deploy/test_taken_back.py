"""A change that failed, or whose deploy was killed, is taken back: the next deploy goes through.

Terraform sees no difference then but in the state of the release, or none at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.killing import kill_all
from tests.deploy.place import STAGE
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

CHANGE = {"envVars": {"LEVEL": "loud"}}
ETL = 'helm_release.agent["etl"]'


def _change(place: Place, overrides: Mapping[str, object] | None) -> None:
    """Have the first agent's overrides alone changed, or taken back."""
    etl: dict[str, object] = {
        "name": "etl",
        **({"overrides": dict(overrides)} if overrides else {}),
    }
    place.write(prefect={**place.config["prefect"], "agents": [etl, {"name": "gpu"}]})


def _as_before(place: Place, why: str) -> None:
    """Hold that a plan says why, that a deploy makes what was, and that it is settled then."""
    (planned,) = place.report("plan")["stages"][0]["changes"]
    assert (planned["address"], planned["why"].partition(";")[0]) == (ETL, why)
    (changed,) = place.report("deploy")["stages"][0]["changes"]
    assert (changed["address"], changed["why"]) == (ETL, why)
    status, revision = place.releases()["qhub-etl"]
    assert (status, place.releases()["qhub-gpu"]) == ("deployed", ("deployed", 1))
    assert revision > 2
    assert "LEVEL" not in place.get("configmaps/qhub-etl-env")["data"]
    assert place.report("deploy")["unchanged"]
    assert place.releases()["qhub-etl"] == ("deployed", revision)


def test_after_an_upgrade_that_failed(place: Place) -> None:
    place.run("deploy")
    _change(place, {"extraVolumeMounts": [{"name": "none", "mountPath": "/none"}]})
    assert "Kubernetes refuses what became of an override" in place.run("deploy", status=3)
    assert place.releases()["qhub-etl"] == ("failed", 2)

    _change(place, None)

    _as_before(place, "its last upgrade did not come to its end")


def test_after_a_kill_while_helm_waited(unready: Place) -> None:
    place = unready
    _change(place, None)
    with place.server.ready_pods(place.namespace):
        place.run("deploy")
    _change(place, CHANGE)
    with place.start("deploy") as qhub:  # whose new pod does not get ready
        pending = ("pending-upgrade", 2)
        until(lambda: place.releases()["qhub-etl"] == pending, what="Helm's wait")
        kill_all(place, qhub)

    _change(place, None)

    with place.server.ready_pods(place.namespace):
        _as_before(place, "its last upgrade did not come to its end")


def test_after_an_upgrade_that_the_state_does_not_know(place: Place) -> None:
    _change(place, None)
    place.run("deploy")
    state = place.private / f"{STAGE}.tfstate"
    before = state.read_bytes()
    _change(place, CHANGE)
    place.run("deploy")
    assert place.get("configmaps/qhub-etl-env")["data"]["LEVEL"] == "loud"
    state.write_bytes(before)  # as where Terraform was killed before it stored it

    _change(place, None)

    _as_before(place, "its last upgrade was not Terraform's, or was not noted")
