"""A folder with a config file, and a cluster that it deploys to: what these tests share."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.terraform.apiserver import CONTEXT, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

QHUB = (sys.executable, "-m", "qhub")
DEADLINE_SECONDS = 180
STAGE = "03-kubernetes-services"
AUTH = "planted-auth-value"
S3 = "planted s3 'value' \"with\" ünïcode\nand lines"
PLANTED = {"TF_VAR_auth": AUTH, "S3_KEY": S3}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which `qhub` runs as its users run it; `environment` is all that it gets."""

    folder: Path
    server: ApiServer
    namespace: str
    environment: dict[str, str]
    config: dict[str, Any] = field(default_factory=dict)

    def write(self, **changes: Any) -> None:
        """Write the config file, with other values for some keys; None takes one away."""
        self.config.update(changes)
        kept = {key: value for key, value in self.config.items() if value is not None}
        (self.folder / "qhub-config.yaml").write_text(yaml.safe_dump(kept))

    def attempt(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `qhub`, whatever it ends with; a variable of `more` that is empty is not set."""
        return subprocess.run(
            [*QHUB, *arguments],
            cwd=self.folder,
            env=self.env(more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    def run(self, *arguments: str, status: int = 0, more: Mapping[str, str] | None = None) -> str:
        """Run `qhub`, which must end so; return what it printed, errors and all."""
        done = self.attempt(*arguments, more=more)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def report(
        self, *arguments: str, status: int = 0, more: Mapping[str, str] | None = None
    ) -> Any:
        """Run `qhub … --output json` and return its result."""
        done = self.attempt(*arguments, "--output", "json", more=more)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    def start(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start `qhub` as the leader of a process group, as a shell does."""
        return subprocess.Popen(
            [*QHUB, *arguments],
            cwd=self.folder,
            env=self.env(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        merged = {**self.environment, **(more or {})}
        return {name: value for name, value in merged.items() if value}

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


def place_in(folder: Path, server: ApiServer, providers: Path) -> Place:
    """Return a place with a config of two agents, who have a credential and a secret each."""
    namespace = f"d-{secrets.token_hex(4)}"
    (folder / "home").mkdir()
    here = folder / "place"
    here.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "KUBECONFIG": str(server.kubeconfig),
        "TF_CLI_CONFIG_FILE": str(providers),
        **PLANTED,
    }
    made = Place(here, server, namespace, environment)
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
