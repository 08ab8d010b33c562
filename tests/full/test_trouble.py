"""Trouble on a whole platform: status tells the truth about it, and the next run works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.supervise import Supervisor
from tests.full import needs
from tests.full.platform import deployed, processes, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.full.platform import Platform

pytestmark = pytest.mark.full

CONFIG = """\
project_name: tried
provider: embedded
prefect:
  enabled: true
  overrides:
    envVars: {DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES: "0"} # deaths of workers; else three
dask_gateway: {enabled: true, idle_timeout: 300}
profiles:
  dask_worker:
    Small: {worker_cores: 1, worker_cores_limit: 1, worker_memory: 512M, worker_memory_limit: 512M}
"""
FLOWS = """
import os
import time
from pathlib import Path

from prefect import flow, task
from qhub.flows import cluster, dask_task_runner


@flow(log_prints=True)
def fine():
    print("all is fine")


@flow
def raises():
    raise RuntimeError("the tank is empty")


@flow
def hangs(pid_file: str):
    Path(pid_file).with_suffix(".new").write_text(str(os.getpid()))
    Path(pid_file).with_suffix(".new").rename(pid_file)
    while True:
        time.sleep(1)


def too_much():
    return len(bytearray(900_000_000)) and time.sleep(60)


@flow
def eats_memory():
    with cluster(profile="Small", workers=1) as client:
        client.submit(too_much).result(timeout=150)


@task
def worker():
    return os.getpid()


@flow(task_runner=dask_task_runner(workers=1), log_prints=True)
def on_dask():
    print("ran in", worker.submit().result())
"""
DISK_BYTES = 800_000_000


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_disk(tmp_path_factory.mktemp("trouble") / "disk") as folder:
        yield folder


@pytest.fixture(scope="module")
def platform(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose home is a small disk."""
    folder = tmp_path_factory.mktemp("trouble") / "project"
    folder.mkdir()
    (folder / "trouble.py").write_text(FLOWS)
    with deployed(folder, CONFIG, home=disk) as one:
        one.qhub("flow", "deploy", "trouble.py")
        yield one


def test_a_flow_that_raises_is_failed_and_counted(platform: Platform) -> None:
    before = platform.status()["runs"]["failed"]
    platform.qhub("flow", "run", "raises", "--watch", fails=3)
    assert "the tank is empty" in platform.said[-2] + platform.said[-1]
    runs = platform.status()["runs"]
    assert (runs["running"], runs["failed"]) == (0, before + 1)
    next_run_works(platform)


def test_a_flow_that_hangs_is_cancelled_and_its_process_is_gone(
    platform: Platform, tmp_path: Path
) -> None:
    run, pid = hanging(platform, tmp_path)
    assert platform.status()["runs"]["running"] == 1
    platform.qhub("flow", "cancel", run)
    platform.wait(run, "Cancelled")
    until(lambda: not Path(f"/proc/{pid}").exists())
    assert platform.status()["runs"]["running"] == 0
    next_run_works(platform)


def test_a_dask_worker_out_of_memory_fails_the_run_and_leaves_no_cluster(
    platform: Platform,
) -> None:
    run = platform.wait(platform.trigger("eats-memory"), "Failed", seconds=240)
    assert "KilledWorker" in run["state"]["message"] or "memory" in run["state"]["message"]
    until(lambda: not [c for c in platform.status()["clusters"] if "eats" in c["flow"]])
    next_run_works(platform, "on-dask")


def test_a_dask_cluster_that_died_is_replaced(platform: Platform) -> None:
    if not shared_clusters(platform):
        next_run_works(platform, "on-dask")
    (before,) = shared_clusters(platform)
    dead = [pid for pid, command in processes(str(platform.home)) if " scheduler" in command]
    assert len(dead) == 1
    kill(dead)
    next_run_works(platform, "on-dask")
    until(lambda: before not in shared_clusters(platform))
    assert len(shared_clusters(platform)) == 1


