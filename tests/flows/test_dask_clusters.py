"""Clusters that the runs of a flow share: made once, found, replaced, ended; and what is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from qhub.flows.dask_clusters import DaskCluster, clusters_of_all, stop
from qhub.flows.dask_errors import UnknownAgentError
from tests.cli.process import run_here
from tests.embedded.gateway import CONFIG, SECRETS, until
from tests.flows.dask_flows import FLOW, HUNGRY
from tests.flows.dask_platform import (
    OTHER_VERSION,
    REPOSITORY,
    DaskPlatform,
    dask_processes,
    platform,
    scheduler_of,
    told,
)
from tests.flows.dask_program import Program, program

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = "qhub-dask-cluster"
"""Its name on the server, which users see there."""

pytestmark = pytest.mark.full

ONE_TRY = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES: '0'"
"""Of a task whose worker dies; four are Dask's own."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended: its status, what it wrote, and the flows that had clusters."""

    status: int
    text: str
    flows: list[str]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A run that found a dead scheduler: what it wrote until it was let on, and then."""

    dead: str
    held: str
    text: str
    meanwhile: tuple[DaskCluster, ...]
    after: tuple[DaskCluster, ...]


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    config = CONFIG.replace("FLAVOUR: vanilla", f"FLAVOUR: vanilla, {ONE_TRY}")
    config = config.replace("idle_timeout: 120", "idle_timeout: 1200")  # longer than all of this
    with platform(tmp_path_factory.mktemp("clusters"), config) as found:
        found.write("one/beside.py", "def doubled(number):\n    return 2 * number\n")
        found.write("one/main.py", FLOW)
        yield found


@pytest.fixture(scope="module")
def runs(dask_platform: DaskPlatform) -> Iterator[Program]:
    """A program that runs flow `one`, when it is asked to."""
    with program(dask_platform) as found:
        yield found


@pytest.fixture(scope="module")
def first(dask_platform: DaskPlatform, runs: Program) -> list[str]:
    """What the first two runs of flow `one` wrote; they started together, on a new server."""
    with program(dask_platform) as other:
        both = (runs, other)
        for each in both:
            each.ask(profile="Medium Worker", workers=9)
        return [each.answer() for each in both]


@pytest.fixture(autouse=True)
def one(
    dask_platform: DaskPlatform,
    runs: Program,
    first: list[str],  # noqa: ARG001 the cluster is theirs
) -> DaskCluster:
    """The cluster of flow `one`, there for every test."""
    if not dask_platform.clusters():
        runs.run()
    [found] = dask_platform.clusters()
    return found


@pytest.fixture(scope="module")
def hungry(dask_platform: DaskPlatform, first: list[str]) -> Ended:  # noqa: ARG001 the other cluster
    """Another program with a flow `one`, whose task needs more memory than its worker may use."""
    file = dask_platform.write("hungry/main.py", HUNGRY)
    process = dask_platform.start(file, QHUB_REVISION="first")
    text, _ = process.communicate(timeout=150)
    flows = [cluster.flow for cluster in dask_platform.clusters()]
    [other] = [each for each in dask_platform.clusters() if each.flow != flows[0]]
    stop(other.name, dask_platform.access())
    until(lambda: len(dask_platform.clusters()) == 1, 30)
    return Ended(process.returncode, text, flows)


@pytest.fixture(scope="module")
def others(runs: Program, first: list[str]) -> str:  # noqa: ARG001 after theirs
    """What a run of the other agent wrote; its cluster is there."""
    return runs.run(agent="other")


@pytest.fixture(scope="module")
def replaced(
    dask_platform: DaskPlatform, runs: Program, tmp_path_factory: pytest.TempPathFactory
) -> Replaced:
    """A run whose cluster's scheduler was killed, and which scales its own with the work."""
    [dead] = dask_platform.clusters()
    os.kill(scheduler_of(dead.name), signal.SIGKILL)
    with dask_platform.holding(LIMIT):
        runs.ask(folder=tmp_path_factory.mktemp("meeting"), adaptive=(1, 2), idle_timeout=15)
        until(lambda: "423 Locked" in runs.text, 60, lambda: runs.text)
        held, meanwhile = runs.text, dask_platform.clusters()
    return Replaced(dead.name, held, runs.answer(), meanwhile, dask_platform.clusters())


