"""What agents and runs wrote: merged, cut, followed over restarts, new pods and broken lines."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest

from qhub.api import load
from qhub.cluster import logs
from qhub.cluster.errors import ClusterError, NotInstalledError, UnknownLogError
from tests.kube.kubelet import NODE, Kubelet
from tests.kube.objects import IMAGE, container_status, ended, now, pod_spec, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qhub.cluster import Cluster
    from qhub.platform import Platform
    from tests.kube.objects import Objects

pytestmark = pytest.mark.cluster

CONFIG = """
project_name: pipelines
namespace: dev
provider: existing
prefect:
  enabled: true
  image: prefecthq/prefect:3.8.8-python3.12-kubernetes
  api: {url: https://prefect.example.com/api}
  agents: [{name: etl}, {name: gpu}]
terraform_state: {type: local}
"""
RUN = "0f3e9a1c-aaaa-4bbb-8ccc-123456789abc"
_SECONDS = 20


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """What a config with two agents asks for."""
    path = tmp_path / "qhub-config.yaml"
    path.write_text(CONFIG)
    return load(path).platform


def running(objects: Objects, name: str, **status: Any) -> None:
    """Have a pod of agent etl that runs on the node that has its logs."""
    objects.pod(name, nodeName=NODE)
    state = {"running": {"startedAt": now()}}
    objects.says(name, phase="Running", containerStatuses=[container_status(state, **status)])


def texts(found: Iterator[logs.Line]) -> list[str]:
    """Return the lines as the command prints them."""
    return [f"{line.pod}  {line.text}" if line.pod else line.text for line in found]


def test_the_last_lines_of_an_agent(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    running(objects, name)
    kubelet.log(name).write("one", "two", "", "four ü\x1b[0m")
    assert texts(logs.of_name(cluster, platform, "agent/etl", lines=3)) == [
        "two",
        "",
        "four ü\x1b[0m",
    ]
    assert texts(logs.of_name(cluster, platform, "agent/etl", lines=0)) == []
    (line,) = logs.of_name(cluster, platform, "agent/etl", lines=1)
    assert line.time == datetime(2026, 3, 2, 10, 0, 0, 0, tzinfo=UTC)


def test_since_a_time(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    running(objects, name)
    kubelet.log(name).write("old", second=1)
    kubelet.log(name).write("new", second=5)
    since = datetime(2026, 3, 2, 10, 0, 3, tzinfo=UTC)
    found = logs.of_name(cluster, platform, "agent/etl", lines=100, since=since)
    assert texts(found) == ["new"]


def test_lines_of_several_pods_come_by_time_and_are_led_by_the_pod(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    first, second = f"a-{objects.namespace}", f"b-{objects.namespace}"
    for name in (first, second):
        running(objects, name)
    kubelet.log(first).write("early", second=1)
    kubelet.log(second).write("between", second=2)
    kubelet.log(first).write("late", second=3)
    found = logs.of_name(cluster, platform, "agent/etl", lines=100)
    assert texts(found) == [f"{first}  early", f"{second}  between", f"{first}  late"]


def test_a_container_that_was_started_again_shows_what_it_wrote_before(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    running(objects, name, restartCount=1, lastState=ended(1))
    kubelet.log(name).write("again", second=2)
    kubelet.previous[name, "agent"] = kubelet.logs.pop((name, "agent"))
    kubelet.previous[name, "agent"].lines[:] = ["2026-03-02T10:00:01.000000000Z it fails"]
    kubelet.log(name).write("again", second=2)
    assert texts(logs.of_name(cluster, platform, "agent/etl", lines=100)) == ["it fails", "again"]


def test_what_a_set_up_wrote_comes_first_and_what_has_not_begun_is_not_asked(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    objects.pod(name, nodeName=NODE, initContainers=[{"name": "work-pool", "image": IMAGE}])
    objects.says(
        name,
        initContainerStatuses=[
            container_status({"running": {"startedAt": now()}}, name="work-pool")
        ],
        containerStatuses=[waiting("PodInitializing")],
    )
    kubelet.log(name, "work-pool").write("API not ready, trying again")
    assert texts(logs.of_name(cluster, platform, "agent/etl", lines=100)) == [
        "API not ready, trying again"
    ]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for new pods often."""
    monkeypatch.setattr(logs, "_LOOK_SECONDS", 0.1)


def stream(
    cluster: Cluster, platform: Platform, name: str, *, lines: int = 100
) -> Queue[str | None]:
    """Follow in a thread; None in the queue is the end."""
    told: Queue[str | None] = Queue()

    def read() -> None:
        with suppress(ClusterError):  # the test is over, and the cluster closed
            for line in logs.of_name(cluster, platform, name, lines=lines, follow=True):
                told.put(f"{line.pod}  {line.text}" if line.pod else line.text)
            told.put(None)

    threading.Thread(target=read, daemon=True).start()
    return told


@pytest.mark.usefixtures("impatient")
def test_following_goes_on_with_new_lines_once_each_also_over_a_broken_line(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    running(objects, name)
    log = kubelet.log(name)
    log.write("not shown", "one", "two")
    told = stream(cluster, platform, "agent/etl", lines=2)
    assert [told.get(timeout=_SECONDS) for _ in range(2)] == ["one", "two"]
    log.write("three")
    assert told.get(timeout=_SECONDS) == "three"
    log.cut += 1
    log.write("four", "five", second=1)
    assert [told.get(timeout=_SECONDS) for _ in range(2)] == ["four", "five"]
    log.cut += 1
    log.write("six", second=1)
    assert told.get(timeout=_SECONDS) == "six"
    assert told.empty()


@pytest.mark.usefixtures("impatient")
def test_following_goes_on_with_the_pod_that_takes_its_place(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    first, second = f"a-{objects.namespace}", f"b-{objects.namespace}"
    running(objects, first)
    kubelet.log(first).write("of the first")
    told = stream(cluster, platform, "agent/etl")
    assert told.get(timeout=_SECONDS) == "of the first"
    kubelet.log(second).write("of the second")
    running(objects, second)
    assert told.get(timeout=_SECONDS) == f"{second}  of the second"
    kubelet.log(first).ended = True
    objects.delete("v1", "pods", first)
    kubelet.log(second).write("more", second=1)
    assert told.get(timeout=_SECONDS) == f"{second}  more"


@pytest.mark.usefixtures("impatient")
def test_following_goes_on_after_a_restart(
    cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"one-{objects.namespace}"
    running(objects, name)
    kubelet.log(name).write("before")
    told = stream(cluster, platform, "agent/etl")
    assert told.get(timeout=_SECONDS) == "before"
    kubelet.log(name).ended = True
    del kubelet.logs[name, "agent"]
    kubelet.log(name).write("after", second=9)
    state = {"running": {"startedAt": now()}}
    again = container_status(state, restartCount=1, lastState=ended(1))
    objects.says(name, phase="Running", containerStatuses=[again])
    assert told.get(timeout=_SECONDS) == "after"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("word", [RUN, "0f3e", "brave-otter"])
def test_a_run_is_followed_to_its_end(
    word: str, cluster: Cluster, objects: Objects, platform: Platform, kubelet: Kubelet
) -> None:
    name = f"run-{objects.namespace}"
    labels = {
        "qhub.dev/component": "flow-run",
        "prefect.io/flow-run-id": RUN,
        "prefect.io/flow-run-name": "brave-otter",
    }
    spec = pod_spec(restartPolicy="Never", nodeName=NODE)
    objects.create("v1", "pods", {"metadata": {"name": name, "labels": labels}, "spec": spec})
    state = {"running": {"startedAt": now()}}
    objects.says(name, phase="Running", containerStatuses=[container_status(state)])
    kubelet.log(name).write("it begins")
    told = stream(cluster, platform, f"run/{word}")
    assert told.get(timeout=_SECONDS) == "it begins"
    kubelet.log(name).write("it ends", second=1)
    kubelet.log(name).ended = True
    done = container_status(ended(0, "Completed"))
    objects.says(name, phase="Succeeded", containerStatuses=[done])
    assert told.get(timeout=_SECONDS) == "it ends"
    assert told.get(timeout=_SECONDS) is None


def test_the_last_lines_of_a_run_come_also_over_a_broken_line(
    cluster: Cluster,
    objects: Objects,
    platform: Platform,
    kubelet: Kubelet,
    until: Callable[[Callable[[], object]], None],
) -> None:
    name = f"run-{objects.namespace}"
    labels = {"qhub.dev/component": "flow-run", "prefect.io/flow-run-id": RUN}
    spec = pod_spec(restartPolicy="Never", nodeName=NODE)
    objects.create("v1", "pods", {"metadata": {"name": name, "labels": labels}, "spec": spec})
    running = container_status({"running": {"startedAt": now()}})
    objects.says(name, phase="Running", containerStatuses=[running])
    log = kubelet.log(name)
    log.write("it begins")
    told = stream(cluster, platform, f"run/{RUN}")
    assert told.get(timeout=_SECONDS) == "it begins"
    until(lambda: any(name in asked and "follow=true" in asked for asked in kubelet.asked))
    log.cut += 1
    log.write("it ends", second=1)
    log.ended = True
    done = container_status(ended(0, "Completed"))
    objects.says(name, phase="Succeeded", containerStatuses=[done])
    assert told.get(timeout=_SECONDS) == "it ends"
    assert told.get(timeout=_SECONDS) is None


def test_names_that_are_none_are_told(cluster: Cluster, platform: Platform) -> None:
    with pytest.raises(UnknownLogError) as raised:
        next(logs.of_name(cluster, platform, "agent/elt", lines=1))
    assert str(raised.value) == "nothing here is called 'agent/elt'"
    assert raised.value.hint == "did you mean 'agent/etl'?"
    with pytest.raises(UnknownLogError) as raised:
        next(logs.of_name(cluster, platform, "server", lines=1))
    assert raised.value.hint == "known here: agent/etl, agent/gpu, run/ID"


def test_an_agent_without_a_pod_is_told(
    cluster: Cluster, objects: Objects, platform: Platform
) -> None:
    with pytest.raises(NotInstalledError) as raised:
        next(logs.of_name(cluster, platform, "agent/gpu", lines=1))
    assert str(raised.value) == (
        f"agent/gpu has no pod in namespace '{objects.namespace}' of context 'qhub-bed'"
    )
    assert raised.value.hint == "`qhub status` tells why; `qhub deploy` deploys it"
    with pytest.raises(NotInstalledError, match="run/0f3e has no pod"):
        next(logs.of_name(cluster, platform, "run/0f3e", lines=1))
