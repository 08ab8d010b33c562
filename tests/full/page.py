"""Prefect's page in a browser, as the tests go through it.

With QHUB_PICTURES=write the screenshots go to docs/pictures.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.full.platform import Platform
    from tests.full.webdriver import Browser

__all__ = ["MENU", "local", "log_in", "picture", "tour"]

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
ADVERTS = (
    "[...document.querySelectorAll('button')].filter("
    "button => ['Close', 'Not now'].includes(button.innerText.trim()))"
)
STILL = (
    "document.getAnimations().every(one => one.playState != 'running'"
    " || one.effect.getComputedTiming().iterations == Infinity)"
)
MENU = {
    "/dashboard": "Dashboard",
    "/runs": "Runs",
    "/flows": "Flows",
    "/deployments": "Deployments",
    "/work-pools": "Work Pools",
    "/work-pools/create": "Process",
    "/work-pools/work-pool/tried": "tried",
    "/blocks": "Blocks",
    "/blocks/catalog": "Secret",
    "/variables": "qhub_platform",
    "/automations": "qhub:",
    "/automations/create": "Trigger",
    "/events": "Event Feed",
    "/concurrency-limits": "qhub-dask-cluster",
    "/settings": "Settings",
    "/artifacts": "Artifacts",
    "/v2/dashboard": "Dashboard",
    "/v2/work-pools/create": "Process",
}
"""Path → text that is on the page once it has loaded. v2 is another page of the same server."""


def log_in(browser: Browser, platform: Platform) -> None:
    # Any other page leads there, but may be left half built where its requests are refused late.
    browser.open(f"{platform.page}/login")
    browser.wait_for("Login")
    browser.type("input", platform.password)
    browser.click("button[type=submit]")
    browser.wait_for("Dashboard")


def tour(browser: Browser, platform: Platform) -> Iterator[str]:
    """Open every page of the menu; yield its path once it has loaded."""
    for path, text in MENU.items():
        browser.open(platform.page + path)
        browser.wait_for(text)
        yield path


def local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def picture(browser: Browser, name: str) -> None:
    browser.wait(f"({ADVERTS}.forEach(button => button.click()), {ADVERTS}.length == 0)")
    browser.wait(STILL)
    shown = browser.screenshot()
    assert len(shown) > 5_000
    if os.environ.get("QHUB_PICTURES") == "write":
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(shown)
