"""Prefect's API without Prefect: what is answered, refused, or not answered at all."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.api import Api
from qhub.embedded.errors import ApiError, NotDeployedError
from qhub.embedded.layout import Layout
from tests.embedded.server import PASSWORD, Server, free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_nobody_who_listens_is_told(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.make()
    port = free_port()
    layout.ports.write_text(json.dumps({"server": port}))
    layout.password("api").write_text(PASSWORD)
    with Api.of(layout) as api:
        assert not api.healthy()
        with pytest.raises(ApiError) as raised:
            api.get("/work_pools/x")
    assert str(raised.value) == (
        f"GET /work_pools/x: no answer from Prefect at http://127.0.0.1:{port}/api "
        "(nobody listens there)"
    )
    assert raised.value.hint == "`qhub status` tells why"
    assert raised.value.http_status is None


def test_one_who_listens_and_is_silent_is_given_up() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Api(f"http://127.0.0.1:{silent.getsockname()[1]}/api", "", timeout_seconds=0.2) as api,
        pytest.raises(ApiError, match=r"\(it is silent\)$"),
    ):
        api.get("/ready")


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    port = free_port()
    with (
        Api(f"http://127.0.0.1:{port}/api", "") as api,
        pytest.raises(ApiError, match="nobody listens"),
    ):
        api.get("/ready")


def test_a_platform_that_was_not_deployed_has_no_api(tmp_path: Path) -> None:
    with pytest.raises(NotDeployedError) as raised:
        Api.of(Layout(tmp_path))
    assert str(raised.value) == f"no platform was deployed in {tmp_path}"
    assert raised.value.hint == "run `qhub deploy`"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    with Api(server.api, PASSWORD) as api:
        yield api


@pytest.mark.full
def test_things_are_made_changed_found_and_deleted(api: Api) -> None:
    assert api.healthy()
    made = api.post("/variables/", {"name": "colour", "value": "red"})
    assert api.patch(f"/variables/{made['id']}", {"value": "blue"}) is None
    assert api.get("/variables/name/colour")["value"] == "blue"
    assert api.delete("/variables/name/colour") is None
    assert list(api.every("/variables/filter")) == []


@pytest.mark.full
def test_more_than_a_page_is_found(api: Api) -> None:
    names = {f"paged-{number}" for number in range(401)}
    for name in names:
        api.post("/flows/", {"name": name})
    of_them = {"flows": {"name": {"like_": "paged-"}}, "sort": "NAME_ASC"}
    assert {flow["name"] for flow in api.every("/flows/filter", of_them)} == names


@pytest.mark.full
def test_what_prefect_refuses_is_told_with_its_words(api: Api) -> None:
    with pytest.raises(ApiError) as raised:
        api.get("/variables/name/none")
    assert raised.value.http_status == 404
    assert str(raised.value).startswith("GET /variables/name/none: Prefect answered 404: Variable")


@pytest.mark.full
def test_a_value_that_prefect_does_not_take_is_not_repeated(api: Api) -> None:
    with pytest.raises(ApiError) as raised:
        api.post("/variables/", {"name": "Planted Token", "value": "planted-value"})
    assert raised.value.http_status == 422
    assert "body.name: " in str(raised.value)
    assert "planted-value" not in str(raised.value)


@pytest.mark.full
def test_a_wrong_password_is_told(server: Server) -> None:
    with Api(server.api, "qhub:wrong") as api, pytest.raises(ApiError) as raised:
        api.get("/variables/name/x")
    assert raised.value.http_status == 401
    assert "wrong" not in str(raised.value)
