"""What QHub itself changes in a cluster: the namespace of the state, what deploys left half done.

Everything else is Terraform's to change.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from qhub.cluster.connection import Connection
from qhub.cluster.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Live", "Objects", "Pending"]

_NAMESPACES = "/api/v1/namespaces"
_CONFLICT = 409
_RELEASE = "helm.sh/release.v1"
_PENDING = ("pending-install", "pending-upgrade", "pending-rollback")


@dataclass(frozen=True, slots=True)
class Live:
    """An object that is in the cluster: its labels say who made it."""

    kind: Literal["namespace", "secret"]
    name: str
    labels: Mapping[str, str]

    def is_of(self, project: str) -> bool:
        """Tell whether QHub made it for this project."""
        return (
            self.labels.get("app.kubernetes.io/managed-by") == "qhub"
            and self.labels.get("app.kubernetes.io/part-of") == project
        )


@dataclass(frozen=True, slots=True)
class Pending:
    """A revision of a release that Helm began and did not come to the end of."""

    secret: str
    release: str
    status: str


class Objects(Connection):
    """The API server of a target, for the few objects that QHub looks at itself, and changes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def namespace(self, name: str) -> Live | None:
        """Return a namespace."""
        return _live("namespace", self.get(f"{_NAMESPACES}/{name}"))

    def secret(self, name: str) -> Live | None:
        """Return a Secret of the target's namespace; not what is in it."""
        return _live("secret", self.get(self._secrets(name)))

    def remove_secret(self, name: str) -> None:
        """Remove a Secret; one that is gone is as good."""
        self.delete(self._secrets(name))

    def make_namespace(self, name: str, labels: Mapping[str, str]) -> None:
        """Make a namespace; one that somebody else made meanwhile is as good."""
        metadata = {"name": name, "labels": dict(labels)}
        try:
            self.post(_NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        except RefusedError as error:
            if error.http_status != _CONFLICT:
                raise

    def pending(self) -> tuple[Pending, ...]:
        """Return the releases of QHub's that Helm was cut off in."""
        wanted = {"labelSelector": f"owner=helm,status in ({','.join(_PENDING)})"}
        return tuple(_pending(self.items(self._secrets(), wanted)))

    def fail(self, found: Pending) -> None:
        """Note in a release that its revision failed, as Helm would have, had it not been ended.

        Helm refuses to touch a release that is pending; one that failed it upgrades.
        """
        path = self._secrets(found.secret)
        stored = self.get(path)
        if stored is None:
            return
        content = str((stored.get("data") or {}).get("release"))
        stored["data"]["release"] = _failed(content)
        stored["metadata"]["labels"]["status"] = "failed"
        self.put(path, stored)

    def restart(self, deployment: str, *, at: str) -> None:
        """Have new pods made of a Deployment, as `kubectl rollout restart` does."""
        path = f"/apis/apps/v1/namespaces/{self.target.namespace}/deployments/{deployment}"
        template = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": at}}}
        self.patch(path, {"spec": {"template": template}})

    def _secrets(self, *name: str) -> str:
        return "/".join([f"{_NAMESPACES}/{self.target.namespace}/secrets", *name])


def _live(kind: Literal["namespace", "secret"], found: Mapping[str, Any] | None) -> Live | None:
    if found is None:
        return None
    metadata = found.get("metadata") or {}
    return Live(kind, str(metadata.get("name")), dict(metadata.get("labels") or {}))


def _pending(found: list[dict[str, Any]]) -> Iterator[Pending]:
    for secret in found:
        labels = secret["metadata"].get("labels") or {}
        if secret.get("type") == _RELEASE and str(labels.get("name", "")).startswith("qhub-"):
            yield Pending(secret["metadata"]["name"], labels["name"], labels["status"])


def _failed(content: str) -> str:
    """Return a release as Helm stores it, in Base64 twice and packed, with the status `failed`."""
    try:
        packed = base64.b64decode(base64.b64decode(content))
        release = json.loads(gzip.decompress(packed))
        release["info"]["status"] = "failed"
        release["info"]["description"] = "ended before it was done"
    except (ValueError, KeyError, TypeError, OSError, binascii.Error) as error:
        raise ValueError("a release that Helm stored otherwise") from error
    coded = base64.b64encode(gzip.compress(json.dumps(release).encode(), mtime=0))
    return base64.b64encode(coded).decode()
