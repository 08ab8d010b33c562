"""A config's platform deployed by real Helm, without Terraform: Secrets, and a release an agent."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.api import load
from qhub.cluster.drift import chart_mark
from qhub.render.stage_services import SERVICES
from tests.terraform.standin import helm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.api import Project
    from tests.kube.objects import Objects

NOBODY = "http://prefect.invalid/api"
"""An address that nobody has (RFC 6761)."""
CONFIG = """
project_name: pipelines
namespace: {namespace}
provider: existing
existing: {{kube_context: qhub-bed}}
prefect:
  enabled: true
  image: registry.example.com/team/worker:3.8.8
  version: "3.8"
  api: {{url: {api}}}
  overrides:
    envVars: {{LEVEL: {level}}}
    resources: {{requests: {{cpu: 1000m}}, limits: {{cpu: 1500m}}}}
  agents: {agents}
secrets:
  S3_KEY: {{from_env: TF_VAR_s3_key}}
  DB: {{existing_secret: warehouse, key: password}}
terraform_state: {{type: local}}
"""
"""1000m is what the API server writes as 1."""


def write(
    folder: Path,
    namespace: str,
    *,
    level: str = "INFO",
    agents: str = "[{name: etl}]",
    api: str = NOBODY,
) -> Path:
    """Write the config file and return its path."""
    path = folder / "qhub-config.yaml"
    path.write_text(CONFIG.format(namespace=namespace, level=level, agents=agents, api=api))
    return path


def stage(project: Project) -> dict[str, bytes]:
    """Return the files of the stage that a config renders."""
    led = f"stages/{SERVICES}/"
    return {
        path.removeprefix(led): content
        for path, content in project.bundle.items()
        if path.startswith(led)
    }


def deploy(objects: Objects, folder: Path, **settings: Any) -> Project:
    """Write a config, make its Secrets and install its releases; return the project."""
    project = load(write(folder, objects.namespace, **settings))
    for name, data in {
        "qhub-etl-flow": {"S3_KEY": "x"},
        "warehouse": {"password": "x"},
    }.items():
        coded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
        objects.create("v1", "secrets", {"metadata": {"name": name}, "data": coded})
    for agent in project.platform.agents:
        install(objects, folder, agent.name, stage(project))
    return project


def install(objects: Objects, folder: Path, agent: str, files: Mapping[str, bytes]) -> None:
    """Install or upgrade the release of an agent as the stage does."""
    for path, content in files.items():
        target = folder / "stage" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    inside = folder / "stage"
    argv = [
        *("upgrade", "--install", f"qhub-{agent}", str(inside / "charts" / "prefect-agent")),
        *("--namespace", objects.namespace, "--values", str(inside / "values" / f"{agent}.yaml")),
        *("--set", "token.revision=3,secrets.revision=7", "--description", chart_mark(files)),
    ]
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "KUBECONFIG": str(objects.server.kubeconfig),
    }
    done = subprocess.run(
        [str(helm()), *argv], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
