"""How a platform on Kubernetes does: agents, Secrets, and drift; every part is asked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.cluster import agents, drift, published, secrets
from qhub.cluster.errors import ForbiddenError, RefusedError
from qhub.cluster.health import Problem, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.cluster.agents import Look
    from qhub.cluster.client import Cluster
    from qhub.cluster.health import SecretHealth
    from qhub.platform.model import Platform

__all__ = ["Status", "look"]


def look(
    cluster: Cluster, platform: Platform, *, wanted: Mapping[str, bytes] | None = None
) -> Status:
    """Return how a platform does; `wanted` are the files of its stage as rendered now.

    Raises `ClusterError` where the cluster does not answer at all; what we may not look at is a
    problem or a note.
    """
    version = cluster.version().text
    notes = [*_notes(cluster, platform)]
    gone = tuple(_gone(cluster, platform, notes))
    found = (
        () if gone else cluster.several(lambda agent: agents.look(cluster, agent), platform.agents)
    )
    secret_health = () if gone else secrets.health(cluster, platform)
    notes += _unseen(secret_health)
    notes += _published(cluster, platform, found)
    deployed = any(one.agent.state != "absent" for one in found)
    if gone:
        problems = gone
    elif deployed or not platform.agents:
        problems = (
            *(problem for one in found for problem in one.problems),
            *secrets.problems(secret_health),
            *_drift(cluster, wanted, found),
            *_left_over(cluster, platform),
        )
    else:
        absent = Problem("platform", "it is not deployed", "run `qhub deploy`")
        problems = (absent, *_left_over(cluster, platform))
    target = cluster.target
    return Status(
        platform=platform.project,
        context=target.context,
        server=target.server,
        namespace=platform.namespace,
        kubernetes=version,
        deployed=deployed,
        healthy=not problems,
        agents=tuple(one.agent for one in found),
        secrets=secret_health,
        problems=problems,
        notes=tuple(notes),
    )


def _notes(cluster: Cluster, platform: Platform) -> Iterator[str]:
    if cluster.target.is_current:
        yield (
            f"context {cluster.target.context} is the kubeconfig's current one; the config names "
            "none (kube_context)"
        )
    if not platform.agents:
        yield "it has no agent, so no flow runs: prefect.enabled is false"


def _gone(cluster: Cluster, platform: Platform, notes: list[str]) -> Iterator[Problem]:
    """Yield that the namespace is not there, or not for long."""
    try:
        namespace = cluster.namespace(platform.namespace)
    except ForbiddenError as error:
        notes.append(f"the namespace was not looked at: {error}")
        return
    if namespace is None:
        told = f"it is not deployed: there is no namespace '{platform.namespace}'"
        yield Problem("platform", told, "run `qhub deploy`, or check kube_context")
    elif namespace.ends:
        told = f"namespace '{platform.namespace}' is being deleted"
        yield Problem("platform", told, "wait until it has gone, then run `qhub deploy`")


def _unseen(found: tuple[SecretHealth, ...]) -> Iterator[str]:
    names = [secret.name for secret in found if secret.there is None]
    if names:
        yield (
            f"we may not look at the Secrets {', '.join(names)}, nor at Helm's record: what "
            "differs from the config is not known"
        )


def _published(cluster: Cluster, platform: Platform, found: tuple[Look, ...]) -> Iterator[str]:
    """Yield whom Prefect's variables describe instead, where its API was reached just now."""
    heard = {one.agent.name for one in found if one.agent.heartbeat is not None}
    for agent in platform.agents:
        if agent.name == platform.first_agent and agent.name in heard:
            told = published.another(cluster, platform, agent)
            yield from () if told is None else (told,)


def _drift(
    cluster: Cluster, wanted: Mapping[str, bytes] | None, found: tuple[Look, ...]
) -> Iterator[Problem]:
    there = [one.agent.name for one in found if one.agent.state != "absent"]
    for problems in cluster.several(lambda name: tuple(_drift_of(cluster, name, wanted)), there):
        yield from problems


def _drift_of(
    cluster: Cluster, agent: str, wanted: Mapping[str, bytes] | None
) -> Iterator[Problem]:
    """Yield how an agent differs from its release, and the release from the config."""
    name, part = agents.release_name(agent), f"agent/{agent}"
    try:
        release = cluster.release(name)
    except ForbiddenError:  # of Secrets, which is noted
        return
    except RefusedError as error:
        yield Problem(part, str(error), error.hint)
        return
    if release is None:
        told = f"it runs, and Helm knows no release '{name}'"
        yield Problem(part, told, "delete what is there by hand, then run `qhub deploy`")
    elif release.is_at_work:
        told = f"a deploy is at work on it, or was killed: {release.status}"
        yield Problem(part, told, "wait for it, or run `qhub deploy`")
    else:
        if release.status != "deployed":
            told = f"Helm left its release {release.status}: {release.description}"
            yield Problem(part, told, "run `qhub deploy` again")
        elif wanted is not None:
            yield from drift.from_config(agent, release, wanted)
        yield from drift.from_release(cluster, agent, release)


def _left_over(cluster: Cluster, platform: Platform) -> Iterator[Problem]:
    """Yield agents of the same project that the config does not name."""
    known = {agents.release_name(agent.name) for agent in platform.agents}
    labels = {
        "app.kubernetes.io/name": "prefect-agent",
        "app.kubernetes.io/part-of": platform.project,
    }
    try:
        there = cluster.deployments(labels)
    except ForbiddenError:
        return
    for deployment in there:
        release = deployment.labels.get("app.kubernetes.io/instance", deployment.name)
        if release not in known:
            told = "it runs, and the config names no such agent"
            name = release.removeprefix("qhub-")
            uninstall = f"`helm uninstall {release} -n {platform.namespace}`"
            # A deploy that was cut off in its first install has not noted it.
            mend = f"run `qhub deploy`: it takes it away; what Terraform does not know: {uninstall}"
            yield Problem(f"agent/{name}", told, mend)
