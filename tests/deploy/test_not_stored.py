"""A deploy is killed when a Secret was written, and Terraform had not stored that it was.

A state in the cluster is stored every 20 seconds at most, so that is what a kill meets.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.killing import kill_all
from tests.deploy.place import STAGE
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

NEW = {"S3_KEY": "another value"}
LEASES = "/apis/coordination.k8s.io/v1/namespaces/qhub-state/leases"


def _stored(place: Place) -> dict[str, str]:
    """Return Terraform's state as it lies in the cluster, packed."""
    name = f"tfstate-default-pipelines.{place.namespace}.{STAGE}"
    secret = place.server.call("GET", f"/api/v1/namespaces/qhub-state/secrets/{name}")
    found: dict[str, str] = secret["data"]
    assert found["tfstate"]
    return found


def _revision(place: Place, agent: str) -> str:
    """Return the annotation that rolls an agent's pods."""
    path = f"/apis/apps/v1/namespaces/{place.namespace}/deployments/qhub-{agent}"
    template = place.server.call("GET", path)["spec"]["template"]
    return str(template["metadata"]["annotations"]["qhub.dev/secrets-revision"])


@pytest.fixture
def waiting(unready: Place) -> Place:
    """Return a place that is deployed, and whose new pods do not get ready."""
    unready.write(terraform_state={"type": "remote"})
    with unready.server.ready_pods(unready.namespace):
        unready.run("deploy")
    return unready


def _kill_unstored(place: Place, *arguments: str) -> None:
    """Kill a deploy of the new value when the Secrets have it, and the state does not say so."""
    before = _stored(place)
    with place.start("deploy", *arguments, more=NEW) as qhub:
        until(
            lambda: (
                place.secret("qhub-etl-flow") == {"S3": NEW["S3_KEY"]}
                and place.secret("qhub-gpu-flow") == {"S3": NEW["S3_KEY"]}
            ),
            what="the value",
        )
        kill_all(place, qhub)
    assert _stored(place) == before


@pytest.mark.parametrize("kept", [False, True], ids=["at once", "a plan that was kept"])
def test_the_agents_roll_though_terraform_did_not_note_their_secrets(
    waiting: Place, *, kept: bool
) -> None:
    place = waiting
    if kept:
        place.run("plan", "--out", "plans.tar", more=NEW)
    _kill_unstored(place, *(["--plan", "plans.tar"] if kept else []))

    with place.server.ready_pods(place.namespace):
        place.run("deploy", more=NEW)

        assert [_revision(place, agent) for agent in ("etl", "gpu")] == ["2", "2"]
        assert place.report("deploy", more=NEW)["unchanged"]


def test_a_lock_of_somebody_else_stays_though_a_deploy_of_ours_was_killed(waiting: Place) -> None:
    place = waiting
    _kill_unstored(place)
    lease = f"{LEASES}/lock-tfstate-default-pipelines.{place.namespace}.{STAGE}"
    ours = place.server.call("GET", lease)
    key = "app.terraform.io/lock-info"
    theirs: dict[str, Any] = json.loads(ours["metadata"]["annotations"][key])
    theirs["Who"] = "somebody@elsewhere"  # at the same time as ours
    annotations = {key: json.dumps(theirs)}
    place.server.call("PATCH", lease, {"metadata": {"annotations": annotations}})

    with place.server.ready_pods(place.namespace):
        error = place.report("deploy", more=NEW, status=3)["error"]

    assert "is locked by somebody@elsewhere since" in error["message"]
    held = place.server.call("GET", lease)
    assert held["spec"]["holderIdentity"] == ours["spec"]["holderIdentity"] == theirs["ID"]
