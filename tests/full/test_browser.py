"""Prefect's page of a deployed platform in a real browser, cut off from every other machine.

With QHUB_PICTURES=write the screenshots go to docs/pictures.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.full.network import alone
from tests.full.platform import deployed
from tests.full.webdriver import browsing, requests, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.full.network import Wire
    from tests.full.platform import Platform
    from tests.full.webdriver import Browser

pytestmark = pytest.mark.full

REPOSITORY = Path(__file__).parents[2]
PICTURES = REPOSITORY / "docs" / "pictures"
FLOW = "tasks-on-dask"
"""Name of the flow of examples/flows/tasks_on_dask.py."""
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


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """Cut this process and all that it starts off; every packet that leaves is seen."""
    with alone() as one:
        yield one


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> Iterator[Platform]:
    """A platform on which the example flow has run."""
    with deployed(tmp_path_factory.mktemp("platform") / "project") as one:
        flows = REPOSITORY / "examples" / "flows"
        one.qhub("flow", "deploy", "--project", str(flows), str(flows / "tasks_on_dask.py"))
        one.qhub("flow", "run", FLOW, "--watch")
        assert wire.seen() == ()
        yield one


def test_the_page_asks_for_the_password_and_shows_the_run_of_the_example(
    platform: Platform, tmp_path: Path
) -> None:
    with browsing(tmp_path / "browser", size=(1280, 1100)) as browser:
        browser.open(platform.page)
        browser.wait_for("Login", "Authentication failed")
        picture(browser, "login")
        browser.type("input", "qhub:not-it")
        browser.click("button[type=submit]")
        browser.wait_for("Authentication failed")
        log_in(browser, platform)
        browser.wait_for("Flow Runs", "Task Runs", "1\ntotal", "Completed")
        picture(browser, "dashboard")
        with platform.api() as api:
            (run,) = api.every("/flow_runs/filter", {"sort": "START_TIME_ASC"})
        browser.open(f"{platform.page}/runs/flow-run/{run['id']}")
        browser.wait_for(run["name"], "Completed", "Logs", "Finished in state Completed()")
        browser.wait("document.querySelector('canvas')")  # the graph of the run's tasks
        picture(browser, "flow-run")
    assert [url for url in requests(tmp_path / "browser") if not local(url)] == []


def test_no_page_of_the_menu_asks_anything_of_another_machine(
    platform: Platform, wire: Wire, tmp_path: Path
) -> None:
    with browsing(tmp_path / "browser") as browser:
        browser.open(platform.page)
        log_in(browser, platform)
        for path, text in MENU.items():
            browser.open(platform.page + path)
            browser.wait_for(text)
        browser.wait("performance.getEntriesByType('resource').length > 5")
    asked = requests(tmp_path / "browser")
    assert len(asked) > 100
    assert [url for url in asked if not local(url)] == []
    assert wire.seen() == ()


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


def log_in(browser: Browser, platform: Platform) -> None:
    browser.wait_for("Login")
    browser.script("document.querySelector('input').value = ''")
    browser.type("input", platform.password)
    browser.click("button[type=submit]")
    browser.wait_for("Dashboard")


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
