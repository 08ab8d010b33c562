"""Clusters that the runs of a flow share: made once, found, replaced, ended; and what is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows.dask_clusters import DaskCluster, clusters_of_all, matching, stop
from qhub.flows.dask_errors import ClusterError, UnknownAgentError
from tests.embedded.gateway import CONFIG, SECRETS, until
from tests.flows.dask_flows import FLOW, HUNGRY, MEETING
from tests.flows.dask_platform import (
    OTHER_VERSION,
    REPOSITORY,
    DaskPlatform,
    dask_processes,
    finish,
    platform,
    scheduler_of,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = "qhub-dask-cluster"
"""Its name on the server, which users see there."""

pytestmark = pytest.mark.full

TWO_TRIES = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES: '1'"
"""Of a task whose worker dies; four are Dask's own."""


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    config = CONFIG.replace("FLAVOUR: vanilla", f"FLAVOUR: vanilla, {TWO_TRIES}")
    config = config.replace("idle_timeout: 120", "idle_timeout: 1200")  # longer than all of this
    with platform(tmp_path_factory.mktemp("clusters"), config) as found:
        yield found


@pytest.fixture(autouse=True)
def one(dask_platform: DaskPlatform) -> Iterator[DaskCluster]:
    """The cluster of flow `one`, there for every test; what is made beside it is stopped."""
    if not dask_platform.clusters():
        run(dask_platform)
    [found] = dask_platform.clusters()
    yield found
    agents = {"pipelines": {found.flow}, "other": set[str]()}
    for agent, kept in agents.items():
        for cluster in dask_platform.clusters(agent):
            if cluster.flow not in kept:
                stop(cluster.name, dask_platform.access(agent))
        until(lambda: {each.flow for each in dask_platform.clusters(agent)} <= kept, 30)  # noqa: B023


def write(found: DaskPlatform, factor: int = 2, runner: str = "workers=1") -> Any:
    """Write a flow with a module of its own beside it."""
    folder = f"{factor}-{len(runner)}"
    found.write(f"{folder}/beside.py", f"def doubled(number):\n    return {factor} * number\n")
    return found.write(f"{folder}/main.py", FLOW.format(runner=runner))


def settings(flow: str = "one", revision: str = "first") -> dict[str, str]:
    return {"FLOW": flow, "QHUB_REVISION": revision}


def run(found: DaskPlatform, factor: int = 2, *, agent: str = "pipelines", **of: str) -> list[int]:
    """Run the flow and return its figures."""
    return figures(found.run(write(found, factor), agent=agent, **settings(**of)))


def figures(text: str) -> list[int]:
    return [number for number, *_ in told(text)]


def clusters_of(found: DaskPlatform, flow: str) -> list[DaskCluster]:
    return [cluster for cluster in found.clusters() if cluster.flow.startswith(f"{flow}@")]


def test_runs_that_start_together_make_one_cluster_as_large_as_the_limits_allow(
    dask_platform: DaskPlatform,
) -> None:
    dask_platform.forget(LIMIT)  # as on a new server
    file = write(dask_platform, runner='profile="Medium Worker", workers=9')
    started = [dask_platform.start(file, **settings("together")) for _ in range(2)]
    texts = [finish(process) for process in started]
    assert [figures(text) for text in texts] == [[2, 4]] * 2
    expected = "9 workers were asked for; dask_gateway.limits of the platform allow 2"
    assert all(expected in text for text in texts)
    [made] = clusters_of(dask_platform, "together")
    assert made.profile == "Medium Worker"
    until(lambda: clusters_of(dask_platform, "together")[0].workers == 2, 20)


def test_another_flow_other_code_and_changed_settings_have_their_own_clusters(
    dask_platform: DaskPlatform, one: DaskCluster
) -> None:
    assert run(dask_platform, flow="two") == [2, 4]
    assert run(dask_platform, factor=3) == [3, 6]
    assert run(dask_platform, revision="second") == [2, 4]
    found = [cluster.flow for cluster in dask_platform.clusters()]
    code = one.flow.removeprefix("one@").removesuffix(".first")
    assert found[:2] == [f"one@{code}.first", f"two@{code}.first"]
    assert found[2].startswith("one@")
    assert found[2].endswith(".first")
    assert found[3:] == [f"one@{code}.second"]
    assert len(set(found)) == 4
    with pytest.raises(ClusterError, match="several Dask clusters are 'one'"):
        matching(dask_platform.clusters(), "one")
    assert matching(dask_platform.clusters(), "two").flow == found[1]


def test_secrets_reach_dask_and_stay_out_of_where_they_could_be_read(
    dask_platform: DaskPlatform, one: DaskCluster
) -> None:
    secret = SECRETS["S3_KEY"]
    text = dask_platform.run(write(dask_platform), **settings())
    assert {(key, flavour) for _, key, flavour in told(text)} == {(secret.decode(), "vanilla")}
    assert [cluster.name for cluster in dask_platform.clusters()] == [one.name]
    layout = dask_platform.gateway.layout
    words = [word for line in dask_processes(one.name).values() for word in line]
    assert len(words) > 20
    assert not any(secret.decode() in word for word in words)
    control = one.name.encode()
    holders = {
        wanted: {
            path.relative_to(layout.root).parts[0]
            for path in layout.root.rglob("*")
            if path.is_file() and wanted in path.read_bytes()
        }
        for wanted in (secret, control)
    }
    assert holders == {secret: {"secrets"}, control: {"gateway", "logs"}}
    with sqlite3.connect(layout.gateway / "gateway.sqlite") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert one.name in dump
    assert secret.decode() not in dump
    assert secret.hex().upper() not in dump  # as the dump shows bytes


