"""Where the Prefect API of a platform on Kubernetes is, and its credential, as the config says.

An address inside the cluster does not answer everywhere: how to reach it from here is told then.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qhub.errors import QhubError

if TYPE_CHECKING:
    from qhub.api import Project
    from qhub.platform.model import Agent

__all__ = ["environment_of"]

_SERVICE_SUFFIXES = (".svc", ".svc.cluster.local")
_PORTS = {"http": 80, "https": 443}


def environment_of(project: Project) -> tuple[dict[str, str], str]:
    """Return the variables of Prefect's clients, and what to do where the API does not answer.

    They are those of the agent that the config names first, whose pool flows go to. Raises
    `QhubError` where the config does not say enough.
    """
    file, platform = project.document.file, project.platform
    agent = next((one for one in platform.agents if one.name == platform.first_agent), None)
    if agent is None:
        raise QhubError(
            f"{file} has no agent, so no Prefect API", hint="prefect: {enabled: true} makes one"
        )
    if agent.generation != "worker":
        raise QhubError(
            f"agent {agent.name} is one of Prefect 0.14 to 1.4, whose flows `qhub flow` does not "
            "know",
            hint="register flows with that Prefect itself; a tag of 3.x in prefect.image makes "
            "workers",
        )
    needed = "PREFECT_API_URL" + (f" and {_variable(agent)}" if agent.token else "")
    if not agent.api.url:
        raise QhubError(
            f"{file} does not say where the Prefect API is: it has no prefect.api.url",
            hint=f"set it there, or export {needed}",
        )
    return {"PREFECT_API_URL": agent.api.url, **_credential(project, agent)}, _mend(project, agent)


def _variable(agent: Agent) -> str:
    return "PREFECT_API_KEY" if agent.api.kind == "cloud" else "PREFECT_API_AUTH_STRING"


def _credential(project: Project, agent: Agent) -> dict[str, str]:
    """Return the credential, from where a deploy takes it; else that of the environment stays."""
    from qhub.config.model import ExistingSecret
    from qhub.deploy.values import collect
    from qhub.render import secret_variables

    name = _variable(agent)
    if agent.token is None:
        return {}
    if isinstance(agent.token.source, ExistingSecret):
        why = (
            f"the credential of Prefect's API is in the Secret '{agent.token.source.secret_name}' "
            "of the cluster, which `qhub flow` does not read"
        )
        hint = f"export {name}=… with its value"
    else:
        source = collect(project.platform, project.document)
        [variable] = [one for one in secret_variables(project.platform) if agent.name in one.tokens]
        if variable.name in source.values:
            return {name: source.values[variable.name].strip()}
        found = next(one for one in source.troubles if f"agent {agent.name}" in one.about)
        why = f"{found.about}: {found.message}"
        hint = f"{found.hint.partition(';')[0]}; or export {name}=…"
    if os.environ.get(name):
        return {}
    raise QhubError(why, hint=hint)


def _mend(project: Project, agent: Agent) -> str:
    """Return how to reach an API that does not answer from here."""
    assert agent.api.url  # noqa: S101 looked at by the caller
    parts = urlsplit(agent.api.url)
    host, also = parts.hostname or "", f" and {_variable(agent)}" if agent.token else ""
    name, _, namespace = _service(host).partition(".")
    if not name:
        return f"export PREFECT_API_URL with its address from here{also}"
    context = getattr(project.config.cluster, "kube_context", None)
    port = parts.port or _PORTS.get(parts.scheme, 80)
    chosen = f" --context {context}" if context else ""
    return (
        "is it of the cluster alone? kubectl"
        f"{chosen} --namespace {namespace or project.platform.namespace} port-forward "
        f"service/{name} {port}, then export "
        f"PREFECT_API_URL={parts.scheme}://127.0.0.1:{port}{parts.path}{also}"
    )


def _service(host: str) -> str:
    """Return NAME or NAME.NAMESPACE of a Service, empty for a host of another kind."""
    for suffix in reversed(_SERVICE_SUFFIXES):
        if host.endswith(suffix):
            return host.removesuffix(suffix)
    is_name = host and "." not in host and ":" not in host and host != "localhost"
    return host if is_name else ""
