"""What must hold before anything is changed: all that does not is told at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from qhub.cluster import Cluster, rights
from qhub.cluster.errors import ClusterError, ContextError, ForbiddenError, KubeconfigError
from qhub.cluster.target import target as target_of
from qhub.config.model import ExistingSecret
from qhub.deploy import pod_security
from qhub.deploy.environment import base
from qhub.deploy.errors import DeclinedError, PreflightError, PreventedError, Trouble
from qhub.deploy.request import cluster_of
from qhub.deploy.terraform import OLDEST
from qhub.deploy.terraform import version as terraform_version
from qhub.deploy.values import Values, collect
from qhub.render.backend import STATE_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.cluster import Target
    from qhub.cluster.model import NamespaceInfo
    from qhub.deploy.request import Request
    from qhub.platform.model import Agent

__all__ = ["Checked", "Consent", "look", "pick_target", "require"]

_NO_CONTEXT = (
    "not set: without a terminal to ask on, the kubeconfig's current context, '{}' now, is not used"
)


class Consent(Protocol):
    """Somebody who can be asked: a person at a terminal, or one who said yes to all beforehand."""

    def context(self, target: Target) -> bool:
        """Return whether the kubeconfig's current context is the one that is meant."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A cluster that can be deployed to, and the values of all secrets; `notes` are to be told."""

    target: Target
    values: Values
    environ: Mapping[str, str]
    notes: tuple[str, ...]


def require(request: Request) -> None:
    """Raise what keeps every deployment of a config back: `ProviderError`, `PreventedError`."""
    cluster_of(request.config)
    if request.config.prevent_deploy:
        raise PreventedError(
            f"{request.document.file} holds deployments back: prevent_deploy is true",
            hint="set it to false, or remove it, when the config shall be deployed",
        )


def pick_target(
    request: Request, environ: Mapping[str, str], consent: Consent | None
) -> Target | Trouble:
    """Return the cluster that is meant, or why it is not clear; asks where somebody can be asked.

    Raises `DeclinedError` where the current context is not the one that is meant.
    """
    context = cluster_of(request.config).kube_context
    key = f"{request.config.provider}.kube_context"
    try:
        found = target_of(context, request.platform.namespace, environ)
    except (ContextError, KubeconfigError) as error:
        return Trouble("the cluster", str(error), error.hint)
    if context is None and consent is None:
        hint = f"name the context in the config file: {key}: {found.context}"
        return Trouble(key, _NO_CONTEXT.format(found.context), hint)
    if context is None and consent is not None and not consent.context(found):
        raise DeclinedError(
            f"nothing was changed: context '{found.context}' is not the one that is meant",
            hint=f"name the right one in the config file, as {key}",
        )
    return found


def look(
    request: Request,
    found: Target | Trouble,
    *,
    environ: Mapping[str, str] = os.environ,
    removes: bool = False,
) -> Checked:
    """Return what a deployment starts from; raises `PreflightError` with everything in the way.

    What `removes` needs neither secrets nor a sound namespace.
    """
    values = collect(request.platform, request.document, environ)
    troubles = [*_terraform(environ), *(() if removes else values.troubles)]
    notes: list[str] = []
    if isinstance(found, Trouble):
        troubles.append(found)
    else:
        with Cluster(found, environ=environ) as cluster:
            for seen in _cluster(request, cluster, removes=removes):
                if isinstance(seen, Trouble):
                    troubles.append(seen)
                else:
                    notes.append(seen)
    if troubles or isinstance(found, Trouble):
        raise PreflightError(troubles)
    return Checked(found, values, environ, tuple(notes))


def _terraform(environ: Mapping[str, str]) -> Iterator[Trouble]:
    oldest = ".".join(map(str, OLDEST))
    found = terraform_version(base(environ))
    if found is None:
        yield Trouble(
            "Terraform",
            "not found on PATH, or it does not tell its version",
            f"install Terraform {oldest} or later",
        )
    elif found < OLDEST:
        told = ".".join(map(str, found))
        why = "the write-only arguments, which keep secrets out of the state, came with it"
        yield Trouble(
            "Terraform", f"version {told}; {oldest} is the oldest that will do: {why}", "upgrade it"
        )


def _cluster(request: Request, cluster: Cluster, *, removes: bool) -> Iterator[Trouble | str]:
    """Yield what is wrong with the cluster, and as text what is good to know."""
    place = f"context '{cluster.target.context}'"
    try:
        cluster.version()
    except ClusterError as error:
        yield Trouble(place, str(error), error.hint)
        return
    if removes:
        return
    try:
        yield from _rights(request, cluster)
        namespace = _namespace(request, cluster)
        if isinstance(namespace, Trouble):
            yield namespace
            return
        yield from _pod_security(request, namespace)
        yield from _state(request, cluster)
        yield from _existing_secrets(request, cluster, namespace)
        yield from _storage(cluster)
    except ClusterError as error:
        yield Trouble(place, str(error), error.hint)


