"""Names that become parts of longer names: how long Kubernetes, Helm and the clouds let them be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.names import project_label
from qhub.config.problem import Finding
from qhub.config.rules.reading import (
    agents,
    mapping,
    provider_block,
    show,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "agent_names_fit",
    "names_fit_the_cloud",
    "namespace_is_free",
    "storage_account_fits",
]

# Helm takes release names of 53 characters; an agent's release is qhub-<agent>.
_LONGEST_AGENT = 48
_NAMED_AFTER_PROJECT = (
    "shorten project_name: without prefect.agents the one agent is named after the project"
)
# What is named <project>-<namespace> with something behind it, and how long it may be:
_LONGEST_PAIR = {
    "aws": (47, "an S3 bucket, <project>-<namespace>-terraform-state, has 63 characters at most"),
    "gcp": (30, "a Google Cloud service account, <project>-<namespace>, has 30 characters at most"),
    "azure": (63, "an AKS cluster, <project>-<namespace>, has 63 characters at most"),
    "do": (47, "a Spaces bucket, <project>-<namespace>-terraform-state, has 63 characters at most"),
    # The Secret that holds the state has the label <project>-<namespace>-03-kubernetes-services.
    "existing": (40, "a label of the Terraform state's Secret has 63 characters at most"),
    "local": (40, "a label of the Terraform state's Secret has 63 characters at most"),
}
_LONGEST_STORAGE_ACCOUNT = 24
_SYSTEM_NAMESPACES = frozenset(
    ["default", "kube-node-lease", "kube-public", "kube-system", "qhub-state"]
)


def agent_names_fit(data: Mapping[str, Any]) -> Iterator[Finding]:
    """An agent's name is part of its Helm release's."""
    for agent in agents(data):
        name = agent.name
        if name is not None and not agent.written:
            name = project_label(name)
        if name is None or len(name) <= _LONGEST_AGENT:
            continue
        yield Finding(
            (*agent.path, "name") if agent.written else ("project_name",),
            f"{show(name)} has {len(name)} characters; "
            f"an agent's name has {_LONGEST_AGENT} at most",
            hint="shorten it" if agent.written else _NAMED_AFTER_PROJECT,
        )


def names_fit_the_cloud(data: Mapping[str, Any]) -> Iterator[Finding]:
    """<project>-<namespace> is part of the names of what a cloud makes."""
    provider, project, namespace = _names(data)
    if provider not in _LONGEST_PAIR or project is None or namespace is None:
        return
    state = mapping(data.get("terraform_state")).get("type", "remote")
    if provider in ("existing", "local") and state != "remote":
        return
    longest, reason = _LONGEST_PAIR[provider]
    pair = f"{project}-{namespace}"
    if len(pair) > longest:
        yield Finding(
            ("project_name",),
            f"{show(pair)} (project_name and namespace) has {len(pair)} characters; "
            f"with provider {show(provider)} it has {longest} at most",
            hint=f"shorten project_name or namespace: {reason}",
        )


def storage_account_fits(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Azure's storage account for the state is <project><namespace><postfix>, 24 characters."""
    found = provider_block(data)
    provider, project, namespace = _names(data)
    if provider != "azure" or found is None or project is None or namespace is None:
        return
    postfix = text(found[1].get("storage_account_postfix"))
    if postfix is None:
        return
    path = ("azure", "storage_account_postfix")
    if not re.fullmatch(r"[a-z0-9]+", postfix):
        yield Finding(
            path,
            f"{show(postfix)} is not a part of a storage account's name: a-z and 0-9",
            hint="write a few letters and digits that make the name unique in all of Azure",
        )
    account = f"{project}{namespace}{postfix}".replace("-", "")
    if len(account) > _LONGEST_STORAGE_ACCOUNT:
        yield Finding(
            path,
            f"the storage account {show(account)} (project_name, namespace and this postfix) has "
            f"{len(account)} characters; Azure allows {_LONGEST_STORAGE_ACCOUNT}",
            hint="shorten one of the three",
        )


def namespace_is_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Kubernetes' own namespaces and the one of the state are nobody's to deploy into."""
    namespace = data.get("namespace")
    if isinstance(namespace, str) and namespace in _SYSTEM_NAMESPACES:
        used_by = (
            "QHub for the Terraform state" if namespace == "qhub-state" else "Kubernetes itself"
        )
        yield Finding(
            ("namespace",),
            f"the namespace {show(namespace)} is used by {used_by}",
            hint="take one of your own, such as dev",
        )


def _names(data: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Return provider, project and namespace as they stand in names of resources."""
    provider = text(data.get("provider")) or ""
    project = text(data.get("project_name"))
    written = data.get("namespace", "dev")
    namespace = "dev" if written is None else text(written)
    return provider, project and project_label(project), namespace
