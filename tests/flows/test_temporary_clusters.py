"""Clusters of `cluster()`: what they have, how they end, and what is told when they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows import cluster, dask_clusters
from qhub.flows.dask_errors import ClusterError, VersionMismatchError, WorkersPendingError
from qhub.flows.errors import NotFoundError
from qhub.flows.gateway import access
from tests.embedded.gateway import CONFIG, RunningGateway, serving, until
from tests.flows.dask_platform import OTHER_VERSION, dask_processes, told
from tests.flows.projects import REPOSITORY, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full

BROKEN = "    - name: broken\n      secrets: []\n      overrides:\n        envVars:\n" + (
    "          DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD: nonsense\n"
)
"""An agent whose Dask workers do not start."""
PROGRAM = """\
import json, os, sys, time
from pathlib import Path
import dask
from qhub.flows import cluster
from beside import fivefold

def mode():
    file = Path(f"mode-{os.getpid()}")
    file.touch()
    return oct(file.stat().st_mode)

def periods():
    names = "admin.tick", "worker.profile"
    return [dask.config.get(f"distributed.{name}.interval") for name in names]

def loaded():
    return sorted({"aiohttp", "bokeh", "prefect"} & sys.modules.keys())

with cluster(idle_timeout=0) as client:
    figures = client.gather(client.map(fivefold, [1, 2, 3]))
    modes = [client.run_on_scheduler(mode), *client.run(mode).values()]
    scheduler = client.run_on_scheduler(loaded), client.run_on_scheduler(periods)
    print("RESULT", json.dumps([client.cluster.name, figures, modes, scheduler]), flush=True)
    THEN
"""
BESIDE = "def fivefold(number):\n    return 5 * number\n"


@dataclass(frozen=True, slots=True)
class Raised:
    """A program whose block raised: its status, its cluster, and what was computed there."""

    status: int
    cluster: str
    figures: list[int]
    modes: list[str]
    loaded: list[str]
    periods: list[str]
    left: tuple[dask_clusters.DaskCluster, ...]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    config = CONFIG.replace("secrets:\n  S3_KEY", BROKEN + "secrets:\n  S3_KEY")
    config = config.replace("FLAVOUR: vanilla", "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL: 90ms")
    with serving(tmp_path_factory.mktemp("temporary"), config) as found:
        yield found


@pytest.fixture(scope="module")
def raised(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Raised:
    """What a program told, with a proxy in its environment that is nowhere."""
    process = start(gateway, tmp_path_factory.mktemp("raised"), "raise SystemExit(7)")
    text, _ = process.communicate(timeout=90)
    name, figures, modes, (loaded, periods) = told(text)
    left = clusters(gateway)
    return Raised(process.returncode, name, figures, modes, loaded, periods, left)


@pytest.fixture
def agent(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> str:
    """This process as one of an agent."""
    for name, value in gateway.client().items():
        monkeypatch.setenv(name, value)
    return "pipelines"


@pytest.fixture
def broken(agent: str, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001 its environment
    """This process as one of the agent whose workers do not start."""
    monkeypatch.setenv("QHUB_AGENT", "broken")
    return "broken"


def start(gateway: RunningGateway, folder: Path, then: str) -> subprocess.Popen[str]:
    """Start a program that uses a cluster and then does that."""
    write(folder, {"beside.py": BESIDE, "main.py": PROGRAM.replace("THEN", then)})
    nowhere = dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:9")
    home = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, "main.py"],
        env={**home, **nowhere, **gateway.client()},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def clusters(gateway: RunningGateway, agent: str = "pipelines") -> Any:
    return dask_clusters.clusters(access(gateway.client(agent)))


def test_a_cluster_is_gone_when_its_block_raises(raised: Raised) -> None:
    assert raised.status == 7
    assert raised.left == ()
    until(lambda: not dask_processes(raised.cluster), 20, lambda: dask_processes(raised.cluster))


def test_a_module_beside_the_program_is_there_and_no_proxy_is_asked(raised: Raised) -> None:
    assert raised.figures == [5, 10, 15]


def test_what_dask_processes_write_is_for_their_owner_alone(raised: Raised) -> None:
    assert raised.modes == ["0o100600", "0o100600"]


def test_a_scheduler_has_loaded_nothing_that_it_may_not_need(raised: Raised) -> None:
    """Bokeh draws the page, once that is opened; the rest is of its clients and of tasks."""
    assert raised.loaded == []


def test_a_dask_process_looks_seldom_at_itself_unless_its_agent_says_how_often(
    raised: Raised,
) -> None:
    assert raised.periods == ["90ms", "50ms"]


def test_a_cluster_is_gone_when_its_process_is_killed(
    gateway: RunningGateway, tmp_path: Path
) -> None:
    process = start(gateway, tmp_path, "time.sleep(300)")
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    name = told(next(line for line in lines if line.startswith("RESULT")))[0]
    process.kill()
    process.communicate()
    assert dask_processes(name)
    until(lambda: not dask_processes(name), 30, lambda: dask_processes(name))
    assert clusters(gateway) == ()


@pytest.mark.usefixtures("agent")
def test_a_profile_that_is_not_there_is_told_before_anything_starts(
    gateway: RunningGateway,
) -> None:
    with (
        pytest.raises(NotFoundError, match=r"no profile of Dask workers 'Small Wroker'") as error,
        cluster(profile="Small Wroker"),
    ):
        raise AssertionError("there is one")
    assert "did you mean 'Small Worker'?" in error.value.hint
    assert clusters(gateway) == ()


def test_workers_that_do_not_start_are_reported_with_the_reason(
    gateway: RunningGateway, broken: str
) -> None:
    with pytest.raises(ClusterError, match=r"^the Dask cluster ") as error, cluster(timeout=60):
        raise AssertionError("there are workers")
    assert "ValueError: cannot find context for 'nonsense'" in str(error.value)
    assert clusters(gateway, broken) == ()


def test_workers_that_take_too_long_are_no_silent_wait(
    gateway: RunningGateway, broken: str
) -> None:
    with (
        pytest.raises(WorkersPendingError, match=r"^after 0 s 0 of 1 Dask workers are there"),
        cluster(timeout=0),
    ):
        raise AssertionError("there are workers")
    assert clusters(gateway, broken) == ()


@pytest.mark.usefixtures("agent")
def test_versions_that_differ_are_told_before_work_is_submitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, dict([OTHER_VERSION]))
    monkeypatch.syspath_prepend(tmp_path / "versions")
    with (
        pytest.raises(VersionMismatchError, match=r"^versions differ, no work was sub") as error,
        cluster(wait=False),
    ):
        raise AssertionError("work could be submitted")
    assert "cloudpickle: 99.0 here, " in str(error.value)
    assert " at the scheduler" in str(error.value)
