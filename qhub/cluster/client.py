"""A cluster, looked into through its API server: what QHub asks of it, and nothing is changed.

with Cluster(target("team", "dev")) as cluster:
    cluster.namespace("dev")
"""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from qhub.cluster import reading, refusals, releases
from qhub.cluster.connection import SECONDS, Connection
from qhub.cluster.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, Self

    from qhub.cluster.model import (
        Deployment,
        Event,
        Job,
        Lease,
        NamespaceInfo,
        PodInfo,
        Quota,
        ReplicaSet,
        SecretData,
        StorageClass,
        Version,
    )
    from qhub.cluster.releases import Release
    from qhub.cluster.target import Target

__all__ = ["Cluster", "LogLine"]

Read = TypeVar("Read")
Asked = TypeVar("Asked")

_THREADS = 4
"""More would cost more in connections than they gain."""
_FEW = 20
"""So many objects are asked for by themselves; of more, all that the namespace has is read."""
_IDLE_SECONDS = 60.0
"""After which a log that is followed is asked for again: what is between may have gone away."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container wrote, and when: to the microsecond, and to the nanosecond."""

    at: datetime | None
    nanosecond: int
    text: str

    def is_after(self, other: LogLine) -> bool:
        """Tell whether it was written later, or nobody knows."""
        if self.at is None or other.at is None:
            return True
        mine, others = self.at.replace(microsecond=0), other.at.replace(microsecond=0)
        return (mine, self.nanosecond) > (others, other.nanosecond)


