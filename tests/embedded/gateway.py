"""A real Dask Gateway of our own launcher, from a config file, for tests."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.api import load
from qhub.embedded.layout import Layout
from tests.embedded.server import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASSWORD = "gateway-of-the-tests"  # noqa: S105 of a gateway that lives for one test
CONFIG = """\
project_name: demo
namespace: dev
provider: embedded
prefect:
  enabled: true
  agents:
    - name: pipelines
      secrets: [S3_KEY]
      overrides: {envVars: {FLAVOUR: vanilla}}
    - {name: other, secrets: []}
secrets:
  S3_KEY: {from_env: S3_KEY}
dask_gateway:
  enabled: true
  idle_timeout: 120
  limits: {workers: 4, cores: 4, memory: 8Gi}
profiles:
  dask_worker:
    Small Worker:
      {worker_cores: 1, worker_cores_limit: 1, worker_memory: 1G, worker_memory_limit: 1G,
       default: true}
    Medium Worker:
      {worker_cores: 1.5, worker_cores_limit: 2, worker_memory: 1G, worker_memory_limit: 2G}
"""
SECRETS = {"S3_KEY": b"planted-7f3e-secret"}


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A running gateway: where it is, and what its clients need in their environment."""

    layout: Layout
    ports: dict[str, int]
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['PROXY_']}"

    def client(self, agent: str = "pipelines") -> dict[str, str]:
        """The environment of a process that uses it as an agent."""
        return {
            "QHUB_GATEWAY_ADDRESS": self.address,
            "QHUB_GATEWAY_PROXY_ADDRESS": f"gateway://127.0.0.1:{self.ports['TLS_']}",
            "QHUB_GATEWAY_PASSWORD": PASSWORD,
            "QHUB_AGENT": agent,
        }


def prepare(layout: Layout, config: str = CONFIG) -> None:
    """Put what deploy puts: the rendered files, passwords and secrets."""
    layout.make()
    file = layout.root / "qhub-config.yaml"
    file.write_text(config)
    for path, content in load(file).bundle.items():
        target = layout.config / Path(path).relative_to("stages/embedded")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    layout.password("gateway").write_text(PASSWORD)
    layout.password("gateway_keys").write_bytes(base64.b64encode(os.urandom(32)))
    volume = layout.secrets("pipelines")
    volume.mkdir(mode=0o700)
    for name, value in SECRETS.items():
        (volume / name).write_bytes(value)


def start(layout: Layout, ports: dict[str, int]) -> subprocess.Popen[bytes]:
    """Start the gateway's program; does not wait for it."""
    env = {
        **os.environ,
        "QHUB_STATE": str(layout.root),
        "QHUB_PYTHON": sys.executable,
        **{f"QHUB_GATEWAY_{name}PORT": str(port) for name, port in ports.items()},
    }
    with layout.log("gateway").open("a") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "qhub.embedded.programs.gateway"],
            env=env,
            stdout=out,
            stderr=out,
        )


@contextmanager
def serving(root: Path, config: str = CONFIG) -> Iterator[RunningGateway]:
    """Run a gateway with its state below `root`; it is stopped, and waited for, at the end."""
    layout = Layout(root)
    prepare(layout, config)
    ports = {name: free_port() for name in ("", "PROXY_", "TLS_")}
    process = start(layout, ports)
    try:
        gateway = RunningGateway(layout, ports, process)
        healthy(gateway)
        yield gateway
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def healthy(gateway: RunningGateway) -> None:
    """Wait until it answers through its proxy."""
    until(lambda: _answers(gateway), 30, lambda: gateway.layout.log("gateway").read_text()[-3000:])


def until(
    condition: Callable[[], object], seconds: float, told: Callable[[], object] = lambda: ""
) -> None:
    """Wait for a condition; fail with what `told` returns when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {told()}"
        time.sleep(0.2)


def _answers(gateway: RunningGateway) -> bool:
    assert gateway.process.poll() is None, gateway.layout.log("gateway").read_text()[-3000:]
    url = f"{gateway.address}/api/health"
    with suppress(OSError), urllib.request.urlopen(url) as answer:  # noqa: S310 our own
        return bool(answer.status == 200)
    return False
