"""The values of one agent's release, named as in the chart helm/prefect-agent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from qhub.config.model import ExistingSecret
from qhub.platform.merge import merged
from qhub.platform.placing import all_tolerations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config.model import Secret
    from qhub.platform.model import Agent, JobSettings, Placement

__all__ = ["TOKEN_KEY", "agent_values", "flow_secret", "token_secret"]

TOKEN_KEY = "token"  # noqa: S105 (the key in the Secret, not what is under it)


def agent_values(
    agent: Agent, *, project: str, published: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the values of an agent's release; of secrets the names alone.

    `published` are the variables of Prefect that this agent brings up to date. They are handed on
    as text: Helm takes nulls out of values.
    """
    values: dict[str, Any] = {
        "generation": agent.generation,
        "agentName": agent.name,
        "project": project,
        "image": agent.image,
        "jobImage": agent.job.image,
        "api": {"kind": agent.api.kind, "url": agent.api.url or ""},
        "token": _token(agent),
        "queues": list(agent.queues),
        "labels": list(agent.labels),
        **_said(published=_as_texts(published or {}) or None),
        "secrets": {"items": [_secret(agent, secret) for secret in agent.secrets]},
        "envVars": dict(agent.env_vars),
        "job": _job(agent.job),
        **_placement(agent.placement),
    }
    job = {"job": _with_all_tolerations(values["job"], agent.settings.get("job") or {})}
    return _with_all_tolerations(values, agent.settings) | job


def flow_secret(agent: Agent) -> str | None:
    """Return the name of the Secret with what the agent's flows read; None if nothing is in it."""
    made = any(not isinstance(secret.source, ExistingSecret) for secret in agent.secrets)
    return f"qhub-{agent.name}-flow" if made else None


def token_secret(agent: Agent) -> str | None:
    """Return the name of the Secret that is made for the agent's credential; None if none is."""
    if agent.token is None or isinstance(agent.token.source, ExistingSecret):
        return None
    return f"qhub-{agent.name}-token"


def _with_all_tolerations(values: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings over values; the tolerations of both."""
    tolerations = all_tolerations(*(said.get("tolerations") or () for said in (values, above)))
    return merged(values, above) | ({"tolerations": tolerations} if tolerations else {})


def _token(agent: Agent) -> dict[str, str]:
    if agent.token is not None and isinstance(agent.token.source, ExistingSecret):
        return {"secretName": agent.token.source.secret_name, "key": agent.token.source.key}
    return {"secretName": token_secret(agent) or "", "key": TOKEN_KEY}


def _secret(agent: Agent, secret: Secret) -> dict[str, str]:
    if isinstance(secret.source, ExistingSecret):
        place = {"secretName": secret.source.secret_name, "key": secret.source.key}
    else:
        place = {"secretName": f"qhub-{agent.name}-flow", "key": secret.name}
    return {"name": secret.name, **place}


def _job(job: JobSettings) -> dict[str, Any]:
    requests = _said(cpu=job.cpu_request, memory=job.memory_request)
    limits = _said(cpu=job.cpu_limit, memory=job.memory_limit)
    settings = _said(
        resources=_said(requests=requests or None, limits=limits or None) or None,
        imagePullSecrets=list(job.image_pull_secrets) or None,
        imagePullPolicy=job.image_pull_policy,
        gpus=job.placement.gpus or None,
    )
    return {**settings, **_placement(job.placement)}


def _as_texts(published: Mapping[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in published.items()}


def _placement(placement: Placement) -> dict[str, Any]:
    tolerations = [
        {"key": toleration.key, "operator": "Exists", "effect": toleration.effect}
        for toleration in placement.tolerations
    ]
    return _said(
        nodeSelector=dict(placement.node_selector) or None, tolerations=tolerations or None
    )


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
