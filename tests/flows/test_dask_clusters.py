"""Clusters of flows: shared, temporary, replaced, ended; and what is told when they fail."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows.dask_clusters import clusters_of_all, matching, stop
from qhub.flows.dask_errors import ClusterError, UnknownAgentError
from qhub.flows.shared_cluster import LIMIT
from tests.embedded.gateway import CONFIG, SECRETS, until
from tests.flows.dask_platform import (
    DaskPlatform,
    dask_processes,
    finish,
    kill_scheduler,
    platform,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

BROKEN = "    - name: broken\n      secrets: []\n      overrides:\n        envVars:\n" + (
    "          DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD: nonsense\n"
)
"""An agent whose Dask workers do not start."""

FLOW = """\
import json, os, sys
from prefect import flow, task
from qhub.flows import dask_task_runner
from beside import doubled

@task
def double(number):
    return doubled(number), os.environ.get("S3_KEY"), os.environ.get("FLAVOUR")

@flow(name="{name}", task_runner=dask_task_runner({runner}))
def main():
    return double.map([1, 2, 3, 4]).result()

if __name__ == "__main__":
    found = main()
    print("RESULT", json.dumps(found))
"""
REQUESTS_TOLD = """\
    import logging
    logging.getLogger("httpx").addHandler(logging.StreamHandler(sys.stdout))
    logging.getLogger("httpx").setLevel("INFO")
"""
MEETING = """\
import json, os, time
from pathlib import Path
from prefect import flow, task
from qhub.flows import dask_task_runner

@task
def meet(folder, name):
    "Return where it ran, as soon as the other one runs, too: a worker has one thread."
    Path(folder, name).touch()
    deadline = time.monotonic() + 90
    while len(list(Path(folder).glob("met-*"))) < 2:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.1)
    return os.getpid()

@flow(name="adaptive", task_runner=dask_task_runner(adaptive=(1, 3)))
def main(folder):
    futures = [meet.submit(folder, name) for name in ("met-1", "met-2")]
    return [future.result() for future in futures]

if __name__ == "__main__":
    print("RESULT", json.dumps(main(str(Path(__file__).parent))))