def _rights(request: Request, cluster: Cluster) -> Iterator[Trouble | str]:
    wanted = rights.rights(
        request.platform,
        cluster=cluster_of(request.config),
        state=request.config.terraform_state,
    )
    lacking = rights.missing(cluster, wanted)
    needed = [right for right in lacking if right.needed]
    if needed:
        who = cluster.user() or cluster.target.user or "who deploys"
        lines = rights.in_words(needed)
        hint = "ask who administers the cluster for these rights"
        if any(right.namespace is None for right in needed):
            hint += ", or for the namespace, and set create_namespace to false"
        yield Trouble(f"{who} may not", "\n    ".join(lines), hint)
    others = [right for right in lacking if not right.needed]
    if others:
        yield f"without these rights QHub tells less: {'; '.join(rights.in_words(others))}"


def _namespace(request: Request, cluster: Cluster) -> NamespaceInfo | Trouble | None:
    """Return the namespace as it is, None where this deploy makes it."""
    name = request.platform.namespace
    makes = cluster_of(request.config).create_namespace
    try:
        found = cluster.namespace(name)
    except ForbiddenError:
        return None  # one may work in a namespace without the right to look at it
    about = f"namespace '{name}'"
    if found is None and not makes:
        key = f"{request.config.provider}.create_namespace"
        return Trouble(
            about, "not there", f"kubectl create namespace {name}; or let QHub make it: {key}: true"
        )
    if found is not None and found.ends:
        return Trouble(about, "being deleted", "wait until it is gone, or take another name")
    return found


def _pod_security(request: Request, namespace: NamespaceInfo | None) -> Iterator[Trouble]:
    """Yield the overrides that the namespace does not allow; one that QHub makes is restricted."""
    name = request.platform.namespace
    if namespace is None:
        level = "restricted" if cluster_of(request.config).create_namespace else None
    else:
        level = namespace.pod_security
    for agent, key, why in pod_security.refused(request.platform, level):
        yield Trouble(
            f"agent {agent}: {key}",
            f"{why}: namespace '{name}' enforces Pod Security '{level}'",
            "take it out of prefect.overrides, or use a namespace that allows it",
        )


def _state(request: Request, cluster: Cluster) -> Iterator[Trouble]:
    """Yield why the namespace of Terraform's state neither is there nor can be made."""
    if request.config.terraform_state.type != "remote":
        return
    try:
        if cluster.namespace(STATE_NAMESPACE) is not None:
            return
    except ForbiddenError:
        return  # Terraform will tell
    if not cluster.allowed("create", "", "namespaces", None):
        yield Trouble(
            f"namespace '{STATE_NAMESPACE}'",
            "not there, and may not be made: Terraform's state would lie in it",
            f"have it made once: kubectl create namespace {STATE_NAMESPACE}; "
            "or keep the state elsewhere: terraform_state",
        )


def _existing_secrets(
    request: Request, cluster: Cluster, namespace: NamespaceInfo | None
) -> Iterator[Trouble | str]:
    """Yield which Secrets of the user's are not there, or lack a key: pods would wait for them."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for agent in request.platform.agents:
        for source in _sources(agent):
            wanted.setdefault((source.secret_name, source.key), []).append(agent.name)
    names = sorted({name for name, _key in wanted})
    if not names:
        return
    place = request.platform.namespace
    if namespace is None and cluster_of(request.config).create_namespace:
        yield (
            f"agents wait until these Secrets are in namespace '{place}', which is new: "
            f"{', '.join(names)}"
        )
        return
    try:
        found = dict(zip(names, cluster.several(cluster.secret, names), strict=True))
    except ForbiddenError:
        return  # told with the other rights
    for (name, key), agents in sorted(wanted.items()):
        secret = found[name]
        if secret is None or key not in secret:
            lacks = "not there" if secret is None else f"has no key '{key}'"
            yield Trouble(
                f"Secret '{name}' in namespace '{place}', read by {', '.join(agents)}",
                lacks,
                f"kubectl -n {place} create secret generic {name} --from-file={key}=FILE"
                if secret is None
                else f"add the key; it has {', '.join(sorted(secret)) or 'none'}",
            )


def _sources(agent: Agent) -> Iterator[ExistingSecret]:
    secrets = (*agent.secrets, *((agent.token,) if agent.token is not None else ()))
    for secret in secrets:
        if isinstance(secret.source, ExistingSecret):
            yield secret.source


def _storage(cluster: Cluster) -> Iterator[str]:
    """Yield that volumes would have to name a class: nothing of this stage asks for one."""
    try:
        classes = cluster.storage_classes()
    except ForbiddenError:
        return
    if not any(found.is_default for found in classes):
        yield (
            "the cluster has no default StorageClass; the agents need none, "
            "but a volume claim of a flow has to name one"
        )
