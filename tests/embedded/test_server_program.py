"""What our launcher of the Prefect server adds to it: pages that load from nowhere else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qhub.embedded.layout import Layout
from qhub.embedded.programs.server import environment, secluded

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send


def _answered(scope: Scope) -> list[Message]:
    async def page(_scope: Scope, _receive: Receive, send: Send) -> None:
        kind = scope["type"]
        headers = [(b"content-type", b"text/html")]
        await send({"type": f"{kind}.response.start", "status": 200, "headers": headers})
        await send({"type": f"{kind}.response.body", "body": b"<img src='http://a.example/b'>"})

    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is to be received")

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await secluded(page)(scope, receive, send)

    asyncio.run(ask())
    return sent


def test_a_page_may_load_from_this_server_alone() -> None:
    start, body = _answered({"type": "http"})
    headers = dict(start["headers"])
    policy = dict(part.split(b" ", 1) for part in headers[b"content-security-policy"].split(b"; "))
    assert headers[b"content-type"] == b"text/html"
    assert policy[b"default-src"].startswith(b"'self' ")
    assert b"http:" not in headers[b"content-security-policy"]
    assert b"*" not in policy[b"default-src"]
    assert body["body"].startswith(b"<img")


def test_what_is_no_page_stays_as_it_is() -> None:
    start, _ = _answered({"type": "websocket"})
    assert dict(start["headers"]) == {b"content-type": b"text/html"}


def test_the_server_calls_nobody_and_its_page_finds_the_api_through_any_port(
    tmp_path: Path,
) -> None:
    layout = Layout(tmp_path)
    layout.make()
    layout.password("api").write_text("qhub:generated\n")
    settings = environment(layout)
    assert settings["PREFECT_SERVER_API_AUTH_STRING"] == "qhub:generated"
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["PREFECT_SERVER_UI_API_URL"] == "/api"