def test_of_two_deploys_at_once_one_waits_or_is_told_and_all_is_well(platform: Platform) -> None:
    config = platform.folder / "qhub-config.yaml"
    config.write_text(f"{CONFIG}\n# changed\n".replace("300}", "200}"))
    both = [platform.start("deploy"), platform.start("deploy")]
    told = [one.communicate(timeout=180)[0] for one in both]
    statuses = sorted(one.returncode for one in both)
    assert statuses in ([0, 0], [0, 3]), told
    if statuses == [0, 3]:
        refused = next(text for text, one in zip(told, both, strict=True) if one.returncode)
        assert "another qhub (deploy, pid " in refused
        assert "is working on this platform" in refused
        assert "Traceback" not in refused
    supervisors = [
        pid for pid, command in processes(str(platform.home)) if "supervisord" in command
    ]
    assert len(supervisors) == 1
    assert platform.status()["healthy"]
    next_run_works(platform)


def test_after_kill_9_of_everything_status_says_so_and_deploy_brings_all_back(
    platform: Platform, tmp_path: Path
) -> None:
    run, _ = hanging(platform, tmp_path)
    before = {name for name, _ in deployments(platform)}
    kill([pid for pid, _ in processes(str(platform.home))])
    until(lambda: processes(str(platform.home)) == [])
    assert platform.layout.socket.exists()
    down = platform.status(fails=4)
    assert not down["healthy"]
    assert {part["state"] for part in down["parts"]} <= {"stopped", "unknown", "failed"}
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as foreign:
        platform.layout.pid_file.write_text(str(foreign.pid))  # as after a power cut
        told = json.loads(platform.here("deploy", "--output", "json"))
        assert foreign.poll() is None
        foreign.kill()
    assert (told["started"], told["changed"]) == (True, [])
    supervisor = Supervisor(platform.layout).pid()
    assert platform.layout.pid_file.read_text().strip() == str(supervisor)
    platform.wait(run, "Crashed", seconds=120)
    assert platform.status()["healthy"]
    assert {name for name, _ in deployments(platform)} == before
    next_run_works(platform, "on-dask")


def test_a_full_disk_under_the_databases_is_told_and_survived(
    platform: Platform, disk: Path
) -> None:
    filler = disk / "filler"
    fill(filler)
    with suppress(AssertionError):  # whatever the server answers now, it shall not end for good
        platform.qhub("flow", "run", "fine", "--watch", "--timeout", "10")
    full = platform.status(fails=4)
    assert any("disk" in problem["message"] for problem in full["problems"])
    filler.unlink()
    until(lambda: platform.here("deploy") and platform.look()["healthy"], seconds=120)
    next_run_works(platform, "on-dask")


def next_run_works(platform: Platform, flow: str = "fine") -> None:
    platform.wait(platform.trigger(flow), "Completed", seconds=150)
    status = platform.status()
    assert status["healthy"], status["problems"]


def hanging(platform: Platform, folder: Path) -> tuple[str, int]:
    """Start a run that never ends; return it and its process."""
    file = folder / "pid"
    run = platform.trigger("hangs", pid_file=str(file))
    platform.wait(run, "Running")
    until(file.exists)
    return run, int(file.read_text())


def shared_clusters(platform: Platform) -> list[str]:
    return [one["name"] for one in platform.status()["clusters"] if "on-dask" in one["flow"]]


def deployments(platform: Platform) -> list[tuple[str, Any]]:
    with platform.api() as api:
        return [(one["entrypoint"], one) for one in api.every("/deployments/filter")]


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small file system in memory."""
    needs.root("a small disk is mounted")
    folder.mkdir()
    options = f"size={DISK_BYTES},mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    subprocess.run(mount, check=True, timeout=30)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=30)


def fill(file: Path) -> None:
    """Write until the disk is full: much at a time, then what still fits."""
    with file.open("wb", buffering=0) as out:
        for size in (1_000_000, 4096, 1):
            with suppress(OSError):
                while True:
                    out.write(b"x" * size)
