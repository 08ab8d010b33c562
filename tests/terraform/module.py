"""A root module on disk, and Terraform in it: what all tests of the stand-ins begin with."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from tests.terraform import standin

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

PLANTED = "planted-value-of-the-secret"
CONTROL = "control-value-that-is-stored"
NAMESPACE = "kubernetes_namespace_v1.this"
STORED = "kubernetes_secret_v1.this"
RELEASE = "helm_release.this"
CREATE = ["create"]
UPDATE = ["update"]

PROVIDERS = """
terraform {
  required_version = ">= 1.11"
  required_providers {
    helm       = { source = "hashicorp/helm", version = "~> 3.1" }
    kubernetes = { source = "hashicorp/kubernetes", version = "~> 3.2" }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A root module in a folder, and the whole environment of Terraform in it."""

    folder: Path
    env: Mapping[str, str]

    def attempt(self, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform, whatever it ends with; `variables` become `TF_VAR_*`."""
        return standin.terraform(args, self.folder, self.with_values(variables))

    def run(self, *args: str, status: int = 0, **variables: str) -> str:
        """Run Terraform, which must end so; return all that it printed, on one line."""
        return _ended(self.attempt(*args, **variables), status)

    def apply(self, status: int = 0, **variables: str) -> str:
        """Apply without asking."""
        return _ended(self.attempt("apply", "-auto-approve", **variables), status)

    def changes(self, **variables: str) -> dict[str, list[str]]:
        """Plan, and return what would be done to each resource that changes."""
        _ended(self.attempt("plan", "-out=plan", **variables), 0)
        plan = json.loads(self.attempt("show", "-json", "plan").stdout)
        every = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
        return {address: actions for address, actions in every.items() if actions != ["no-op"]}

    def state(self) -> dict[str, Any]:
        """Return what Terraform remembers."""
        stored: dict[str, Any] = json.loads((self.folder / "terraform.tfstate").read_text())
        return stored

    def write(self, text: str) -> None:
        """Write `main.tf`; the providers that it requires are put before."""
        (self.folder / "main.tf").write_text(PROVIDERS + text)

    def copy(self, folder: Path) -> Self:
        """Return a copy of what was initialised, so that each test need not initialise its own."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return replace(self, folder=folder)

    def with_values(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with values of variables."""
        return {**self.env, **{f"TF_VAR_{name}": value for name, value in variables.items()}}


def places(value: str, folder: Path) -> list[str]:
    """Return the files below `folder`, and members of archives, that hold a value or its Base64."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        stored = {path.name: path.read_bytes()}
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                stored = {f"{path.name}:{name}": packed.read(name) for name in packed.namelist()}
        for name, content in stored.items():
            forms = (value.encode(), base64.b64encode(value.encode()))
            if any(form in content for form in forms):
                found.append(name)
    return sorted(found)


def _ended(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done.stdout + done.stderr
    return unframed(done.stdout + done.stderr)


def unframed(text: str) -> str:
    """Return a text of Terraform without the frame around its errors, on one line."""
    return " ".join(text.replace("│", " ").replace("╷", " ").replace("╵", " ").split())
