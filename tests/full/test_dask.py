"""Dask on a whole platform: what a deploy changes for clusters that run, and who can reach them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.supervise import Supervisor
from qhub.flows.dask_clusters import stop
from qhub.flows.dask_errors import UnknownAgentError
from qhub.flows.gateway import Access, ask
from tests.embedded.server import free_port
from tests.full.platform import deployed, processes, until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.full.platform import Platform

pytestmark = pytest.mark.full

CONFIG = """\
project_name: tried
provider: embedded
prefect:
  enabled: true
  agents:
    - {name: first, overrides: {envVars: {FLAVOUR: vanilla}}}
dask_gateway: {enabled: true, idle_timeout: 600, limits: {workers: 3}}
profiles:
  flow_run:
    Small: {cpu: 100m, memory: 512Mi, memory_limit: 1G}
"""
FLOWS = """
import os
import time
from pathlib import Path

from prefect import flow, task
from qhub.flows import cluster, dask_task_runner


def computes(folder):
    told = os.environ["DASK_GATEWAY_CLUSTER_NAME"] + " " + os.environ["FLAVOUR"]
    (Path(folder) / "begun").write_text(told)
    while not (Path(folder) / "go").exists():
        time.sleep(0.05)


@flow(task_runner=dask_task_runner(workers=1))
def shares(folder: str):
    task(computes).submit(folder).result()
    task(computes).submit(folder).result()


@flow
def owns(folder: str):
    with cluster(workers=1) as client:
        client.submit(computes, folder).result()
        client.submit(sum, [1, 2]).result()