class Cluster:
    """The API server of a target, and by default its namespace.

    Every method raises `ClusterError` (see `qhub.cluster.errors`) when it gets no answer in
    `seconds`, or one that is none. Several threads may use one.
    """

    def __init__(
        self,
        target: Target,
        *,
        environ: Mapping[str, str] = os.environ,
        seconds: float = SECONDS,
    ) -> None:
        self.target = target
        self._api = Connection(target, environ=environ, seconds=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections, and of the files that they needed."""
        self._api.close()

    def version(self) -> Version:
        """Return the API server's version: the cheapest question, for anybody who may log in."""
        said = self._api.get("/version")
        if said is None or "gitVersion" not in said:
            raise refusals.no_api_server(self.target, "it tells no version", 404)
        return reading.version(said)

    def user(self) -> str | None:
        """Return who the API server takes us for; None where it does not tell."""
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            said = self._api.post(path, {**_review(path), "kind": "SelfSubjectReview"})
        except RefusedError:  # before Kubernetes 1.28
            return None
        info = (said.get("status") or {}).get("userInfo") or {}
        return info.get("username") or None

    def namespace(self, name: str | None = None) -> NamespaceInfo | None:
        """Return a namespace, the target's by default; None where it is not there."""
        return self._one(f"/api/v1/namespaces/{name or self.target.namespace}", reading.namespace)

    def release(self, name: str, namespace: str | None = None) -> Release | None:
        """Return the newest revision of a Helm release; None where there is none.

        Raises `RefusedError` for a record of Helm's that cannot be read.
        """
        folder = self._core("secrets", namespace=namespace)
        query = {"labelSelector": f"owner=helm,name={name}"}
        found = self._api.items(folder, query, metadata_only=True)
        newest = max((one["metadata"] for one in found), key=releases.revision, default=None)
        return None if newest is None else self._one(f"{folder}/{newest['name']}", releases.read)

    def releases(self, namespace: str | None = None) -> tuple[str, ...]:
        """Return the names of all Helm releases of a namespace."""
        query = {"labelSelector": "owner=helm"}
        found = self._api.items(
            self._core("secrets", namespace=namespace), query, metadata_only=True
        )
        return tuple(sorted({one["metadata"].get("labels", {}).get("name", "") for one in found}))

    def secret(self, name: str, namespace: str | None = None) -> SecretData | None:
        """Return what is in a Secret; None where it is not there."""
        return self._one(self._core("secrets", name, namespace=namespace), reading.secret_data)

    def secret_version(self, name: str, namespace: str | None = None) -> str | None:
        """Return what changes with every change of a Secret; None where it is not there."""
        return self._one(self._core("secrets", name, namespace=namespace), reading.resource_version)

    def allowed(self, verb: str, group: str, resource: str, namespace: str | None) -> bool:
        """Tell whether we may; `namespace` None asks for the whole cluster.

        A resource may have a subresource: "pods/log". Group "" is the core one. "*" is each verb,
        group or resource.
        """
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        kind, _, subresource = resource.partition("/")
        asked = {"verb": verb, "group": group, "resource": kind, "subresource": subresource}
        if namespace is not None:
            asked["namespace"] = namespace
        spec = {"resourceAttributes": asked}
        body = {**_review(path), "kind": "SelfSubjectAccessReview", "spec": spec}
        return bool((self._api.post(path, body).get("status") or {}).get("allowed"))

    def several(self, ask: Callable[[Asked], Read], questions: Iterable[Asked]) -> tuple[Read, ...]:
        """Return the answers to several questions, asked at once in threads."""
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="qhub-cluster") as pool:
            return tuple(pool.map(ask, questions))

    def storage_classes(self) -> tuple[StorageClass, ...]:
        """Return the storage classes of the cluster."""
        return self._many("/apis/storage.k8s.io/v1/storageclasses", reading.storage_class)

    def lease(self, name: str, namespace: str | None = None) -> Lease | None:
        """Return a lease; None where it is not there."""
        folder = self._folder("/apis/coordination.k8s.io/v1", namespace)
        return self._one(f"{folder}/leases/{name}", reading.lease)

    def deployments(
        self, selector: Mapping[str, str] | None = None, namespace: str | None = None
    ) -> tuple[Deployment, ...]:
        """Return Deployments by name that have all of these labels."""
        path = f"{self._folder('/apis/apps/v1', namespace)}/deployments"
        return self._many(path, reading.deployment, selector)

    def replica_sets(
        self, selector: Mapping[str, str] | None = None, namespace: str | None = None
    ) -> tuple[ReplicaSet, ...]:
        """Return ReplicaSets that have all of these labels."""
        path = f"{self._folder('/apis/apps/v1', namespace)}/replicasets"
        return self._many(path, reading.replica_set, selector)

    def jobs(
        self,
        selector: Mapping[str, str] | None = None,
        namespace: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[Job, ...]:
        """Return Jobs that have all of these labels and fields, as field selectors know them."""
        path = f"{self._folder('/apis/batch/v1', namespace)}/jobs"
        return self._many(path, reading.job, selector, fields)

    def pods(
        self,
        selector: Mapping[str, str] | None = None,
        namespace: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[PodInfo, ...]:
        """Return pods that have all of these labels and fields, as field selectors know them."""
        return self._many(self._core("pods", namespace=namespace), reading.pod, selector, fields)

    def pod(self, name: str, namespace: str | None = None) -> PodInfo | None:
        """Return a pod; None where it is not there."""
        return self._one(self._core("pods", name, namespace=namespace), reading.pod)

    def events(self, of: Iterable[str] | None = None) -> tuple[Event, ...]:
        """Return what was told of the objects with these uids (None: of all), oldest first.

        A cluster forgets events after an hour, usually.
        """
        wanted = None if of is None else tuple(dict.fromkeys(of))
        if wanted is None or len(wanted) > _FEW:
            found = self._many(self._core("events"), reading.event)
            kept = [event for event in found if wanted is None or event.uid in wanted]
        else:
            kept = [event for several in self.several(self._events, wanted) for event in several]
        return tuple(sorted(kept, key=_moment))

    def _events(self, uid: str) -> tuple[Event, ...]:
        about = {"fieldSelector": f"involvedObject.uid={uid}"}
        return tuple(map(reading.event, self._api.items(self._core("events"), about)))

    def quotas(self) -> tuple[Quota, ...]:
        """Return the ResourceQuotas of the namespace."""
        return self._many(self._core("resourcequotas"), reading.quota)

    def object(self, api_version: str, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object of any namespaced kind as it is; None where it is not there."""
        group = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        plural = f"{kind.lower().removesuffix('y')}{'ies' if kind.endswith('y') else 's'}"
        return self._api.get(f"{self._folder(group, None)}/{plural}/{name}")

    def logs(
        self,
        pod: str,
        container: str,
        *,
        tail: int | None = None,
        follow: bool = False,
        since: datetime | None = None,
        previous: bool = False,
    ) -> Iterator[LogLine]:
        """Yield what a container wrote: the last lines, and with `follow` those that come.

        `previous` is what it wrote before it was started again. Following ends when the container
        does, when the connection breaks, or after a minute without a line: ask again with
        `since`, the time of the last line; it comes again.
        """
        query = {"container": container, "timestamps": "true"}
        if tail is not None:
            query["tailLines"] = str(tail)
        if since is not None:
            query["sinceTime"] = since.isoformat().replace("+00:00", "Z")
        if previous:
            query["previous"] = "true"
        path = self._core("pods", pod, "log")
        if not follow:
            text = self._api.text(path, query)
            yield from map(_line, text.removesuffix(b"\n").split(b"\n") if text else ())
            return
        found = self._api.lines(path, {**query, "follow": "true"}, idle_seconds=_IDLE_SECONDS)
        yield from map(_line, found)

    def _core(self, *parts: str, namespace: str | None = None) -> str:
        return "/".join([self._folder("/api/v1", namespace), *parts])

    def _folder(self, group: str, namespace: str | None) -> str:
        return f"{group}/namespaces/{namespace or self.target.namespace}"

    def _one(self, path: str, read: Callable[[dict[str, Any]], Read]) -> Read | None:
        said = self._api.get(path)
        return None if said is None else read(said)

    def _many(
        self,
        path: str,
        read: Callable[[dict[str, Any]], Read],
        selector: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[Read, ...]:
        query = {}
        for name, wanted in (("labelSelector", selector), ("fieldSelector", fields)):
            if wanted:
                query[name] = ",".join(f"{key}={value}" for key, value in wanted.items())
        return tuple(map(read, self._api.items(path, query)))


def _moment(event: Event) -> tuple[float, int]:
    return (event.at.timestamp() if event.at else 0.0, event.order)


def _review(path: str) -> dict[str, str]:
    return {"apiVersion": path.removeprefix("/apis/").rpartition("/")[0]}


def _line(line: bytes) -> LogLine:
    """Return a line that the API server led by its time."""
    text = line.rstrip(b"\r").decode("utf-8", "replace")
    stamp, _, rest = text.partition(" ")
    try:
        return LogLine(reading.time(stamp), _nanosecond(stamp), rest)
    except ValueError:
        return LogLine(None, 0, text)


def _nanosecond(stamp: str) -> int:
    found = re.search(r"\.(\d+)", stamp)
    return int(found[1].ljust(9, "0")[:9]) if found else 0
