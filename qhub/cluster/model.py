"""What QHub reads of a cluster, as values: only the fields that some room uses.

Times are aware datetimes; None is what the cluster does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = [
    "Condition",
    "Container",
    "ContainerState",
    "Deployment",
    "Event",
    "Job",
    "Lease",
    "NamespaceInfo",
    "Owner",
    "PodInfo",
    "Quota",
    "ReplicaSet",
    "SecretData",
    "StorageClass",
    "Version",
]

PodSecurity = Literal["privileged", "baseline", "restricted"]


@dataclass(frozen=True, slots=True)
class Version:
    """The API server's: "v1.36.3" is (1, 36)."""

    text: str
    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class NamespaceInfo:
    """A namespace; `pod_security` is the level that it enforces by its labels, None if none."""

    name: str
    labels: Mapping[str, str]
    phase: str
    pod_security: str | None

    @property
    def ends(self) -> bool:
        """Whether it is being deleted: nothing can be made in it."""
        return self.phase == "Terminating"

    @property
    def is_ours(self) -> bool:
        """Whether QHub made it."""
        return self.labels.get("app.kubernetes.io/managed-by") == "qhub"


class SecretData(Mapping[str, bytes]):
    """The data of a Secret by key; it is never shown, only its keys are."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        self._data = dict(data)

    def __getitem__(self, key: str) -> bytes:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return f"SecretData(keys={sorted(self._data)})"


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A way to get volumes; `is_default`: what asks for no class gets it."""

    name: str
    provisioner: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """A lock in the cluster, as Terraform's state has one; `holder` None: nobody holds it.

    `annotations` hold what Terraform tells of who locked it (`app.terraform.io/lock-info`).
    """

    name: str
    holder: str | None
    acquired_at: datetime | None
    renewed_at: datetime | None
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Owner:
    """What made an object, and deletes it with itself."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an object; `holds` is None where the cluster does not know."""

    type: str
    holds: bool | None
    reason: str
    message: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ContainerState:
    """What a container does, or did before it was started again."""

    kind: Literal["waiting", "running", "terminated"]
    reason: str
    message: str
    exit_code: int | None
    signal: int | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod; `last` is how it ended the time before."""

    name: str
    is_init: bool
    image: str
    ready: bool
    restarts: int
    state: ContainerState | None
    last: ContainerState | None


@dataclass(frozen=True, slots=True)
class PodInfo:
    """A pod; `containers` are in the order that they start in, those for its start first."""

    name: str
    namespace: str
    uid: str
    labels: Mapping[str, str]
    owner: Owner | None
    phase: str
    reason: str
    message: str
    node: str | None
    created_at: datetime | None
    is_deleted: bool
    conditions: Mapping[str, Condition]
    containers: tuple[Container, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it does what it is there for."""
        condition = self.conditions.get("Ready")
        return condition is not None and condition.holds is True and not self.is_deleted

    @property
    def restarts(self) -> int:
        """How often containers of it were started again."""
        return sum(container.restarts for container in self.containers)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Deployment; `is_settled`: its controller has seen what it asks for now.

    `annotations` are those of its pods' template: they change with what the pods read.
    """

    name: str
    uid: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    images: tuple[str, ...]
    replicas: int
    updated: int
    ready: int
    available: int
    revision: int | None
    is_settled: bool
    conditions: Mapping[str, Condition]

    @property
    def is_rolled_out(self) -> bool:
        """Whether all of its pods are of the newest kind and ready, and no others are left."""
        return self.is_settled and self.updated == self.ready == self.available == self.replicas


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """The pods of one version of a Deployment."""

    name: str
    uid: str
    owner: Owner | None
    replicas: int
    revision: int | None
    conditions: Mapping[str, Condition]


@dataclass(frozen=True, slots=True)
class Job:
    """A Job, such as that of a flow run or of a Helm hook."""

    name: str
    uid: str
    labels: Mapping[str, str]
    active: int
    succeeded: int
    failed: int
    created_at: datetime | None
    conditions: Mapping[str, Condition]

    @property
    def is_over(self) -> bool:
        """Whether it makes no more pods."""
        ended = (self.conditions.get(name) for name in ("Complete", "Failed"))
        return any(condition is not None and condition.holds for condition in ended)


@dataclass(frozen=True, slots=True)
class Event:
    """What a part of the cluster told of an object; `count` times, at last at `at`.

    `order` grows with what is written: times are whole seconds.
    """

    kind: str
    name: str
    uid: str
    type: str
    reason: str
    message: str
    count: int
    at: datetime | None
    order: int


@dataclass(frozen=True, slots=True)
class Quota:
    """A ResourceQuota: what the namespace may use and what it uses, as quantities."""

    name: str
    hard: Mapping[str, str]
    used: Mapping[str, str]