"""
BESIDE = "def doubled(number):\n    return {factor} * number\n"


@pytest.fixture(scope="module")
def dask_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPlatform]:
    config = CONFIG.replace("secrets:\n  S3_KEY", BROKEN + "secrets:\n  S3_KEY")
    with platform(tmp_path_factory.mktemp("clusters"), config) as found:
        yield found


@pytest.fixture(autouse=True)
def no_cluster_is_left(dask_platform: DaskPlatform) -> Iterator[None]:
    """End what a test left running, so that it does not slow the next one down."""
    yield
    for agent in ("pipelines", "other", "broken"):
        for cluster in dask_platform.clusters(agent):
            stop(cluster.name, dask_platform.access(agent))


def flow(found: DaskPlatform, name: str, runner: str = "", factor: int = 2) -> Any:
    """Write a flow with a module of its own beside it."""
    found.write(f"{name}{factor}/beside.py", BESIDE.format(factor=factor))
    return found.write(f"{name}{factor}/main.py", FLOW.format(name=name, runner=runner))


def figures(text: str) -> list[int]:
    return [number for number, *_ in told(text)]


def test_runs_that_start_together_make_one_cluster(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "together")
    started = [dask_platform.start(file) for _ in range(3)]
    texts = [finish(process) for process in started]
    assert [figures(text) for text in texts] == [[2, 4, 6, 8]] * 3
    assert len(dask_platform.clusters()) == 1


def test_a_run_waits_while_another_one_makes_the_cluster(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "guarded", "workers=1")
    file.write_text(file.read_text().replace("def main():\n", f"def main():\n{REQUESTS_TOLD}"))
    dask_platform.run(file)  # so that there is the limit
    [first] = dask_platform.clusters()
    stop(first.name, dask_platform.access())
    until(lambda: not dask_platform.clusters(), 20)
    with dask_platform.holding(LIMIT):
        process = dask_platform.start(file)
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("423 Locked" in line for line in lines)
        assert dask_platform.clusters() == ()
    assert figures("".join(lines)) == [2, 4, 6, 8]
    assert finish(process) == ""
    assert len(dask_platform.clusters()) == 1


def test_another_flow_and_other_code_have_their_own_clusters(dask_platform: DaskPlatform) -> None:
    assert figures(dask_platform.run(flow(dask_platform, "one"))) == [2, 4, 6, 8]
    assert figures(dask_platform.run(flow(dask_platform, "one", factor=3))) == [3, 6, 9, 12]
    assert figures(dask_platform.run(flow(dask_platform, "two"))) == [2, 4, 6, 8]
    found = [cluster.flow for cluster in dask_platform.clusters()]
    assert [name.partition("@")[0] for name in found] == ["one", "one", "two"]
    assert len(set(found)) == 3
    with pytest.raises(ClusterError, match="several Dask clusters are 'one'"):
        matching(dask_platform.clusters(), "one")
    assert matching(dask_platform.clusters(), "two").flow == found[2]


def test_changed_settings_of_the_agent_have_their_own_cluster(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "revised", "workers=1")
    for revision in ("old", "old", "new"):
        assert figures(dask_platform.run(file, QHUB_REVISION=revision)) == [2, 4, 6, 8]
    found = [cluster.flow for cluster in dask_platform.clusters()]
    assert [name.rpartition(".")[2] for name in found] == ["old", "new"]
    with pytest.raises(ClusterError, match="several Dask clusters are 'revised'"):
        matching(dask_platform.clusters(), "revised")


def test_a_dead_scheduler_is_replaced(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "replaced")
    dask_platform.run(file)
    [first] = dask_platform.clusters()
    kill_scheduler(first.name)
    assert figures(dask_platform.run(file)) == [2, 4, 6, 8]
    [second] = dask_platform.clusters()
    assert second.name != first.name
    until(lambda: not dask_processes(first.name), 20, lambda: dask_processes(first.name))


def test_a_scheduler_that_hangs_is_replaced(dask_platform: DaskPlatform) -> None:
    import os
    import signal

    file = flow(dask_platform, "hanging")
    dask_platform.run(file)
    [first] = dask_platform.clusters()
    found = dask_processes(first.name).items()
    [pid] = [pid for pid, words in found if "scheduler" in words]
    os.kill(pid, signal.SIGSTOP)
    text = dask_platform.run(file)
    assert figures(text) == [2, 4, 6, 8]
    assert first.name not in {cluster.name for cluster in dask_platform.clusters()}
    until(lambda: not dask_processes(first.name), 20, lambda: dask_processes(first.name))


def test_it_scales_with_the_work_when_asked(dask_platform: DaskPlatform) -> None:
    text = dask_platform.run(dask_platform.write("adaptive/main.py", MEETING))
    assert len(set(told(text))) == 2
    [cluster] = dask_platform.clusters()
    assert 1 <= cluster.workers + cluster.workers_starting <= 3


def test_an_idle_cluster_ends(dask_platform: DaskPlatform) -> None:
    dask_platform.run(flow(dask_platform, "idle", "workers=1, idle_timeout=8"))
    until(lambda: not dask_platform.clusters(), 40, dask_platform.clusters)


def test_more_workers_than_the_limits_allow_are_told(dask_platform: DaskPlatform) -> None:
    text = dask_platform.run(flow(dask_platform, "many", 'profile="Medium Worker", workers=9'))
    assert "9 workers were asked for; dask_gateway.limits of the platform allow 2" in text
    until(lambda: dask_platform.clusters()[0].workers == 2, 20, dask_platform.clusters)
    assert dask_platform.clusters()[0].profile == "Medium Worker"


def test_a_profile_that_is_not_there_is_told_before_anything_starts(
    dask_platform: DaskPlatform,
) -> None:
    process = dask_platform.start(flow(dask_platform, "unknown", 'profile="Small Wroker"'))
    text, _ = process.communicate(timeout=60)
    assert process.returncode
    assert "there is no profile of Dask workers 'Small Wroker'" in text
    assert "did you mean 'Small Worker'?" in text
    assert dask_platform.clusters() == ()


def test_secrets_reach_dask_and_stay_out_of_where_they_could_be_read(
    dask_platform: DaskPlatform,
) -> None:
    secret = SECRETS["S3_KEY"]
    text = dask_platform.run(flow(dask_platform, "secretive"))
    assert {(key, flavour) for _, key, flavour in told(text)} == {(secret.decode(), "vanilla")}
    [cluster] = dask_platform.clusters()
    layout = dask_platform.gateway.layout
    words = [word for line in dask_processes(cluster.name).values() for word in line]
    assert len(words) > 20
    assert not any(secret.decode() in word for word in words)
    control = cluster.name.encode()
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
    assert cluster.name in dump
    assert secret.decode() not in dump
    assert secret.hex().upper() not in dump  # as the dump shows bytes


def test_another_agent_sees_neither_the_cluster_nor_the_secret(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "apart")
    dask_platform.run(file)
    [first] = dask_platform.clusters()
    text = dask_platform.run(file, agent="other")
    assert {(key, flavour) for _, key, flavour in told(text)} == {(None, None)}
    [second] = dask_platform.clusters("other")
    assert second.name != first.name
    assert dask_platform.clusters() == (dask_platform.clusters()[0],)


def test_an_agent_that_is_not_deployed_hides_no_clusters_of_others(
    dask_platform: DaskPlatform,
) -> None:
    dask_platform.run(flow(dask_platform, "shown", "workers=1"))
    accesses = [dask_platform.access(agent) for agent in ("to-come", "pipelines")]
    found, refused = clusters_of_all(accesses)
    assert [cluster.agent for cluster in found] == ["pipelines"]
    [error] = refused
    assert "does not know agent 'to-come'" in str(error)
    with pytest.raises(UnknownAgentError):
        clusters_of_all(accesses[:1])


TEMPORARY = """\
import json, sys, time
from qhub.flows import cluster
from beside import doubled

