"""A folder with a config file, and a cluster that it deploys to: what these tests share."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cli.folder import UsersFolder
from tests.cli.process import run_here
from tests.terraform.apiserver import CONTEXT, RefusedError
from tests.terraform.standin import SHORT_LIVED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

STAGE = "03-kubernetes-services"
AUTH = "planted-auth-value"
S3 = "planted s3 'value' \"with\" ünïcode\nand lines"
PLANTED = {"TF_VAR_auth": AUTH, "S3_KEY": S3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(UsersFolder):
    """What it deploys goes to a namespace of an API server without a node."""

    server: ApiServer

    def attempt(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `qhub` in this process, whatever it ends with; who is to be killed, is started."""
        status, out, err = run_here(*arguments, cwd=self.folder, environment=self.env(more))
        return subprocess.CompletedProcess(arguments, status, out, err)

    def get(self, path: str) -> Any:
        """Return an object of the namespace, None where there is none; "" is the namespace."""
        try:
            return self.server.call("GET", self.path(path))
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def path(self, path: str = "") -> str:
        return f"/api/v1/namespaces/{self.namespace}/{path}".rstrip("/")

    def secret(self, name: str) -> dict[str, str] | None:
        """Return what is in a Secret."""
        found = self.get(f"secrets/{name}")
        if found is None:
            return None
        return {key: base64.b64decode(text).decode() for key, text in found["data"].items()}

    def releases(self) -> dict[str, tuple[str, int]]:
        """Return of each release status and number of its last revision."""
        listed = self.server.call("GET", self.path("secrets") + "?labelSelector=owner=helm")
        labels = [item["metadata"]["labels"] for item in listed["items"]]
        found: dict[str, tuple[str, int]] = {}
        for each in sorted(labels, key=lambda label: int(label["version"])):
            found[each["name"]] = (each["status"], int(each["version"]))
        return found

    @property
    def private(self) -> Path:
        return self.folder / ".qhub" / f"pipelines-{self.namespace}"


def place_in(folder: Path, server: ApiServer, providers: Mapping[str, str]) -> Place:
    """Return a place with a config of two agents, who have a credential and a secret each."""
    namespace = f"d-{secrets.token_hex(4)}"
    (folder / "home").mkdir()
    here = folder / "place"
    here.mkdir()
    environment = {
        "HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "KUBECONFIG": str(server.kubeconfig),
        **providers,
        **SHORT_LIVED,
        **PLANTED,
    }
    made = Place(folder=here, server=server, namespace=namespace, environment=environment)
    made.write(
        project_name="pipelines",
        namespace=namespace,
        provider="existing",
        existing={"kube_context": CONTEXT, "create_namespace": True},
        terraform_state={"type": "local"},
        prefect={
            "enabled": True,
            "api": {"url": "http://prefect.example/api", "token": "AUTH"},
            "agents": [{"name": "etl"}, {"name": "gpu"}],
        },
        secrets={"AUTH": {"from_env": "TF_VAR_auth"}, "S3": {"from_env": "S3_KEY"}},
    )
    return made