def figures(text: str) -> list[int]:
    return [number for number, *_ in told(text)]


def test_runs_that_start_together_make_one_cluster_as_large_as_the_limits_allow(
    dask_platform: DaskPlatform, first: list[str], one: DaskCluster
) -> None:
    assert [figures(text) for text in first] == [[2, 4]] * 2
    expected = "9 workers were asked for; dask_gateway.limits of the platform allow 2"
    assert all(expected in text for text in first)
    assert one.flow.startswith("one@")
    assert one.flow.endswith(".first")
    assert one.profile == "Medium Worker"
    until(lambda: [found.workers for found in dask_platform.clusters()] == [2], 20)


def test_other_code_of_a_flow_of_that_name_has_its_own_cluster(
    hungry: Ended, one: DaskCluster
) -> None:
    assert hungry.flows[0] == one.flow
    [other] = hungry.flows[1:]
    assert other.startswith("one@")
    assert other.endswith(".first")


def test_a_task_that_needs_too_much_memory_is_told_so_and_its_cluster_goes_on(
    hungry: Ended,
) -> None:
    assert hungry.status == 1, hungry.text
    assert "WorkerLostError: task 'fill-" in hungry.text
    assert "used more memory than it may" in hungry.text
    assert "choose a profile with more memory" in hungry.text
    assert told(hungry.text) == 3


def test_secrets_reach_dask_and_stay_out_of_where_they_could_be_read(
    dask_platform: DaskPlatform, first: list[str], one: DaskCluster
) -> None:
    secret = SECRETS["S3_KEY"]
    seen = {(key, flavour) for text in first for _, key, flavour in told(text)}
    assert seen == {(secret.decode(), "vanilla")}
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
    dask_platform: DaskPlatform, others: str, one: DaskCluster
) -> None:
    assert {(key, flavour) for _, key, flavour in told(others)} == {(None, None)}
    [second] = dask_platform.clusters("other")
    assert second.flow == one.flow
    assert second.name != one.name
    assert [cluster.name for cluster in dask_platform.clusters()] == [one.name]


@pytest.mark.usefixtures("others")
def test_the_command_line_lists_and_stops_clusters(dask_platform: DaskPlatform) -> None:
    def qhub(*arguments: str) -> str:
        folder, environment = dask_platform.folder, dask_platform.environment("other")
        status, out, err = run_here("dask", *arguments, cwd=folder, environment=environment)
        assert status == 0, err
        return out

    [one] = dask_platform.clusters("other")
    until(lambda: [found.workers for found in dask_platform.clusters("other")] == [1], 20)
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
    with program(dask_platform, PYTHONPATH=path) as other:
        other.ask()
        status = other.process.wait(90)
    assert status == 1, other.text
    assert "versions differ, no work was submitted" in other.text
    assert "cloudpickle: 99.0 here, " in other.text
    assert "\nRESULT" not in other.text
    assert [cluster.name for cluster in dask_platform.clusters()] == [one.name]


def test_a_scheduler_that_hangs_is_replaced(
    dask_platform: DaskPlatform, runs: Program, one: DaskCluster
) -> None:
    os.kill(scheduler_of(one.name), signal.SIGSTOP)
    assert figures(runs.run()) == [2, 4]
    assert one.name not in {cluster.name for cluster in dask_platform.clusters()}
    until(lambda: not dask_processes(one.name), 20, lambda: dask_processes(one.name))


def test_a_dead_scheduler_is_replaced_by_one_run_at_a_time(replaced: Replaced) -> None:
    assert replaced.meanwhile == ()
    assert "RESULT" not in replaced.held
    [second] = replaced.after
    assert second.name != replaced.dead
    until(lambda: not dask_processes(replaced.dead), 20, lambda: dask_processes(replaced.dead))


def test_it_scales_with_the_work_when_asked_and_ends_when_idle(
    dask_platform: DaskPlatform, replaced: Replaced
) -> None:
    assert len(set(told(replaced.text))) == 2
    [cluster] = replaced.after
    assert 1 <= cluster.workers + cluster.workers_starting <= 2
    until(lambda: cluster.name not in names(dask_platform), 60, dask_platform.clusters)


def names(found: DaskPlatform) -> list[str]:
    return [cluster.name for cluster in found.clusters()]
