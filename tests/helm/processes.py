"""Containers of a rendered Deployment as processes of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from tests.helm.engine import Manifest
from tests.helm.pods import Secrets, command, container, environment, write_setup

STOP_SECONDS: Final = 20
POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Invocation:
    """A container's command and environment, made to run here."""

    command: list[str]
    variables: dict[str, str]


def invocation(
    manifests: list[Manifest], name: str, *, python: Path, folder: Path, secrets: Secrets
) -> Invocation:
    """Return how a container of the Deployment is started, its set-up files written to a folder."""
    write_setup(manifests, folder)
    described = container(manifests, name)
    variables = environment(manifests, described, secrets)
    argv = command(described, variables, folder)
    here = {"HOME": str(folder), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    if "PREFECT_HOME" in variables:
        here["PREFECT_HOME"] = str(folder / ".prefect")
    return Invocation(argv, variables | here)


@contextmanager
def running(
    command: list[str], variables: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process while the block runs; what it says goes to a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=dict(variables), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def status(url: str) -> int | None:
    """Return the status of a GET, or None where nothing listens."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  an address of this machine
            code: int = response.status
            return code
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once something is true; raise `TimeoutError` if it is not in time."""
    deadline = monotonic() + seconds
    while not true():
        if monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        sleep(POLL_SECONDS)