with cluster({wishes}) as client:
    print("NAME", client.cluster.name, flush=True)
    print("RESULT", json.dumps(client.gather(client.map(doubled, [1, 2, 3]))), flush=True)
    {then}
"""


def temporary(found: DaskPlatform, name: str, then: str, wishes: str = "workers=1") -> Any:
    found.write(f"{name}/beside.py", BESIDE.format(factor=5))
    return found.write(f"{name}/main.py", TEMPORARY.format(then=then, wishes=wishes))


def test_a_temporary_cluster_is_gone_when_its_block_raises(dask_platform: DaskPlatform) -> None:
    process = dask_platform.start(temporary(dask_platform, "raising", "raise SystemExit(7)"))
    text, _ = process.communicate(timeout=90)
    assert process.returncode == 7, text
    assert told(text) == [5, 10, 15]
    assert dask_platform.clusters() == ()
    name = text.partition("NAME ")[2].split()[0]
    until(lambda: not dask_processes(name), 20, lambda: dask_processes(name))


def test_a_temporary_cluster_is_gone_when_its_process_is_killed(
    dask_platform: DaskPlatform,
) -> None:
    file = temporary(dask_platform, "killed", "time.sleep(300)", "workers=1, idle_timeout=0")
    process = dask_platform.start(file)
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    name = next(line for line in lines if line.startswith("NAME")).split()[1]
    next(line for line in lines if line.startswith("RESULT"))
    process.kill()
    process.communicate()
    assert dask_processes(name)
    until(lambda: not dask_processes(name), 30, lambda: dask_processes(name))
    assert dask_platform.clusters() == ()


def test_what_dask_processes_write_is_for_their_owner_alone(dask_platform: DaskPlatform) -> None:
    then = "\n    ".join(
        [
            "def mode():",
            "    import os",
            "    from pathlib import Path",
            "    file = Path(f'mode-{os.getpid()}')",
            "    file.touch()",
            "    return oct(file.stat().st_mode)",
            "found = [client.run_on_scheduler(mode), *client.run(mode).values()]",
            "print('RESULT', json.dumps(found), flush=True)",
        ]
    )
    file = temporary(dask_platform, "modes", then)
    assert told(dask_platform.run(file)) == ["0o100600", "0o100600"]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    dask_platform: DaskPlatform,
) -> None:
    nowhere = "http://127.0.0.1:9"
    file = temporary(dask_platform, "proxied", "pass")
    text = dask_platform.run(file, http_proxy=nowhere, HTTP_PROXY=nowhere)
    assert told(text) == [5, 10, 15]


def test_workers_that_do_not_start_are_reported_with_the_reason(
    dask_platform: DaskPlatform,
) -> None:
    file = temporary(dask_platform, "pending", "pass", "workers=1, timeout=60")
    process = dask_platform.start(file, agent="broken")
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 1, text
    assert "ValueError: cannot find context for 'nonsense'" in text
    assert "qhub.flows.dask_errors.ClusterError: the Dask cluster" in text


def test_workers_that_take_too_long_are_no_silent_wait(dask_platform: DaskPlatform) -> None:
    file = temporary(dask_platform, "slow", "pass", "workers=1, timeout=0")
    process = dask_platform.start(file, agent="broken")
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 1, text
    assert "WorkersPendingError: after 0 s 0 of 1 Dask workers are there" in text
    assert dask_platform.clusters("broken") == ()


def test_versions_that_differ_are_told_before_work_is_submitted(
    dask_platform: DaskPlatform,
) -> None:
    file = temporary(dask_platform, "versions", "pass")
    metadata = "Metadata-Version: 2.1\nName: cloudpickle\nVersion: 99.0\n"
    dask_platform.write("versions/cloudpickle-99.0.dist-info/METADATA", metadata)
    process = dask_platform.start(file)
    text, _ = process.communicate(timeout=90)
    assert process.returncode == 1, text
    assert "versions differ, no work was submitted" in text
    assert "cloudpickle: 99.0 here, " in text
    assert " at the scheduler" in text
    assert "RESULT" not in text


def test_versions_that_differ_fail_a_run_with_a_shared_cluster(dask_platform: DaskPlatform) -> None:
    file = flow(dask_platform, "versions", "workers=1")
    metadata = "Metadata-Version: 2.1\nName: cloudpickle\nVersion: 99.0\n"
    dask_platform.write("versions2/cloudpickle-99.0.dist-info/METADATA", metadata)
    process = dask_platform.start(file)
    text, _ = process.communicate(timeout=90)
    assert process.returncode == 1, text
    assert "versions differ, no work was submitted" in text
    assert "cloudpickle: 99.0 here, " in text
    assert "RESULT" not in text


HUNGRY = """\
from prefect import flow, task
from qhub.flows import dask_task_runner

