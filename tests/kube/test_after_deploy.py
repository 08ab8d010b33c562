"""`qhub status` after a real `qhub deploy`: Terraform's way of giving values is no drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import place as place
from tests.deploy.conftest import providers as providers
from tests.deploy.conftest import unready as unready
from tests.deploy.place import PLANTED

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


def test_what_was_deployed_does_well_and_what_was_changed_is_told(place: Place) -> None:
    place.run("deploy")
    found = place.report("status")
    assert (found["problems"], found["healthy"]) == ([], True)
    assert [(one["name"], one["state"], one["ready"]) for one in found["agents"]] == [
        ("etl", "running", 1),
        ("gpu", "running", 1),
    ]
    assert {one["name"]: one["missing"] for one in found["secrets"]} == {
        f"qhub-{agent}-{kind}": [] for agent in ("etl", "gpu") for kind in ("flow", "token")
    }
    told = place.run("status")
    assert told.splitlines()[-1] == "healthy"
    assert not any(value in told for value in PLANTED.values())

    prefect = {**place.config["prefect"], "overrides": {"envVars": {"LEVEL": "DEBUG"}}}
    place.write(prefect={**prefect, "agents": [{"name": "etl"}]})
    problems = {
        (one["part"], one["message"]) for one in place.report("status", status=4)["problems"]
    }
    assert problems == {
        (
            "agent/etl",
            "the config asks for something else than what is deployed (envVars.LEVEL, "
            "published.qhub_platform)",
        ),
        ("agent/gpu", "it runs, and the config names no such agent"),
    }
    place.run("deploy")
    assert place.report("status")["healthy"] is True
