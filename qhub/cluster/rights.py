"""What a deploy does in the cluster, as rights that whoever deploys must have there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from qhub.cluster.defaults import chart_defaults
from qhub.cluster.errors import ForbiddenError
from qhub.platform.merge import merged
from qhub.render.backend import STATE_NAMESPACE
from qhub.render.values import agent_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from qhub.cluster.client import Cluster
    from qhub.config.model import KubernetesCluster, TerraformState
    from qhub.platform.model import Agent, Platform

__all__ = ["Right", "in_words", "missing", "rights"]

_KEPT = ("get", "create", "patch", "delete")
"""What Helm and Terraform do with an object in the course of its life."""
_STORED = ("get", "list", "create", "update", "patch", "delete")
_RELEASES = "the releases of the agents"
_SECRETS = "the Secrets of the agents and Helm's record of their releases"
_NAMESPACE = "the namespace, which create_namespace asks for"
_STATE = f"Terraform's state in namespace '{STATE_NAMESPACE}'"
_GRANTED = "the Roles of the agents: nobody may grant what he does not have himself"
_TELLING = "telling why an agent does not start"
_SEEN = "looking whether the namespace is there"
_ROLES: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "worker": (
        ("batch", "jobs", ("create", "get", "list", "watch")),
        ("", "pods", ("list", "watch")),
        ("", "pods/log", ("get",)),
    ),
    "agent": (
        ("batch", "jobs", ("create", "delete", "list")),
        ("", "events", ("list",)),
        ("", "pods", ("list",)),
    ),
}
"""What an agent's own Role allows, by its generation (helm/prefect-agent, role.yaml)."""


@dataclass(frozen=True, slots=True)
class Right:
    """To do something with all objects of a kind; `namespace` None is in the whole cluster.

    Without one that is not `needed` a deploy works, and tells less. `granted`: it is handed on to
    an agent, which the verbs `escalate` and `bind` allow as well.
    """

    verb: str
    group: str
    resource: str
    namespace: str | None
    reason: str
    needed: bool = True
    granted: bool = False

    @property
    def kind(self) -> str:
        """The resource as kubectl writes it: `deployments.apps`."""
        kind, slash, subresource = self.resource.partition("/")
        return f"{kind}{'.' if self.group else ''}{self.group}{slash}{subresource}"


def rights(
    platform: Platform, *, cluster: KubernetesCluster, state: TerraformState
) -> tuple[Right, ...]:
    """Return the rights that deploying this needs, each once, in a fixed order."""
    found = dict.fromkeys(_all(platform, cluster, state))
    return tuple(found)


def missing(cluster: Cluster, wanted: Iterable[Right]) -> tuple[Right, ...]:
    """Return those that we do not have; raises `ClusterError`.

    Who may do everything is not asked about the rest. In a cluster that does not tell what one may
    do, none is missing: it will show.
    """
    wanted = tuple(wanted)
    questions = {(right.verb, right.group, right.resource, right.namespace) for right in wanted}
    lifted = {
        (verb, _RBAC, kind, right.namespace)
        for right in wanted
        if right.granted
        for verb, kind in _LIFTED
    }
    asked = sorted(questions | lifted, key=repr)
    try:
        everything = _everything(cluster, {namespace for *_, namespace in asked})
        others = [question for question in asked if question[-1] not in everything]
        answers = cluster.several(lambda question: cluster.allowed(*question), others)
    except ForbiddenError:
        return ()
    held = dict.fromkeys(asked, True) | dict(zip(others, answers, strict=True))

    def has(right: Right) -> bool:
        if held[right.verb, right.group, right.resource, right.namespace]:
            return True
        return right.granted and all(
            held[verb, _RBAC, kind, right.namespace] for verb, kind in _LIFTED
        )

    return tuple(right for right in wanted if not has(right))


def _everything(cluster: Cluster, namespaces: Collection[str | None]) -> set[str | None]:
    """Return the namespaces in which we may do everything; None is the whole cluster."""
    asked = sorted(namespaces, key=repr)
    answers = cluster.several(lambda one: cluster.allowed("*", "*", "*", one), asked)
    return {namespace for namespace, all_of_it in zip(asked, answers, strict=True) if all_of_it}


def in_words(lacking: Iterable[Right]) -> tuple[str, ...]:
    """Return a line a kind: "create, patch deployments.apps in namespace 'dev': the releases…"."""
    ordered = sorted(lacking, key=lambda right: (right.namespace or "", right.reason, right.kind))
    return tuple(
        f"{', '.join(dict.fromkeys(right.verb for right in several))} {kind} "
        + (f"in namespace '{namespace}'" if namespace else "in the whole cluster")
        + f": {reason}"
        for (namespace, reason, kind), several in groupby(
            ordered, key=lambda right: (right.namespace, right.reason, right.kind)
        )
    )


_RBAC = "rbac.authorization.k8s.io"
_LIFTED = (("escalate", "roles"), ("bind", "roles"))


def _all(platform: Platform, cluster: KubernetesCluster, state: TerraformState) -> Iterator[Right]:
    namespace = platform.namespace
    if cluster.create_namespace:
        yield from _each(_KEPT, "", "namespaces", None, _NAMESPACE)
    else:
        yield Right("get", "", "namespaces", namespace, _SEEN, needed=False)
    if state.type == "remote":
        yield from _each(_STORED, "", "secrets", STATE_NAMESPACE, _STATE)
        lock = ("get", "create", "update", "delete")
        yield from _each(lock, "coordination.k8s.io", "leases", STATE_NAMESPACE, _STATE)
    if platform.agents:
        yield from _each(_STORED, "", "secrets", namespace, _SECRETS)
    for agent in platform.agents:
        yield from _of_agent(agent, platform)
    for group, resource, verb in (
        ("", "events", "list"),
        ("", "pods", "list"),
        ("", "pods/log", "get"),
        ("", "resourcequotas", "list"),
    ):
        yield Right(verb, group, resource, namespace, _TELLING, needed=False)


def _of_agent(agent: Agent, platform: Platform) -> Iterator[Right]:
    values = merged(chart_defaults(), agent_values(agent, project=platform.project))
    namespace = platform.namespace
    for group, resource in _made(values):
        yield from _each(_KEPT, group, resource, namespace, _RELEASES)
    # Helm waits until the pods of a Deployment's newest ReplicaSet are ready.
    for resource in ("deployments", "replicasets"):
        yield from _each(("list", "watch"), "apps", resource, namespace, _RELEASES)
    if values["rbac"]["create"]:
        for group, resource, verbs in _ROLES[agent.generation]:
            for verb in verbs:
                yield Right(verb, group, resource, namespace, _GRANTED, granted=True)


def _made(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kinds of objects that the chart makes of these values."""
    yield "apps", "deployments"
    yield "", "configmaps"
    if values["serviceAccount"]["create"] or values["job"]["serviceAccount"]["create"]:
        yield "", "serviceaccounts"
    if values["rbac"]["create"]:
        yield _RBAC, "roles"
        yield _RBAC, "rolebindings"
    if values["networkPolicy"]["enabled"]:
        yield "networking.k8s.io", "networkpolicies"
    if values["podDisruptionBudget"]["enabled"] and int(values["replicas"]) > 1:
        yield "policy", "poddisruptionbudgets"


def _each(
    verbs: Iterable[str], group: str, resource: str, namespace: str | None, reason: str
) -> Iterator[Right]:
    for verb in verbs:
        yield Right(verb, group, resource, namespace, reason)