def test_another_agent_sees_neither_the_cluster_nor_the_secret(
    dask_platform: DaskPlatform, one: DaskCluster
) -> None:
    text = dask_platform.run(write(dask_platform), agent="other", **settings())
    assert {(key, flavour) for _, key, flavour in told(text)} == {(None, None)}
    [second] = dask_platform.clusters("other")
    assert second.flow == one.flow
    assert second.name != one.name
    assert [cluster.name for cluster in dask_platform.clusters()] == [one.name]


def test_an_agent_that_is_not_deployed_hides_no_clusters_of_others(
    dask_platform: DaskPlatform,
) -> None:
    accesses = [dask_platform.access(agent) for agent in ("to-come", "pipelines")]
    found, refused = clusters_of_all(accesses)
    assert [cluster.agent for cluster in found] == ["pipelines"]
    [error] = refused
    assert "does not know agent 'to-come'" in str(error)
    with pytest.raises(UnknownAgentError):
        clusters_of_all(accesses[:1])


def test_versions_that_differ_fail_a_run(dask_platform: DaskPlatform, one: DaskCluster) -> None:
    name, metadata = OTHER_VERSION
    path = f"{dask_platform.write(name, metadata).parents[1]}:{REPOSITORY}"
    process = dask_platform.start(write(dask_platform), **settings(), PYTHONPATH=path)
    text, _ = process.communicate(timeout=90)
    assert process.returncode == 1, text
    assert "versions differ, no work was submitted" in text
    assert "cloudpickle: 99.0 here, " in text
    assert "\nRESULT" not in text
    assert [cluster.name for cluster in dask_platform.clusters()] == [one.name]


def test_a_dead_scheduler_is_replaced_by_one_run_at_a_time(
    dask_platform: DaskPlatform, one: DaskCluster
) -> None:
    os.kill(scheduler_of(one.name), signal.SIGKILL)
    with dask_platform.holding(LIMIT):
        process = dask_platform.start(write(dask_platform), **settings())
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("423 Locked" in line for line in lines)
        assert dask_platform.clusters() == ()
    assert figures("".join(lines)) == [2, 4]
    assert finish(process) == ""
    [second] = dask_platform.clusters()
    assert second.name != one.name
    until(lambda: not dask_processes(one.name), 20, lambda: dask_processes(one.name))


def test_a_scheduler_that_hangs_is_replaced(dask_platform: DaskPlatform, one: DaskCluster) -> None:
    os.kill(scheduler_of(one.name), signal.SIGSTOP)
    assert run(dask_platform) == [2, 4]
    assert one.name not in {cluster.name for cluster in dask_platform.clusters()}
    until(lambda: not dask_processes(one.name), 20, lambda: dask_processes(one.name))


def test_it_scales_with_the_work_when_asked_and_ends_when_idle(dask_platform: DaskPlatform) -> None:
    text = dask_platform.run(dask_platform.write("adaptive/main.py", MEETING))
    assert len(set(told(text))) == 2
    [cluster] = clusters_of(dask_platform, "adaptive")
    assert 1 <= cluster.workers + cluster.workers_starting <= 3
    until(lambda: not clusters_of(dask_platform, "adaptive"), 60, dask_platform.clusters)


def test_a_task_that_needs_too_much_memory_is_told_so_and_its_cluster_goes_on(
    dask_platform: DaskPlatform,
) -> None:
    process = dask_platform.start(dask_platform.write("hungry/main.py", HUNGRY))
    text, _ = process.communicate(timeout=150)
    assert process.returncode == 1, text
    assert "WorkerLostError: task 'fill-" in text
    assert "used more memory than it may" in text
    assert "choose a profile with more memory" in text
    assert told(text) == 3


def test_the_command_line_lists_and_stops_clusters(
    dask_platform: DaskPlatform, one: DaskCluster
) -> None:
    def qhub(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "qhub", "dask", *arguments],
            env=dask_platform.environment(),
            cwd=dask_platform.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    [cluster] = json.loads(qhub("list", "--output", "json"))["clusters"]
    assert (cluster["name"], cluster["flow"]) == (one.name, one.flow)
    assert (cluster["workers"], cluster["threads"], cluster["memory_bytes"]) == (1, 1, 10**9)
    assert qhub("dashboard", "one", "--print").strip() == cluster["dashboard"]
    lines = qhub("list").splitlines()
    assert lines[0].split() == [
        *("NAME", "FLOW", "RUN", "PROFILE", "WORKERS", "THREADS", "MEMORY", "AGE", "DASHBOARD")
    ]
    assert lines[1].startswith(cluster["name"][:8])
    assert cluster["name"] in qhub("stop", "one")
    until(lambda: not dask_processes(cluster["name"]), 20)
    assert json.loads(qhub("list", "--output", "json")) == {"clusters": []}
