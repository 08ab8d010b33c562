"""The API server's JSON becomes `qhub.cluster.model`, once and here."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from qhub.cluster.model import (
    Condition,
    Container,
    ContainerState,
    Deployment,
    Event,
    Job,
    Lease,
    NamespaceInfo,
    Owner,
    PodInfo,
    Quota,
    ReplicaSet,
    SecretData,
    StorageClass,
    Version,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "deployment",
    "event",
    "job",
    "lease",
    "namespace",
    "pod",
    "quota",
    "replica_set",
    "resource_version",
    "secret_data",
    "storage_class",
    "time",
    "version",
]

Json = dict[str, Any]

_ENFORCE = "pod-security.kubernetes.io/enforce"
_REVISION = "deployment.kubernetes.io/revision"
_DEFAULT_CLASSES = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_STATES: tuple[Literal["waiting", "running", "terminated"], ...] = (
    "waiting",
    "running",
    "terminated",
)


def version(said: Json) -> Version:
    """Return the version; minor is "36" or, from some clouds, "36+"."""
    return Version(str(said.get("gitVersion", "")), _digits(said, "major"), _digits(said, "minor"))


def namespace(said: Json) -> NamespaceInfo:
    """Return a namespace."""
    labels = _texts(_metadata(said), "labels")
    phase = (said.get("status") or {}).get("phase") or "Active"
    return NamespaceInfo(_metadata(said)["name"], labels, phase, labels.get(_ENFORCE))


def secret_data(said: Json) -> SecretData:
    """Return the data of a Secret."""
    return SecretData(
        {key: base64.b64decode(value or "") for key, value in (said.get("data") or {}).items()}
    )


def resource_version(said: Json) -> str:
    """Return the mark that the API server gives an object with each change, its values aside."""
    return str(_metadata(said).get("resourceVersion", ""))


def storage_class(said: Json) -> StorageClass:
    """Return a storage class."""
    annotations = _texts(_metadata(said), "annotations")
    is_default = any(annotations.get(name) == "true" for name in _DEFAULT_CLASSES)
    return StorageClass(_metadata(said)["name"], str(said.get("provisioner", "")), is_default)


def lease(said: Json) -> Lease:
    """Return a lease."""
    spec = said.get("spec") or {}
    return Lease(
        name=_metadata(said)["name"],
        holder=spec.get("holderIdentity") or None,
        acquired_at=time(spec.get("acquireTime")),
        renewed_at=time(spec.get("renewTime")),
        annotations=_texts(_metadata(said), "annotations"),
    )


def pod(said: Json) -> PodInfo:
    """Return a pod; its containers also where the node has said nothing of them yet."""
    metadata, spec, status = _metadata(said), said.get("spec") or {}, said.get("status") or {}
    return PodInfo(
        name=metadata["name"],
        namespace=metadata.get("namespace", ""),
        uid=metadata.get("uid", ""),
        labels=_texts(metadata, "labels"),
        owner=_owner(metadata),
        phase=status.get("phase") or "Pending",
        reason=status.get("reason") or "",
        message=status.get("message") or "",
        node=spec.get("nodeName") or None,
        created_at=time(metadata.get("creationTimestamp")),
        is_deleted="deletionTimestamp" in metadata,
        conditions=_conditions(status),
        containers=(*_containers(spec, status, init=True), *_containers(spec, status, init=False)),
    )


def deployment(said: Json) -> Deployment:
    """Return a Deployment."""
    metadata, spec, status = _metadata(said), said.get("spec") or {}, said.get("status") or {}
    template = spec.get("template") or {}
    inside = template.get("spec") or {}
    return Deployment(
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        labels=_texts(metadata, "labels"),
        annotations=_texts(template.get("metadata") or {}, "annotations"),
        images=tuple(str(one.get("image", "")) for one in inside.get("containers") or ()),
        replicas=_number(spec, "replicas", 1),
        updated=_number(status, "updatedReplicas"),
        ready=_number(status, "readyReplicas"),
        available=_number(status, "availableReplicas"),
        revision=_revision(metadata),
        is_settled=_number(status, "observedGeneration") >= _number(metadata, "generation"),
        conditions=_conditions(status),
    )


def replica_set(said: Json) -> ReplicaSet:
    """Return a ReplicaSet."""
    metadata = _metadata(said)
    return ReplicaSet(
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        owner=_owner(metadata),
        replicas=_number(said.get("spec") or {}, "replicas", 1),
        revision=_revision(metadata),
        conditions=_conditions(said.get("status") or {}),
    )


def job(said: Json) -> Job:
    """Return a Job."""
    metadata, status = _metadata(said), said.get("status") or {}
    return Job(
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        labels=_texts(metadata, "labels"),
        active=_number(status, "active"),
        succeeded=_number(status, "succeeded"),
        failed=_number(status, "failed"),
        created_at=time(metadata.get("creationTimestamp")),
        conditions=_conditions(status),
    )


def event(said: Json) -> Event:
    """Return an event, of the older form or of the newer one: both come through the same list."""
    about, series = said.get("involvedObject") or {}, said.get("series") or {}
    moments = (
        series.get("lastObservedTime"),
        said.get("lastTimestamp"),
        said.get("eventTime"),
        _metadata(said).get("creationTimestamp"),
    )
    return Event(
        kind=about.get("kind") or "",
        name=about.get("name") or "",
        uid=about.get("uid") or "",
        type=said.get("type") or "Normal",
        reason=said.get("reason") or "",
        message=said.get("message") or "",
        count=_number(series, "count") or _number(said, "count") or 1,
        at=next((time(moment) for moment in moments if moment), None),
        order=_digits(_metadata(said), "resourceVersion"),
    )


def quota(said: Json) -> Quota:
    """Return a ResourceQuota."""
    status = said.get("status") or {}
    return Quota(_metadata(said)["name"], _texts(status, "hard"), _texts(status, "used"))


def _containers(spec: Json, status: Json, *, init: bool) -> tuple[Container, ...]:
    kind = "initContainers" if init else "containers"
    told = {one["name"]: one for one in status.get(f"{kind[:-1]}Statuses") or ()}
    return tuple(_container(one, told.get(one["name"], {}), init) for one in spec.get(kind) or ())


def _container(spec: Json, status: Json, init: bool) -> Container:  # noqa: FBT001 called once
    return Container(
        name=spec["name"],
        is_init=init,
        image=str(spec.get("image") or ""),
        ready=bool(status.get("ready")),
        restarts=_number(status, "restartCount"),
        state=_state(status.get("state")),
        last=_state(status.get("lastState")),
    )


def _state(said: Json | None) -> ContainerState | None:
    kind = next((kind for kind in _STATES if said and kind in said), None)
    if said is None or kind is None:
        return None
    inside = said[kind] or {}
    return ContainerState(
        kind=kind,
        reason=inside.get("reason") or "",
        message=inside.get("message") or "",
        exit_code=inside.get("exitCode"),
        signal=inside.get("signal"),
        since=time(inside.get("finishedAt") or inside.get("startedAt")),
    )


def _conditions(status: Json) -> dict[str, Condition]:
    return {
        one["type"]: Condition(
            type=one["type"],
            holds={"True": True, "False": False}.get(one.get("status", "")),
            reason=one.get("reason") or "",
            message=one.get("message") or "",
            since=time(one.get("lastTransitionTime")),
        )
        for one in status.get("conditions") or ()
    }


def _metadata(said: Json) -> Json:
    metadata: Json = said.get("metadata") or {}
    return metadata


def _owner(metadata: Json) -> Owner | None:
    owners = metadata.get("ownerReferences") or ()
    found = next((one for one in owners if one.get("controller")), None)
    return None if found is None else Owner(found["kind"], found["name"], found["uid"])


def _revision(metadata: Json) -> int | None:
    said = _texts(metadata, "annotations").get(_REVISION, "")
    return int(said) if said.isdigit() else None


def _texts(said: Json, key: str) -> Mapping[str, str]:
    return {name: str(text) for name, text in (said.get(key) or {}).items()}


def _number(said: Json, key: str, default: int = 0) -> int:
    value = said.get(key)
    return default if value is None else int(value)


def _digits(said: Json, key: str) -> int:
    found = re.match(r"\d+", str(said.get(key, "")))
    return int(found[0]) if found else 0


def time(said: object) -> datetime | None:
    """Return a time; the cluster writes some with nanoseconds, more than Python reads."""
    if not said:
        return None
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(said)))
