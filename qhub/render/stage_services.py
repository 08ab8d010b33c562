"""Stage 03-kubernetes-services: the namespace, the agents and their secrets, on any cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.bundle import folder
from qhub.platform.published import variables
from qhub.render.backend import backend
from qhub.render.readme import services_readme
from qhub.render.secret_variables import secret_variables
from qhub.render.secrets_tf import secrets_tf
from qhub.render.serialise import as_json, as_yaml
from qhub.render.values import agent_values, flow_secret, token_secret

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.config.model import KubernetesCluster, TerraformState
    from qhub.platform.model import Agent, Platform

__all__ = ["SERVICES", "services_stage"]

SERVICES = "03-kubernetes-services"
# README.md is generated; the others are for those who work on QHub, or left by their tools.
_LEFT_OUT = frozenset(["README.md", "tests", ".terraform", ".terraform.lock.hcl"])
_CACHE = "__pycache__"


def services_stage(
    platform: Platform, *, cluster: KubernetesCluster, state: TerraformState, storage: str | None
) -> dict[str, bytes]:
    """Return the stage's files by their path inside it; `storage` is where flow code lies."""
    secrets = secret_variables(platform)
    stage_backend = backend(
        platform, stage=SERVICES, state=state, kube_context=cluster.kube_context
    )
    readme = services_readme(
        platform, stage=SERVICES, cluster=cluster, state=state, variables=secrets
    )
    files = _copied(folder("terraform") / "stages" / SERVICES, leave_out=_LEFT_OUT)
    files |= {
        "README.md": readme.encode(),
        "backend.tf.json": as_json(stage_backend),
        "secrets.tf.json": as_json(secrets_tf(secrets)),
        "terraform.tfvars.json": as_json(_tfvars(platform, cluster)),
    }
    chart = _copied(folder("helm") / "prefect-agent", leave_out=frozenset(["tests"]))
    files |= {f"charts/prefect-agent/{path}": content for path, content in chart.items()}
    for agent in platform.agents:
        published = _published(platform, agent, storage=storage)
        values = agent_values(agent, project=platform.project, published=published)
        files[f"values/{agent.name}.yaml"] = as_yaml(values)
    return files


def _published(platform: Platform, agent: Agent, *, storage: str | None) -> dict[str, Any]:
    """Return what the agent tells Prefect of the platform; one alone does, others need not roll."""
    if agent.generation != "worker" or agent.name != platform.first_agent:
        return {}
    return variables(platform, gateway=None, storage=storage)


def _tfvars(platform: Platform, cluster: KubernetesCluster) -> dict[str, Any]:
    agents = {
        agent.name: {
            "generation": agent.generation,
            "queues": list(agent.queues),
            "labels": list(agent.labels),
            "flow_secret": flow_secret(agent),
            "token_secret": token_secret(agent),
        }
        for agent in platform.agents
    }
    return {
        "project_name": platform.project,
        "namespace": platform.namespace,
        "create_namespace": cluster.create_namespace,
        "kube_context": cluster.kube_context,
        "agents": agents,
    }


def _copied(source: Path, *, leave_out: frozenset[str]) -> dict[str, bytes]:
    """Return the files of a folder that QHub ships, but for some names at its top."""
    files = {path.relative_to(source): path for path in source.rglob("*") if path.is_file()}
    return {
        relative.as_posix(): path.read_bytes()
        for relative, path in files.items()
        if relative.parts[0] not in leave_out and _CACHE not in relative.parts
    }
