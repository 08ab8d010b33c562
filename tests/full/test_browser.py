"""What a page asks of other machines is found by those who say that it asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.full.page import local
from tests.full.webdriver import browsing, requests, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.full


def test_a_request_of_a_page_to_another_machine_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<body>here<img src='http://tracker.example/x.png'>"
        "<script>fetch('https://analytics.example/y', {mode: 'no-cors'}).catch(() => 0);"
        "new WebSocket('wss://socket.example/z')</script>"
    )
    with serving(tmp_path) as address, browsing(tmp_path / "browser") as browser:
        browser.open(f"{address}/page.html")
        browser.wait_for("here")
    asked = {url for url in requests(tmp_path / "browser") if not local(url)}
    assert asked == {
        "http://tracker.example/x.png",
        "https://analytics.example/y",
        "wss://socket.example/z",
    }
