"""Prefect's API where nobody answers; what a server answers is in test_publish.py."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.api import Api
from qhub.embedded.errors import ApiError, NotDeployedError
from qhub.embedded.layout import Layout
from tests.embedded.server import PASSWORD, free_port

if TYPE_CHECKING:
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
