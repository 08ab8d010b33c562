"""The Prefect server: API and page on one loopback port, in one process.

    python -m qhub.embedded.programs.server

Reads QHUB_STATE (folder of the platform) and QHUB_SERVER_PORT. It calls nobody: telemetry and
advertisements are off, the catalogue of work pools comes from Prefect's own package instead of a
public host, and the browser is told to load nothing from elsewhere (logos of blocks, the analytics
of the v2 page).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.embedded.layout import Layout
from qhub.embedded.programs.collector import resting, work_seldom
from qhub.embedded.programs.silence import end_when_silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["catalogue", "environment", "main", "secluded"]

POLICY = (
    b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    # Some browsers do not take a web socket for 'self'.
    b"connect-src 'self' data: blob: ws://127.0.0.1:* ws://localhost:*; "
    b"base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def environment(layout: Layout) -> dict[str, str]:
    """Return the settings of the server, its password among them."""
    return {
        "PREFECT_HOME": str(layout.server),
        "PREFECT_SERVER_API_AUTH_STRING": layout.password("api").read_text().strip(),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "3",
        # Relative, so that the page works through a forwarded port, too.
        "PREFECT_SERVER_UI_API_URL": "/api",
        # Prefect copies its page, else into its own package: that of another user, perhaps.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(layout.server / "page"),
        "DO_NOT_TRACK": "1",
    }


def main(environ: Mapping[str, str] = os.environ) -> None:
    """Serve until SIGTERM."""
    port = int(environ["QHUB_SERVER_PORT"])
    os.umask(0o077)
    end_when_silent(port, "/api/health")  # first: it needs no password
    os.environ.update(environment(Layout(Path(environ["QHUB_STATE"]))))
    with resting():
        app = _application()
    work_seldom()
    import uvicorn

    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="info",
        access_log=False,
        ws_per_message_deflate=False,  # it goes no further than this machine
    )


def _application() -> ASGIApp:
    """Return Prefect's application, as this platform has it; reads the environment."""
    from prefect.server.api import collections
    from prefect.server.api.server import create_app
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    from qhub.embedded.programs import database, savings

    database.prepare(PREFECT_API_DATABASE_CONNECTION_URL.value())
    savings.prepare()
    # Prefect 3.8 asks the host only for what is not in this cache.
    collections.GLOBAL_COLLECTIONS_VIEW_CACHE = catalogue(collections.KNOWN_VIEWS)
    return secluded(create_app())


def catalogue(views: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return Prefect's lists of worker and block types by name: bundled with it, or empty."""
    import prefect.server.api

    folder = Path(prefect.server.api.__path__[0]) / "collections_data" / "views"
    files = {name: folder / f"{name}.json" for name in views}
    return {name: json.loads(f.read_text()) if f.exists() else {} for name, f in files.items()}


def secluded(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that its pages load from this server alone."""

    async def with_policy(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"content-security-policy", POLICY)]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, tell)

    return with_policy


if __name__ == "__main__":
    main()
