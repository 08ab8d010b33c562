"""Everything that may tell why a release is not ready, read at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from qhub.cluster.errors import ForbiddenError, RefusedError

if TYPE_CHECKING:
    from qhub.cluster.client import Cluster
    from qhub.cluster.model import Deployment, Event, Job, PodInfo, ReplicaSet

__all__ = ["Seen", "last_lines", "look", "look_at_runs"]

Read = TypeVar("Read")

_LINES = 10
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """The objects with some labels, and what was told of them by their uid, oldest first.

    `unseen` says what we may not read.
    """

    deployments: tuple[Deployment, ...]
    replica_sets: tuple[ReplicaSet, ...]
    jobs: tuple[Job, ...]
    pods: tuple[PodInfo, ...]
    events: Mapping[str, tuple[Event, ...]]
    unseen: tuple[ForbiddenError, ...]

    @property
    def older(self) -> frozenset[str]:
        """The uids of ReplicaSets that a newer version of their Deployment takes the place of."""
        newest = {one.name: one.revision for one in self.deployments}
        return frozenset(
            one.uid
            for one in self.replica_sets
            if one.owner is not None and newest.get(one.owner.name) not in (None, one.revision)
        )

    def told(self, uid: str, *reasons: str) -> tuple[Event, ...]:
        """Return the events of an object that have one of these reasons."""
        return tuple(event for event in self.events.get(uid, ()) if event.reason in reasons)


def look(cluster: Cluster, selector: Mapping[str, str]) -> Seen:
    """Return what is there with these labels; what we may not read is left out, and told."""
    reading = _Reading()
    with ThreadPoolExecutor(4) as pool:
        deployments = pool.submit(reading.of, lambda: cluster.deployments(selector))
        replica_sets = pool.submit(reading.of, lambda: cluster.replica_sets(selector))
        jobs = pool.submit(reading.of, lambda: cluster.jobs(selector))
        pods = pool.submit(reading.of, lambda: cluster.pods(selector))
    found = (deployments.result(), replica_sets.result(), jobs.result(), pods.result())
    uids = [one.uid for several in found for one in several]
    return Seen(*found, reading.events(cluster, uids), tuple(reading.unseen))


def look_at_runs(cluster: Cluster, selector: Mapping[str, str]) -> Seen:
    """Return the Jobs with these labels that are not done, and their pods that do not run yet."""
    reading = _Reading()
    unfinished = {"status.successful": "0"}
    jobs = tuple(
        job
        for job in reading.of(lambda: cluster.jobs(selector, fields=unfinished))
        if not job.is_over
    )
    pods = reading.of(lambda: cluster.pods(selector, fields={"status.phase": "Pending"}))
    uids = [*(pod.uid for pod in pods), *(job.uid for job in jobs if not job.active)]
    return Seen((), (), jobs, pods, reading.events(cluster, uids), tuple(reading.unseen))


class _Reading:
    """Reads what we may, and keeps what we may not."""

    def __init__(self) -> None:
        self.unseen: list[ForbiddenError] = []

    def of(self, ask: Callable[[], tuple[Read, ...]]) -> tuple[Read, ...]:
        try:
            return ask()
        except ForbiddenError as error:
            self.unseen.append(error)
            return ()

    def events(self, cluster: Cluster, uids: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        found: dict[str, list[Event]] = {}
        for event in self.of(lambda: cluster.events(uids)):
            found.setdefault(event.uid, []).append(event)
        return {uid: tuple(events) for uid, events in found.items()}


def last_lines(
    cluster: Cluster, pod: str, container: str, *, previous: bool = False
) -> tuple[str, ...]:
    """Return the last lines that a container wrote; none where they cannot be had."""
    try:
        found = tuple(cluster.logs(pod, container, tail=_LINES, previous=previous))
    except (ForbiddenError, RefusedError):  # it wrote none, or its node does not answer
        return ()
    return tuple(line.text[:_LONGEST] for line in found)
