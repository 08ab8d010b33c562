"""A real Prefect 3 server on this machine, and the chart's set-up of a worker against it."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from tests.embedded import server as platform
from tests.helm.engine import Manifest, template
from tests.helm.examples import CHART, NAMESPACE, RELEASE, SECRETS, TOKEN, WORKER
from tests.helm.processes import POLL_SECONDS, invocation

SECONDS: Final = 60
Outcome = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running Prefect server that asks for a credential."""

    url: str
    header: dict[str, str]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer."""
        request = urllib.request.Request(  # noqa: S310  an address of this machine
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={**self.header, "Content-Type": "application/json"},
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

    def variables(self) -> dict[str, Any]:
        """Return the value of each of its variables."""
        found = self.call("POST", "/variables/filter", {"limit": 200})
        return {each["name"]: each["value"] for each in found}


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a server with an empty database while the block runs."""
    with platform.serving(folder) as running:
        yield Server(running.api, running.header)


def render(server: Server, **changes: Any) -> list[Manifest]:
    """Return the chart's objects for a worker of a server."""
    own = {"api": {"kind": "server", "url": server.url}, "worker": {"querySeconds": 1}}
    return template(CHART, RELEASE, NAMESPACE, {**WORKER, **own, **changes})


def set_up(*renderings: list[Manifest], python: Path, folder: Path) -> list[Outcome]:
    """Bring work pools up to date, all at once; return status and lines of each."""
    processes = []
    for number, manifests in enumerate(renderings):
        setup = folder / str(number)
        setup.mkdir(parents=True)
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