"""
ANYWHERE = """
import socket, sys
with socket.create_server(("0.0.0.0", 0)):
    print("listens", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("dask") / "project"
    folder.mkdir()
    (folder / "flows.py").write_text(FLOWS)
    with deployed(folder, CONFIG) as one:
        one.qhub("flow", "deploy", "flows.py")
        yield one


@pytest.fixture(scope="module")
def cluster(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the cluster of flow `shares`, which runs."""
    assert tasted(platform, tmp_path_factory.mktemp("first")) == "vanilla"
    [name] = clusters(platform)
    return name


def tasted(platform: Platform, folder: Path) -> str:
    """Run the flow; return what its task saw on a Dask worker."""
    (folder / "go").touch()
    platform.wait(platform.trigger("shares", folder=str(folder)), "Completed", seconds=120)
    return begun(folder)[1]


def begun(folder: Path) -> tuple[str, str]:
    """Wait for the task of a run; return its cluster and what it saw there."""
    file = folder / "begun"
    name, flavour = until(lambda: file.exists() and file.read_text().split(), seconds=120)
    return name, flavour


def clusters(platform: Platform) -> list[str]:
    """Return the names of the clusters, the newest last."""
    found = sorted(platform.status()["clusters"], key=lambda one: -one["age_seconds"])
    return [one["name"] for one in found]


def pid_of(platform: Platform, program: str) -> int | None:
    [found] = [p for p in Supervisor(platform.layout).programs() if p.name == program]
    return found.pid


def deploy(platform: Platform, changes: Mapping[str, str]) -> None:
    """Change the config file, and deploy it."""
    file = platform.folder / "qhub-config.yaml"
    text = file.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text)
    platform.here("deploy")


def test_everything_listens_on_this_machine_alone(platform: Platform, cluster: str) -> None:
    found = processes(str(platform.home))
    dask = [command for _, command in found if "qhub.embedded.programs.dask" in command]
    assert len(dask) >= 2, found
    assert cluster
    assert len(listening(pid for pid, _ in found)) >= 8
    assert listening(pid for pid, _ in found) == listening(
        (pid for pid, _ in found), {"127.0.0.1", "::1"}
    )
    control = [sys.executable, "-c", ANYWHERE]
    with subprocess.Popen(control, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.readline()
        assert listening([one.pid])
        assert not listening([one.pid], {"127.0.0.1", "::1"})
        one.communicate()


def listening(pids: Iterable[int], only: set[str] | None = None) -> list[tuple[int, str, int]]:
    """Return what processes listen on, as (pid, address, port)."""
    import psutil

    found = []
    for pid in pids:
        try:
            connections = psutil.Process(pid).net_connections(kind="inet")
        except psutil.NoSuchProcess:
            continue
        for one in connections:
            unconnected = one.type == socket.SOCK_DGRAM and not one.raddr
            if one.status == psutil.CONN_LISTEN or unconnected:
                found.append((pid, one.laddr.ip, one.laddr.port))
    return sorted(one for one in found if only is None or one[1] in only)


def test_agents_limits_and_sizes_change_under_a_cluster_that_goes_on(
    platform: Platform, cluster: str, tmp_path: Path
) -> None:
    gateway = pid_of(platform, "gateway")
    added = "  agents:\n    - {name: added}\n"
    deploy(platform, {"  agents:\n": added})
    to = access(platform, "added")
    assert ask("clusters/", to) == {}
    assert cluster[:8] in platform.here("dask", "list")
    fewer, larger = {"{workers: 3}": "{workers: 2}"}, {"memory_limit: 1G": "memory_limit: 2G"}
    deploy(platform, {added: "  agents:\n", **fewer, **larger})
    with pytest.raises(UnknownAgentError):
        ask("clusters/", to)
    assert pid_of(platform, "gateway") == gateway
    assert tasted(platform, tmp_path) == "vanilla"
    assert clusters(platform) == [cluster]


def access(platform: Platform, agent: str) -> Access:
    import json

    port = json.loads(platform.layout.ports.read_text())["gateway_proxy"]
    password = platform.layout.password("gateway").read_text().strip()
    return Access(f"http://127.0.0.1:{port}", "", agent, password)


def test_a_run_that_computes_on_dask_outlives_a_dead_supervisor_which_is_told(
    platform: Platform, cluster: str, tmp_path: Path
) -> None:
    run = platform.trigger("shares", folder=str(tmp_path))
    assert begun(tmp_path)[0] == cluster
    schedulers = [pid for pid, words in processes(cluster) if " scheduler" in words]
    assert len(schedulers) == 1
    before = {program.pid for program in Supervisor(platform.layout).programs()}
    supervisor = Supervisor(platform.layout).pid()
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: Supervisor(platform.layout).pid() is None)
    found = platform.look()
    dead = [p["message"] for p in found["problems"] if p["part"] == "supervisor"]
    assert "it is dead" in str(dead)
    assert {part["name"]: part["state"] for part in found["parts"]}["server"] == "running"
    assert before <= {pid for pid, _ in processes(str(platform.home))}
    told = platform.here("deploy", "--output", "json")
    assert "supervisor was gone; its programs were ended" in told
    assert not before & {pid for pid, _ in processes(str(platform.home))}
    assert Supervisor(platform.layout).pid() not in (None, supervisor)
    assert [pid for pid, words in processes(cluster) if " scheduler" in words] == schedulers
    assert platform.run(run)["state_type"] == "RUNNING"
    (tmp_path / "go").touch()
    platform.wait(run, "Completed")
    assert clusters(platform) == [cluster]
    assert '"unchanged": true' in platform.here("deploy", "--output", "json")


def test_a_changed_variable_is_seen_by_the_next_runs_which_live_through_a_dead_gateway(
    platform: Platform, cluster: str, tmp_path: Path
) -> None:
    """The work ends, and a temporary cluster is to be stopped, while the gateway is away."""
    gateway = pid_of(platform, "gateway")
    deploy(platform, {"FLAVOUR: vanilla": "FLAVOUR: nut"})
    assert pid_of(platform, "gateway") == gateway
    assert gateway is not None
    runs = {}
    for flow in ("shares", "owns"):
        (tmp_path / flow).mkdir()
        runs[flow] = platform.trigger(flow, folder=str(tmp_path / flow))
    (shared, flavour), (owned, other) = begun(tmp_path / "shares"), begun(tmp_path / "owns")
    assert (flavour, other) == ("nut", "nut")
    before = clusters(platform)
    assert before[0] == cluster
    assert sorted(before[1:]) == sorted([shared, owned])
    proxy = proxy_of(platform)
    assert proxy is not None
    os.kill(proxy, signal.SIGKILL)
    until(lambda: proxy_of(platform) not in (None, proxy), seconds=5)
    assert pid_of(platform, "gateway") == gateway
    proxy = proxy_of(platform)
    os.kill(gateway, signal.SIGKILL)
    for flow in runs:
        (tmp_path / flow / "go").touch()
    until(lambda: proxy_of(platform) not in (None, proxy), seconds=20)
    for run in runs.values():
        platform.wait(run, "Completed", seconds=60)
    until(lambda: owned not in clusters(platform), seconds=10)
    assert clusters(platform) == [cluster, shared]
    stop(shared, access(platform, "first"))
    until(lambda: shared not in clusters(platform), seconds=20)


def proxy_of(platform: Platform) -> int | None:
    """Return the process of the gateway's proxy, None while there is none."""
    import psutil

    gateway = pid_of(platform, "gateway")
    try:
        children = psutil.Process(gateway).children() if gateway else []
        found = [
            one.pid
            for one in children
            if one.status() != psutil.STATUS_ZOMBIE and "proxy" in one.name()
        ]
    except psutil.NoSuchProcess:
        return None
    return found[0] if found else None


def test_a_deploy_that_moves_the_ports_stops_clusters_and_says_so(
    platform: Platform, cluster: str
) -> None:
    page, gateway = free_port(), free_port()
    ports = f"embedded: {{ports: {{server: {page}, gateway: {gateway}}}}}"
    deploy(platform, {"provider: embedded\n": f"provider: embedded\n{ports}\n"})
    told = platform.said[-1] + platform.said[-2]
    assert "stopped with the gateway, and flow runs that compute there fail" in told
    assert cluster[:8] in told
    assert clusters(platform) == []
    assert f"http://127.0.0.1:{page}" in told
    assert f"http://127.0.0.1:{gateway}" in told
    assert platform.page == f"http://127.0.0.1:{page}"
