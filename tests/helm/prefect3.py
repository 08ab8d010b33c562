"""A real Prefect 3 server on this machine, and the chart's set-up of a worker against it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from tests.helm import environments
from tests.helm.engine import Manifest, template
from tests.helm.examples import CHART, NAMESPACE, RELEASE, SECRETS, TOKEN, WORKER
from tests.helm.processes import POLL_SECONDS, free_port, invocation, running, status, wait_until

SECONDS: Final = 60
Outcome = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running Prefect server that asks for a credential."""

    url: str
    auth: str = TOKEN

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer."""
        credential = base64.b64encode(self.auth.encode()).decode()
        request = urllib.request.Request(  # noqa: S310  an address of this machine
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {credential}", "Content-Type": "application/json"},
        )
        deadline = monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                    return json.loads(response.read() or b"null")
            except urllib.error.HTTPError as error:
                # A server on SQLite answers 503 while its services hold the database.
                if error.code < 500 or monotonic() > deadline:
                    raise AssertionError(f"{method} {path}: {error.read()!r}") from error
                sleep(POLL_SECONDS)


@contextmanager
def serving(python: Path, folder: Path) -> Iterator[Server]:
    """Run a server with an empty database while the block runs."""
    port = free_port()
    variables = {
        "HOME": str(folder),
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": TOKEN,
        "PREFECT_UI_STATIC_DIRECTORY": str(folder / "ui"),
    }
    shutil.copy(empty_database(python, variables), folder / "prefect.db")
    prefect = str(python.parent / "prefect")
    command = [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    started = Server(f"http://127.0.0.1:{port}/api")
    with running(command, variables, folder / "log"):
        wait_until(lambda: status(f"{started.url}/health") == 200, SECONDS, "server")
        yield started


def empty_database(python: Path, variables: dict[str, str]) -> Path:
    """Return a database with the server's tables, made once: that is half of the server's start."""
    file = environments.PREFECT_3.folder / "empty.db"
    if not file.exists():
        made = file.with_suffix(f".{os.getpid()}")
        url = f"sqlite+aiosqlite:///{made}"
        subprocess.run(
            [str(python.parent / "prefect"), "server", "database", "upgrade", "--yes"],
            env={**variables, "PREFECT_SERVER_DATABASE_CONNECTION_URL": url},
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        made.rename(file)
    return file


def render(server: Server, **changes: Any) -> list[Manifest]:
    """Return the chart's objects for a worker of a server."""
    own = {"api": {"kind": "server", "url": server.url}, "worker": {"querySeconds": 1}}
    return template(CHART, RELEASE, NAMESPACE, {**WORKER, **own, **changes})


def set_up(*renderings: list[Manifest], python: Path, folder: Path) -> list[tuple[int, list[str]]]:
    """Bring work pools up to date, all at once; return status and lines of each."""
    processes = []
    for number, manifests in enumerate(renderings):
        setup = folder / str(number)
        setup.mkdir()
        start = invocation(manifests, "work-pool", python=python, folder=setup, secrets=SECRETS)
        processes.append(
            subprocess.Popen(
                start.command,
                env=start.variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    said = [process.communicate(timeout=SECONDS)[0] for process in processes]
    assert TOKEN not in "".join(said)
    return [
        (each.returncode, text.splitlines()) for each, text in zip(processes, said, strict=True)
    ]
