"""A real browser, headless: the few commands of W3C WebDriver that the tests need, and its log.

Every request that a page made, also by workers and web sockets, is in the browser's NetLog;
`requests` reads it once the browser has ended.
"""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.embedded.server import free_port
from tests.full import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Browser", "browsing", "requests", "serving"]

QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars"),
    # What the browser itself asks for must not be taken for a call of the platform's processes.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element, from W3C WebDriver
DEADLINE_SECONDS = 30


class BrowserError(AssertionError):
    """The browser refused a command, or what was waited for did not appear."""


@dataclass(frozen=True, slots=True)
class Browser:
    """One window; `session` is its address at the driver."""

    session: str

    def open(self, url: str) -> None:
        """Go to a page; returns when it has loaded."""
        self._call("/url", {"url": url})

    def text(self) -> str:
        """Return what can be read on the page."""
        return str(self.script("return document.body ? document.body.innerText : ''"))

    def source(self) -> str:
        """Return the page as it is now, with what scripts made of it and what they keep."""
        kept = "JSON.stringify([localStorage, sessionStorage, document.cookie])"
        return str(self.script(f"return document.documentElement.outerHTML + {kept}"))

    def script(self, code: str) -> Any:
        """Run JavaScript in the page and return its value."""
        return self._call("/execute/sync", {"script": code, "args": []})

    def wait(self, code: str, *, seconds: float = DEADLINE_SECONDS) -> Any:
        """Wait until a JavaScript expression is true in the page; return its value."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(BrowserError):  # a page that is being left has no document
                if value := self.script(f"return {code}"):
                    return value
            time.sleep(0.1)
        raise BrowserError(f"after {seconds} s not true: {code}\non the page: {self.text()[:2000]}")

    def wait_for(self, *words: str, seconds: float = DEADLINE_SECONDS) -> None:
        """Wait until each of these texts can be read on the page."""
        for word in words:
            found = f"document.body && document.body.innerText.includes({json.dumps(word)})"
            self.wait(found, seconds=seconds)

    def type(self, selector: str, text: str) -> None:
        """Type into the element of a CSS selector."""
        self._call(f"/element/{self._find(selector)}/value", {"text": text})

    def click(self, selector: str) -> None:
        """Click the element of a CSS selector."""
        self._call(f"/element/{self._find(selector)}/click", {})

    def screenshot(self) -> bytes:
        """Return what the window shows as PNG."""
        return base64.b64decode(self._call("/screenshot"))

    def _find(self, selector: str) -> str:
        self.wait(f"document.querySelector({json.dumps(selector)})")
        found = self._call("/element", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])

    def _call(self, path: str, body: object = None) -> Any:
        return _call(self.session + path, body)


@contextmanager
def browsing(folder: Path, *, size: tuple[int, int] = (1280, 800)) -> Iterator[Browser]:
    """Start a browser with a new profile; its NetLog is `folder`/net.json when it has ended."""
    driver = needs.program("chromedriver")
    binary = needs.program("google-chrome", "chromium", "chromium-browser")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    options = {
        "binary": binary,
        "args": [
            *QUIET,
            f"--window-size={size[0]},{size[1]}",
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={folder / 'net.json'}",
        ],
    }
    with (folder / "driver.log").open("w") as log:
        process = subprocess.Popen([driver, f"--port={port}"], stdout=log, stderr=log)
    try:
        base = f"http://127.0.0.1:{port}"
        _until_ready(base)
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        session = f"{base}/session/{_call(base + '/session', wanted)['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _call(session, method="DELETE")
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on a free port of this machine; yield the address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_said: object) -> None: ...

    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def requests(folder: Path) -> list[str]:
    """Return the URL of every request of a page, not those that the browser makes for itself.

    Those of a page have its origin as initiator, or a page of this machine as their URL.
    """
    log = json.loads((folder / "net.json").read_text())
    urls = []
    for event in log["events"]:
        details = event.get("params", {})
        url, initiator = details.get("url"), str(details.get("initiator", "not an origin"))
        if url and (initiator != "not an origin" or "//127.0.0.1" in url):
            urls.append(str(url))
    return urls


def _until_ready(base: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            if _call(base + "/status")["ready"]:
                return
        time.sleep(0.05)
    raise BrowserError("chromedriver did not start")


def _call(url: str, body: object = None, *, method: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)  # noqa: S310 of chromedriver
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise BrowserError(json.load(error)["value"]["message"]) from None
