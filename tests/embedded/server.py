"""A real Prefect server of our own launcher, for tests; its migrations run once per checkout."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = Path(__file__).parents[2] / ".cache" / "prefect-database"
PASSWORD = "qhub:of-the-tests"  # noqa: S105 of a server that lives for one test


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it is, and what its clients need in their environment."""

    layout: Layout
    port: int
    pid: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def client(self) -> dict[str, str]:
        """The environment of a process that talks to it, over the present one."""
        return {
            "PREFECT_API_URL": self.api,
            "PREFECT_API_AUTH_STRING": PASSWORD,
            "PREFECT_HOME": str(self.layout.root / "client"),
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
            "DO_NOT_TRACK": "1",
        }

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()}


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Run a server with its state below `root`; it is stopped, and waited for, at the end."""
    layout = Layout(root)
    layout.make()
    layout.password("api").write_text(PASSWORD)
    known = _cached().exists()
    migrate(layout)
    port = free_port()
    log = layout.log("server")
    env = {**os.environ, "QHUB_STATE": str(root), "QHUB_SERVER_PORT": str(port)}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qhub.embedded.programs.server"],
            env=env,
            stdout=out,
            stderr=out,
        )
    try:
        _wait(port, process, log)
        if not known:
            _keep(layout.server / "prefect.db", _cached())
        yield Server(layout, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def migrate(layout: Layout) -> None:
    """Put a database there whose migrations ran already, if there is one: five seconds saved."""
    database = layout.server / "prefect.db"
    if _cached().exists() and not database.exists():
        layout.make()
        shutil.copy(_cached(), database)
        database.chmod(0o600)


def _cached() -> Path:
    return CACHE / f"{version('prefect')}.db"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        health = f"http://127.0.0.1:{port}/api/health"
        with suppress(OSError), urllib.request.urlopen(health) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the Prefect server did not start:\n{log.read_text()[-3000:]}")


def _keep(database: Path, cached: Path) -> None:
    """Copy a database that is in use, whole."""
    import sqlite3

    cached.parent.mkdir(parents=True, exist_ok=True)
    unfinished = cached.with_suffix(f".{os.getpid()}")
    source, target = sqlite3.connect(database), sqlite3.connect(unfinished)
    with source, target:
        source.backup(target)
    source.close()
    target.close()
    unfinished.replace(cached)
