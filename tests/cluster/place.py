"""A folder in which `qhub` runs as its users run it, against the cluster of the tests."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cli.folder import UsersFolder
from tests.cli.process import run_here
from tests.cluster import pods
from tests.terraform import standin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.cluster.access import Cluster

__all__ = ["STAGE", "Place", "digest_of", "new_namespace", "own_namespace", "place_in"]

STAGE = "03-kubernetes-services"
_MANIFEST = "oci.image.manifest.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(UsersFolder):
    """What it deploys goes to a namespace of a cluster."""

    cluster: Cluster

    def attempt(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `qhub` in this process, whatever it ends with.

        But for `qhub flow`: Prefect reads where its API is when it is imported.
        """
        if arguments[0] == "flow":
            return UsersFolder.attempt(self, *arguments, more=more)
        status, out, err = run_here(*arguments, cwd=self.folder, environment=self.env(more))
        return subprocess.CompletedProcess(arguments, status, out, err)

    def items(self, kinds: str, selector: str = "") -> list[dict[str, Any]]:
        """Return the objects of kinds in the namespace, as the API server has them."""
        return pods.items(self.cluster, self.namespace, kinds, selector)

    def secret(self, name: str) -> dict[str, bytes] | None:
        """Return what is in a Secret, None where there is none."""
        for item in self.items("secrets"):
            if item["metadata"]["name"] == name:
                data = item.get("data") or {}
                return {key: base64.b64decode(text) for key, text in data.items()}
        return None


@contextmanager
def new_namespace(cluster: Cluster) -> Iterator[str]:
    """Make a namespace that enforces Pod Security `restricted`; what is in it goes with it."""
    name = f"test-{secrets.token_hex(4)}"
    pods.make_namespace(cluster, name, pods.RESTRICTED)
    try:
        yield name
    finally:
        pods.remove(cluster, "namespace", name)


@contextmanager
def own_namespace(cluster: Cluster, name: str) -> Iterator[str]:
    """Remove a namespace afterwards that `qhub` makes itself."""
    try:
        yield name
    finally:
        pods.remove(cluster, "namespace", name)


def digest_of(image: str) -> str:
    """Return the reference by digest of an image in the cluster's registry."""
    repository, _, tag = image.rpartition(":")
    host, _, path = repository.partition("/")
    kinds = ("docker.distribution.manifest.v2+json", "oci.image.index.v1+json")
    asked = urllib.request.Request(
        f"http://{host}/v2/{path}/manifests/{tag}",
        method="HEAD",
        headers={"Accept": ", ".join(f"application/vnd.{kind}" for kind in (*kinds, _MANIFEST))},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        return f"{repository}@{answer.headers['Docker-Content-Digest']}"


def place_in(folder: Path, cluster: Cluster, namespace: str, **config: Any) -> Place:
    """Return a place whose config deploys into a namespace that is there.

    `config` are top-level keys over `project_name`, `namespace`, `provider`, `existing` and
    `terraform_state`; give at least `prefect`. Terraform's providers are the stand-ins that act,
    or, where their schemas are not beside the repository, the real ones.
    """
    for name in ("home", "place", "providers"):
        (folder / name).mkdir(parents=True)
    made = Place(
        folder=folder / "place",
        cluster=cluster,
        namespace=namespace,
        environment={
            "HOME": str(folder / "home"),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "KUBECONFIG": str(cluster.kubeconfig),
            **standin.acting_on_path(folder / "providers"),
        },
    )
    made.write(
        **{
            "project_name": "pipelines",
            "namespace": namespace,
            "provider": "existing",
            "existing": {"kube_context": cluster.context},
            "terraform_state": {"type": "local"},
            **config,
        }
    )
    return made
