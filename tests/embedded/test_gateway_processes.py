"""The processes of clusters: which of them the gateway may end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.gateway_backend import AgentBackend

if TYPE_CHECKING:
    from pathlib import Path

LASTING = "import sys; print('runs', flush=True); sys.stdin.read()"
CLUSTER = {"DASK_GATEWAY_CLUSTER_NAME": "c"}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of the platform whose gateway this process is."""
    monkeypatch.setenv("QHUB_STATE", str(tmp_path))
    return str(tmp_path)


@pytest.fixture
def backend(state: str) -> AgentBackend:
    assert state
    return AgentBackend()


def ended(backend: AgentBackend, environ: dict[str, str]) -> bool:
    """Let the gateway stop a process with this environment; tell whether it did."""
    with subprocess.Popen(
        [sys.executable, "-c", LASTING],
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        asyncio.run(backend.stop_process(process.pid))
        found = process.poll() is not None
        process.communicate()
    return found


def test_a_process_of_its_own_is_ended(backend: AgentBackend, state: str) -> None:
    assert ended(backend, {"QHUB_STATE": state, **CLUSTER})


@pytest.mark.parametrize("kind", ["anybody's", "of another platform", "no Dask process"])
def test_a_foreign_process_with_the_pid_of_an_old_one_lives(
    backend: AgentBackend, state: str, kind: str
) -> None:
    environ = {
        "anybody's": {},
        "of another platform": {"QHUB_STATE": f"{state}-other", **CLUSTER},
        "no Dask process": {"QHUB_STATE": state},
    }[kind]
    assert not ended(backend, environ)


def test_a_process_that_is_gone_is_nobodys(backend: AgentBackend) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    asyncio.run(backend.stop_process(process.pid))