@task
def hungry():
    return len(bytearray(1) * 3_000_000_000)

@flow(name="hungry", task_runner=dask_task_runner(workers=1))
def main():
    return hungry.submit().result()

if __name__ == "__main__":
    main()
"""


def test_a_task_that_needs_too_much_memory_is_told_so(dask_platform: DaskPlatform) -> None:
    process = dask_platform.start(dask_platform.write("hungry/main.py", HUNGRY))
    text, _ = process.communicate(timeout=150)
    assert process.returncode == 1, text
    assert "WorkerLostError: task 'hungry-" in text
    assert "used more memory than it may" in text
    assert "choose a profile with more memory" in text
    assert figures(dask_platform.run(flow(dask_platform, "afterwards"))) == [2, 4, 6, 8]


def test_the_command_line_lists_and_stops_clusters(dask_platform: DaskPlatform) -> None:
    import json

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

    dask_platform.run(flow(dask_platform, "listed", "workers=1"))
    [cluster] = json.loads(qhub("list", "--output", "json"))["clusters"]
    assert cluster["flow"].startswith("listed@")
    assert (cluster["workers"], cluster["threads"], cluster["memory_bytes"]) == (1, 1, 10**9)
    assert qhub("dashboard", "listed", "--print").strip() == cluster["dashboard"]
    lines = qhub("list").splitlines()
    assert lines[0].split() == [
        *("NAME", "FLOW", "RUN", "PROFILE", "WORKERS", "THREADS", "MEMORY", "AGE", "DASHBOARD")
    ]
    assert lines[1].startswith(cluster["name"][:8])
    assert cluster["name"] in qhub("stop", "listed")
    until(lambda: not dask_processes(cluster["name"]), 20)
    assert json.loads(qhub("list", "--output", "json")) == {"clusters": []}
