"""Which cluster and namespace is meant: a context of the kubeconfig, and what it leads to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qhub.cluster import kubeconfig
from qhub.cluster.errors import ContextError, KubeconfigError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.cluster.kubeconfig import Kubeconfig

__all__ = ["Contexts", "Target", "UserKind", "contexts", "target"]

UserKind = Literal["token", "token file", "certificate", "command", "password", "provider", "none"]
"""How a user proves who he is; `provider` is a legacy auth-provider."""


@dataclass(frozen=True, slots=True)
class Contexts:
    """The contexts of the kubeconfig by name; `current` is None where none is chosen."""

    known: tuple[str, ...]
    current: str | None
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A cluster as a context names it, and the namespace that is meant there; no credential.

    `is_current`: the context is the kubeconfig's current one, and nobody asked for it by name.
    `command` is the program that gives the credential, of user kind `command`.
    """

    context: str
    namespace: str
    server: str
    user: str
    user_kind: UserKind
    command: str | None
    is_current: bool
    files: tuple[Path, ...]


def contexts(environ: Mapping[str, str] = os.environ) -> Contexts:
    """Return the contexts of the kubeconfig; raises `KubeconfigError`."""
    found = kubeconfig.read(kubeconfig.files(environ))
    current = found.current if found.current in found.contexts else None
    return Contexts(tuple(sorted(found.contexts)), current, found.files)


def target(context: str | None, namespace: str, environ: Mapping[str, str] = os.environ) -> Target:
    """Return what a context (None: the current one) leads to.

    Raises `ContextError` for a context that is not there, `KubeconfigError` for one that leads
    nowhere.
    """
    found = kubeconfig.read(kubeconfig.files(environ))
    name = _name(context, found)
    cluster_name = found.contexts[name].get("cluster")
    user_name = str(found.contexts[name].get("user") or "")
    cluster = found.clusters.get(str(cluster_name))
    if cluster is None:
        raise _broken(name, found, f"its cluster '{cluster_name}' is not there")
    if user_name and user_name not in found.users:
        raise _broken(name, found, f"its user '{user_name}' is not there")
    if not cluster.get("server"):
        raise _broken(name, found, f"its cluster '{cluster_name}' has no server")
    user = found.users.get(user_name, {})
    kind = _user_kind(user)
    return Target(
        context=name,
        namespace=namespace,
        server=str(cluster["server"]).rstrip("/"),
        user=user_name,
        user_kind=kind,
        command=str(dict(user["exec"]).get("command")) if kind == "command" else None,
        is_current=context is None,
        files=found.files,
    )


def _name(context: str | None, found: Kubeconfig) -> str:
    known = sorted(found.contexts)
    where = ", ".join(map(str, found.files))
    if context is not None:
        if context in found.contexts:
            return context
        hint = suggestion(context, known) or f"{where} has no context at all"
        raise ContextError(f"the kubeconfig has no context '{context}'", known=known, hint=hint)
    if found.current is None:
        raise ContextError(
            f"the kubeconfig {where} has no current context",
            known=known,
            hint="name one as kube_context under the provider's key of the config, or choose it "
            f"with `kubectl config use-context`; {suggestion('', known) or 'it has none'}",
        )
    if found.current not in found.contexts:
        raise ContextError(
            f"the kubeconfig's current context '{found.current}' is not in it",
            known=known,
            hint=suggestion(found.current, known) or f"{where} has no context at all",
        )
    return found.current


def _user_kind(user: Mapping[str, Any]) -> UserKind:
    """Return how a user logs in; what comes first counts in client-go, which Terraform uses."""
    kinds: tuple[tuple[str, UserKind], ...] = (
        ("token", "token"),
        ("tokenFile", "token file"),
        ("exec", "command"),
        ("auth-provider", "provider"),
        ("username", "password"),
        ("client-certificate-data", "certificate"),
        ("client-certificate", "certificate"),
    )
    return next((kind for key, kind in kinds if user.get(key)), "none")


def _broken(context: str, found: Kubeconfig, what: str) -> KubeconfigError:
    where = ", ".join(map(str, found.files))
    return KubeconfigError(
        f"context '{context}' of {where} leads nowhere: {what}",
        hint="have the kubeconfig written again, or name another context",
    )
