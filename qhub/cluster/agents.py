"""How each agent does: its Deployment and pods, what stands in their way, and what it wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from qhub.cluster.causes import causes, of_runs
from qhub.cluster.errors import ForbiddenError, RefusedError
from qhub.cluster.health import AgentHealth, Problem, iso
from qhub.cluster.heartbeats import Heartbeat, heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qhub.cluster.causes import Cause
    from qhub.cluster.client import Cluster, LogLine
    from qhub.cluster.health import AgentState
    from qhub.cluster.model import Deployment, PodInfo
    from qhub.platform.model import Agent

__all__ = ["CONTAINER", "look", "release_name", "selector"]

CONTAINER = "agent"
_LINES = 200
_RECENT = timedelta(minutes=10)
_REFUSED = re.compile(r"\b403\b.*Forbidden|Forbidden.*\b403\b|Reason: Forbidden|is forbidden: User")


@dataclass(frozen=True, slots=True)
class Look:
    """An agent and what is wrong with it."""

    agent: AgentHealth
    problems: tuple[Problem, ...]


def release_name(agent: str) -> str:
    """Return the name of an agent's Helm release."""
    return f"qhub-{agent}"


def selector(agent: str) -> dict[str, str]:
    """Return the labels of an agent's own pods, not of its runs."""
    return {
        "app.kubernetes.io/instance": release_name(agent),
        "app.kubernetes.io/component": "agent",
    }


def look(cluster: Cluster, agent: Agent) -> Look:
    """Return how an agent does; raises `ClusterError`, but for what we may not look at."""
    release = release_name(agent.name)
    part = f"agent/{agent.name}"
    try:
        deployment = next(iter(cluster.deployments(selector(agent.name))), None)
        pods = cluster.pods(selector(agent.name))
    except ForbiddenError as error:
        return Look(_health(agent, "unknown"), (Problem(part, str(error), error.hint),))
    if deployment is None:
        found = causes(cluster, release)
        return Look(_health(agent, "absent"), tuple(_problem(part, cause) for cause in found))
    state = _state(deployment)
    found = causes(cluster, release) if state in ("rolling", "starting") else ()
    if any(cause.kind not in ("starting", "unknown") for cause in found):
        state = "failing"
    elif state == "rolling":  # the old pods work meanwhile
        found = ()
    ready = [pod for pod in pods if pod.is_ready]
    lines = _lines(cluster, ready)
    beat = heartbeat(cluster, agent, ready=_since(ready)) if ready else Heartbeat()
    problems = (
        *(_problem(part, cause) for cause in found),
        *_stopped(part, deployment, cluster.target.namespace),
        *_restarted(part, pods),
        *_refused(part, lines),
        *([Problem(part, beat.problem, beat.hint)] if beat.problem else ()),
        *_runs(cluster, part, release),
    )
    health = _health(agent, state, deployment, pods, lines, runs=_active(cluster, release))
    return Look(replace(health, heartbeat=iso(beat.at)), problems)


def _state(deployment: Deployment) -> AgentState:
    if deployment.replicas == 0:
        return "stopped"
    if deployment.is_rolled_out:
        return "running"
    return "rolling" if deployment.available >= deployment.replicas else "starting"


def _health(
    agent: Agent,
    state: AgentState,
    deployment: Deployment | None = None,
    pods: Sequence[PodInfo] = (),
    lines: Sequence[LogLine] = (),
    *,
    runs: int | None = None,
) -> AgentHealth:
    heard = [line.at for line in lines if line.at is not None]
    return AgentHealth(
        name=agent.name,
        release=release_name(agent.name),
        generation=agent.generation,
        state=state,
        ready=deployment.ready if deployment else 0,
        wanted=deployment.replicas if deployment else 0,
        restarts=sum(pod.restarts for pod in pods),
        since=iso(_since(pods)),
        heartbeat=None,
        heard=iso(max(heard, default=None)),
        image=next(iter(deployment.images), None) if deployment else None,
        takes=agent.queues if agent.generation == "worker" else agent.labels,
        pods=tuple(pod.name for pod in pods if not pod.is_deleted),
        runs=runs,
    )


def _since(pods: Iterable[PodInfo]) -> datetime | None:
    """Return when the youngest pod became ready."""
    since = [pod.conditions["Ready"].since for pod in pods if pod.is_ready]
    return max((moment for moment in since if moment), default=None)


def _lines(cluster: Cluster, pods: Sequence[PodInfo]) -> tuple[LogLine, ...]:
    """Return the newest lines of pods that are ready; none of those that cannot be had."""

    def of_pod(pod: PodInfo) -> tuple[LogLine, ...]:
        try:
            return tuple(cluster.logs(pod.name, CONTAINER, tail=_LINES))
        except (ForbiddenError, RefusedError):
            return ()

    return tuple(line for lines in cluster.several(of_pod, pods) for line in lines)


def _active(cluster: Cluster, release: str) -> int | None:
    """Return how many flow runs have a Job that is active; None where we may not look."""
    try:
        found = cluster.jobs({"qhub.dev/agent": release}, fields={"status.successful": "0"})
    except ForbiddenError:
        return None
    return sum(job.active > 0 for job in found)


def _stopped(part: str, deployment: Deployment, namespace: str) -> Iterator[Problem]:
    if deployment.replicas == 0:
        hint = f"`kubectl scale deployment/{deployment.name} --replicas=1 -n {namespace}` starts it"
        yield Problem(part, "it takes no flow runs: its replicas are 0", hint)


def _restarted(part: str, pods: Sequence[PodInfo]) -> Iterator[Problem]:
    """Yield containers that run again since shortly."""
    for pod in pods:
        for container in pod.containers:
            last = container.last
            if not pod.is_ready or last is None or last.since is None:
                continue
            if datetime.now(UTC) - last.since < _RECENT:
                told = f"'{container.name}' of pod/{pod.name} ended at {iso(last.since)}"
                how = f" ({last.reason}, status {last.exit_code})"
                hint = f"`qhub logs {part}` shows what it wrote before"
                yield Problem(part, f"{told}{how} and was started again", hint)


def _refused(part: str, lines: Sequence[LogLine]) -> Iterator[Problem]:
    """Yield what the cluster refuses an agent: it goes on, and does not see its runs crash."""
    refused = [line.text for line in lines if _REFUSED.search(line.text)]
    if refused:
        told = "the cluster refuses it something: runs that crash may stay as they are"
        hint = "compare its Role with the chart's (rbac.create), then delete its pods"
        yield Problem(part, told, hint, (refused[-1][:500],))


def _runs(cluster: Cluster, part: str, release: str) -> Iterator[Problem]:
    for cause in of_runs(cluster, release):
        if cause.kind != "unknown":
            told = f"a flow run does not start: {cause.subject}: {cause.message}"
            yield Problem(part, told, cause.hint, cause.lines)


def _problem(part: str, cause: Cause) -> Problem:
    subject = "" if cause.subject.startswith("release/") else f"{cause.subject}: "
    return Problem(part, f"{subject}{cause.message}", cause.hint, cause.lines)
