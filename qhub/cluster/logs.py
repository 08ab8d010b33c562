"""What agents and flow runs wrote: the newest lines of all their pods, and those that come."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import TYPE_CHECKING

from qhub.cluster import agents
from qhub.cluster.errors import ClusterError, NotInstalledError, RefusedError, UnknownLogError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from qhub.cluster.client import Cluster, LogLine
    from qhub.cluster.model import PodInfo
    from qhub.platform.model import Platform

__all__ = ["Line", "of_name"]

_LOOK_SECONDS = 2.0
_RUNS = {"qhub.dev/component": "flow-run"}
_RUN_IDS = ("prefect.io/flow-run-id", "prefect.io/flow_run_id")
_RUN_NAME = "prefect.io/flow-run-name"


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `pod` is empty where all are of one."""

    time: datetime | None
    pod: str
    text: str


def of_name(
    cluster: Cluster,
    platform: Platform,
    name: str,
    *,
    lines: int,
    since: datetime | None = None,
    follow: bool = False,
) -> Iterator[Line]:
    """Yield the last lines of agent/NAME or run/ID; with `follow` go on as they come.

    A run is named by its id, the beginning of it, or its name. Following an agent goes on with
    the pods that take the place of its pods; it never ends, that of a run ends with the run.
    Raises `ClusterError`, `NotInstalledError` and `UnknownLogError`.
    """
    kind, _, rest = name.partition("/")
    known = [f"agent/{agent.name}" for agent in platform.agents]
    if kind == "run" and rest:
        wanted = _Wanted(cluster, _RUNS, run=rest)
    elif name in known:
        wanted = _Wanted(cluster, agents.selector(rest))
    else:
        raise UnknownLogError(name, (*known, "run/ID"))
    pods = wanted.pods()
    if not pods:
        raise _no_pods(cluster, name)
    written = _Written(cluster)
    found = sorted(
        (line for pod in pods for line in written.of_pod(pod, lines=lines, since=since)),
        key=lambda line: line.time.timestamp() if line.time else 0.0,
    )
    several = len(pods) > 1
    yield from (_told(line, several=several) for line in (found[-lines:] if lines else ()))
    if follow:
        yield from _following(wanted, written, several=several)


def _no_pods(cluster: Cluster, name: str) -> NotInstalledError:
    target = cluster.target
    where = f"namespace '{target.namespace}' of context '{target.context}'"
    hint = (
        "it has not begun, or its Job was removed; `qhub status` tells what holds runs up"
        if name.startswith("run/")
        else "`qhub status` tells why; `qhub deploy` deploys it"
    )
    return NotInstalledError(f"{name} has no pod in {where}", hint=hint)


def _told(line: Line, *, several: bool) -> Line:
    return line if several else Line(line.time, "", line.text)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose pods; of a run the word that was said of it."""

    cluster: Cluster
    selector: Mapping[str, str]
    run: str | None = None

    def pods(self) -> tuple[PodInfo, ...]:
        """Return the pods that are there now."""
        found = self.cluster.pods(self.selector)
        if self.run is None:
            return found
        return tuple(pod for pod in found if self._is_meant(pod.labels))

    def _is_meant(self, labels: Mapping[str, str]) -> bool:
        assert self.run is not None  # noqa: S101 for mypy
        ids = [labels[key] for key in _RUN_IDS if key in labels]
        return labels.get(_RUN_NAME) == self.run or any(one.startswith(self.run) for one in ids)


_Instance = tuple[str, str, int]
"""A container between two starts: pod, container, and how often it was started again."""


@dataclass
class _Written:
    """Reads containers, and remembers the last line of each."""

    cluster: Cluster
    last: dict[_Instance, LogLine] = field(default_factory=dict)

    def of_pod(self, pod: PodInfo, *, lines: int, since: datetime | None) -> Iterator[Line]:
        """Yield the last lines of a pod's containers, of earlier starts too."""
        for name, container, restarts, _runs in _instances(pod):
            instance = (name, container, restarts)
            if restarts:
                with suppress(RefusedError):  # its node has removed them
                    yield from self._read(
                        (name, container, restarts - 1), lines, since, previous=True
                    )
            with suppress(RefusedError):  # it has not written yet
                yield from self._read(instance, lines, since)

    def following(self, instance: _Instance) -> Iterator[Line]:
        """Yield the lines that come after those that were told."""
        pod, container, _ = instance
        before = self.last.get(instance)
        since = before.at if before else None
        for line in self.cluster.logs(pod, container, follow=True, since=since):
            if before is None or line.is_after(before):  # the server counts in whole seconds
                yield self._take(instance, line)

    def _read(
        self, instance: _Instance, lines: int, since: datetime | None, *, previous: bool = False
    ) -> Iterator[Line]:
        pod, container, _ = instance
        # Of none, the last one is needed to go on from.
        found = self.cluster.logs(
            pod, container, tail=max(1, lines), since=since, previous=previous
        )
        for line in found:
            yield self._take(instance, line)

    def _take(self, instance: _Instance, line: LogLine) -> Line:
        self.last[instance] = line
        return Line(line.at, instance[0], line.text)


def _instances(pod: PodInfo) -> Iterator[tuple[str, str, int, bool]]:
    """Yield the containers of a pod that have begun: pod, container, restarts, whether it runs."""
    for container in pod.containers:
        state = container.state
        began = state is not None and (state.kind != "waiting" or container.last is not None)
        if began:
            runs = state is not None and state.kind == "running"
            yield pod.name, container.name, container.restarts, runs


def _following(wanted: _Wanted, written: _Written, *, several: bool) -> Iterator[Line]:
    """Yield what the pods write from now on, one thread a container."""
    lines: Queue[Line] = Queue()
    readers: dict[_Instance, _Reader] = {}
    pods: Sequence[PodInfo] = wanted.pods()
    while True:
        several = several or len(pods) > 1
        _read_all(written, pods, readers, lines)
        look_again = time.monotonic() + _LOOK_SECONDS
        with suppress(Empty):
            while (left := look_again - time.monotonic()) > 0:
                yield _told(lines.get(timeout=left), several=several)
        ended = all(pod.phase in ("Succeeded", "Failed") for pod in pods)
        reading = any(reader.thread.is_alive() for reader in readers.values())
        if wanted.run is not None and ended and not reading and lines.empty():
            return
        pods = wanted.pods()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a container that ran, or had ended, when the reader began."""

    thread: threading.Thread
    ran: bool


def _read_all(
    written: _Written,
    pods: Sequence[PodInfo],
    readers: dict[_Instance, _Reader],
    lines: Queue[Line],
) -> None:
    """Start a reader for each container that has none.

    A stream may break off before the last lines: what has ended is read once more.
    """
    for pod in pods:
        for name, container, restarts, runs in _instances(pod):
            instance = (name, container, restarts)
            reader = readers.get(instance)
            if reader is None or (not reader.thread.is_alive() and (runs or reader.ran)):
                thread = threading.Thread(
                    target=_read, args=(written, instance, lines), daemon=True
                )
                readers[instance] = _Reader(thread, ran=runs)
                thread.start()


def _read(written: _Written, instance: _Instance, lines: Queue[Line]) -> None:
    """Hand on what comes; where it breaks off, whoever looks at the pods starts it again."""
    with suppress(ClusterError):
        for line in written.following(instance):
            lines.put(line)
