"""A root module whose resources are in a cluster, and Terraform in it, for the tests of acting."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.terraform import standin
from tests.terraform.apiserver import RefusedError
from tests.terraform.module import PLANTED, Module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

CONFIG_MAP = "kubernetes_config_map_v1.this"
DEADLINE_SECONDS = 60

ROOT = """
variable "namespace" {
  type = string
}

variable "content" {
  type      = string
  ephemeral = true
  sensitive = true
}

variable "revision" {
  type    = number
  default = 1
}

variable "team" {
  type    = string
  default = "control-value-that-is-stored"
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name   = var.namespace
    labels = { team = "data", "app.kubernetes.io/part-of" = "tests" }
  }
  timeouts {
    delete = "60s"
  }
}

resource "kubernetes_secret_v1" "this" {
  metadata {
    name      = "token"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = { team = var.team }
  }
  data_wo          = { token = var.content }
  data_wo_revision = var.revision
}

resource "kubernetes_config_map_v1" "this" {
  metadata {
    name        = "settings"
    namespace   = kubernetes_namespace_v1.this.metadata[0].name
    annotations = { note = "a/b~c" }
  }
  data        = { team = var.team, plain = "text" }
  binary_data = { bytes = base64encode("\\u0001\\u0002") }
}

resource "helm_release" "this" {
  name            = "agent"
  namespace       = kubernetes_namespace_v1.this.metadata[0].name
  chart           = "./chart"
  description     = "of the tests"
  values          = [yamlencode({ team = var.team })]
  upgrade_install = true
  max_history     = 3
  timeout         = 5
  depends_on      = [kubernetes_secret_v1.this]
}

output "revision" {
  value = helm_release.this.metadata.revision
}
"""

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: chart\nversion: 0.1.0\nappVersion: '7'\n",
    "values.yaml": "team: nobody\ntoken: none\n",
    "templates/settings.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-settings}\n"
        "data: {team: {{ .Values.team | quote }}, token: {{ .Values.token | sha256sum | quote }}}\n"
    ),
}
# A pod that no node takes: who waits for it, waits in vain.
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}}\n"
    "spec: {containers: [{name: main, image: nowhere.test/none}]}\n"
)


@dataclass(frozen=True, slots=True)
class Root(Module):
    """A root module, the API server that it acts on, and its namespace there."""

    server: ApiServer
    namespace: str

    def start(self, *args: str, **variables: str) -> subprocess.Popen[str]:
        """Start Terraform as the leader of a process group, as a shell does."""
        return subprocess.Popen(
            [str(standin.tool("terraform")), *args],
            cwd=self.folder,
            env=self.with_values(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of what Terraform remembers, by address."""
        return {
            f"{resource['type']}.{resource['name']}": instance["attributes"]
            for resource in self.state()["resources"]
            for instance in resource["instances"]
        }

    def get(self, kind: str, name: str = "") -> Any:
        """Return an object of the namespace, None where there is none; or the namespace itself."""
        try:
            return self.server.call("GET", self.path(kind, name))
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def path(self, kind: str, name: str = "") -> str:
        path = f"/api/v1/namespaces/{self.namespace}"
        return path if kind == "namespaces" else f"{path}/{kind}/{name}".removesuffix("/")

    def data(self, name: str = "token") -> dict[str, str]:
        """Return the content of a Secret."""
        stored = self.get("secrets", name)["data"]
        return {key: base64.b64decode(value).decode() for key, value in stored.items()}

    def helm(self, *args: str) -> str:
        """Run helm by hand."""
        done = subprocess.run(
            [str(standin.helm()), *args, "--namespace", self.namespace],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": self.env["HOME"],
                "KUBECONFIG": str(self.server.kubeconfig),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def releases(self) -> list[tuple[str, str]]:
        """Return revision and status of each revision of the release that Helm keeps."""
        listed = self.server.call("GET", self.path("secrets") + "?labelSelector=owner=helm")
        labels = [item["metadata"]["labels"] for item in listed["items"]]
        return sorted((each["version"], each["status"]) for each in labels)

    def chart(self, **files: str) -> None:
        """Write the chart anew; `files` are further templates."""
        shutil.rmtree(self.folder / "chart", ignore_errors=True)
        further = {f"templates/{name}.yaml": text for name, text in files.items()}
        for name, text in {**CHART, **further}.items():
            (self.folder / "chart" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / "chart" / name).write_text(text)


def environment(folder: Path, kubeconfig: Path) -> dict[str, str]:
    """Return the environment of Terraform processes that act; it has only what one needs."""
    (folder / "home").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "KUBE_CONFIG_PATH": str(kubeconfig),
        **standin.acting(folder),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        **standin.SHORT_LIVED,
        **standin.PLAIN,
    }


def root(folder: Path, server: ApiServer, text: str = ROOT) -> Root:
    """Return an initialised root module with a namespace of its own, which it is to make."""
    namespace = f"t-{secrets.token_hex(4)}"
    env = environment(folder, server.kubeconfig)
    env |= {"TF_VAR_content": PLANTED, "TF_VAR_namespace": namespace}
    made = Root(folder / "root", env, server, namespace)
    made.folder.mkdir()
    made.write(text)
    made.chart()
    made.run("init")
    return made


def fresh(made: Root, folder: Path) -> Root:
    """Return a copy of an initialised root for another namespace, with nothing applied."""
    namespace = f"t-{secrets.token_hex(4)}"
    env = {**made.env, "TF_VAR_namespace": namespace}
    return replace(made.copy(folder / "root"), env=env, namespace=namespace)


def until(ready: Callable[[], Any], what: str) -> Any:
    """Return what `ready` returns once it is true."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := ready()):
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS} s: {what}"
        time.sleep(0.05)
    return found
