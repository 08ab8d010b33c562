"""What Prefect's API answers to us, and what a deploy tells it again.

The latter where somebody has changed it on Prefect's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from qhub.api import load
from qhub.embedded.api import Api
from qhub.embedded.automations import CONCURRENCY_LIMIT, automations
from qhub.embedded.errors import ApiError
from qhub.embedded.publish import rest
from tests.embedded.gateway import prepare
from tests.embedded.server import PASSWORD, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

pytestmark = pytest.mark.full

LIMIT = f"/v2/concurrency_limits/{CONCURRENCY_LIMIT}"
NAMES = [automation["name"] for automation in automations()]


@dataclass(frozen=True)
class Deployed:
    """A platform whose server knows everything that a deploy tells."""

    api: Api
    layout: Layout
    platform: Platform

    def again(self) -> tuple[str, ...]:
        """Tell it once more; return what that changed."""
        return rest(self.api, self.layout, self.platform, gateway=None).changed

    def automation(self, name: str) -> Any:
        """Return what the server has of an automation."""
        [found] = [one for one in self.api.every("/automations/filter") if one["name"] == name]
        return found


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with (
        serving(tmp_path_factory.mktemp("platform")) as server,
        Api(server.api, PASSWORD) as api,
    ):
        prepare(server.layout)
        platform = load(server.layout.root / "qhub-config.yaml").platform
        one = Deployed(api, server.layout, platform)
        told = one.again()
        assert f"concurrency limit {CONCURRENCY_LIMIT}" in told
        assert {f"automation '{name}'" for name in NAMES} < set(told)
        yield one


def test_nothing_is_told_twice(deployed: Deployed) -> None:
    assert deployed.again() == ()


@pytest.mark.parametrize("change", [{"limit": 5}, {"active": False}], ids=["more", "inactive"])
def test_a_changed_concurrency_limit_is_put_right(
    deployed: Deployed, change: dict[str, Any]
) -> None:
    deployed.api.patch(LIMIT, change)
    assert deployed.api.get(LIMIT).items() > change.items()
    assert deployed.again() == (f"concurrency limit {CONCURRENCY_LIMIT}",)
    right = deployed.api.get(LIMIT)
    assert (right["limit"], right["active"]) == (1, True)
    assert deployed.again() == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_automation_that_was_disabled_is_put_right(deployed: Deployed, name: str) -> None:
    found = deployed.automation(name)
    deployed.api.patch(f"/automations/{found['id']}", {"enabled": False})
    assert not deployed.automation(name)["enabled"]
    assert deployed.again() == (f"automation '{name}'",)
    assert deployed.automation(name)["enabled"]
    assert deployed.again() == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_automation_that_was_changed_is_put_right(deployed: Deployed, name: str) -> None:
    before = deployed.automation(name)
    [wanted] = [one for one in automations() if one["name"] == name]
    slow = {**wanted, "trigger": {**wanted["trigger"], "within": 3600}}
    deployed.api.put(f"/automations/{before['id']}", slow)
    assert deployed.automation(name)["trigger"]["within"] == 3600
    assert deployed.again() == (f"automation '{name}'",)
    after = deployed.automation(name)
    assert after["trigger"]["within"] == wanted["trigger"]["within"]
    assert after["id"] == before["id"]
    assert deployed.again() == ()


def test_an_automation_of_an_earlier_version_goes_and_a_users_own_stays(
    deployed: Deployed,
) -> None:
    for name in ("qhub: of an earlier version", "of a user"):
        deployed.api.post("/automations/", {**automations()[0], "name": name})
    assert deployed.again() == ("automation 'qhub: of an earlier version'",)
    assert deployed.automation("of a user")["enabled"]
    assert deployed.again() == ()


@pytest.fixture
def api(deployed: Deployed) -> Api:
    return deployed.api


def test_things_are_made_changed_found_and_deleted(api: Api) -> None:
    assert api.healthy()
    made = api.post("/variables/", {"name": "colour", "value": "red"})
    assert api.patch(f"/variables/{made['id']}", {"value": "blue"}) is None
    assert api.get("/variables/name/colour")["value"] == "blue"
    assert api.delete("/variables/name/colour") is None
    assert "colour" not in {found["name"] for found in api.every("/variables/filter")}


def test_more_than_a_page_is_found(api: Api) -> None:
    messages = [f"paged-{number}" for number in range(401)]
    begun = datetime.now(UTC)
    lines = [
        {
            "name": "paged",
            "level": 20,
            "message": message,
            "timestamp": (begun + timedelta(microseconds=number)).isoformat(),
            "flow_run_id": str(UUID(int=1)),
        }
        for number, message in enumerate(messages)
    ]
    api.post("/logs/", lines)
    found = api.every("/logs/filter", {"sort": "TIMESTAMP_ASC"})
    assert [line["message"] for line in found] == messages


def test_what_prefect_refuses_is_told_with_its_words(api: Api) -> None:
    with pytest.raises(ApiError) as raised:
        api.get("/variables/name/none")
    assert raised.value.http_status == 404
    assert str(raised.value).startswith("GET /variables/name/none: Prefect answered 404: Variable")


def test_a_value_that_prefect_does_not_take_is_not_repeated(api: Api) -> None:
    with pytest.raises(ApiError) as raised:
        api.post("/variables/", {"name": "Planted Token", "value": "planted-value"})
    assert raised.value.http_status == 422
    assert "body.name: " in str(raised.value)
    assert "planted-value" not in str(raised.value)


def test_a_wrong_password_is_told(deployed: Deployed) -> None:
    with Api(deployed.api.url, "qhub:wrong") as api, pytest.raises(ApiError) as raised:
        api.get("/variables/name/x")
    assert raised.value.http_status == 401
    assert "wrong" not in str(raised.value)
