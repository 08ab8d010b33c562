"""Pods that are there and not ready: the first thing that stands in the way of each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qhub.cluster.causes import images, missing, scheduling
from qhub.cluster.causes.crashes import ALIVE, crash, logs_command, waiting
from qhub.cluster.causes.model import Cause
from qhub.cluster.causes.seen import last_lines

if TYPE_CHECKING:
    from qhub.cluster.causes.seen import Seen
    from qhub.cluster.client import Cluster
    from qhub.cluster.model import Container, PodInfo

__all__ = ["why"]

_VOLUME_REASONS = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_START_REASONS = ("Scheduled", "Pulling", "Pulled", "Created", "Started")
_LINKS = re.compile(
    r"rpc error: code = \w+ desc = |"
    r'failed to (?:pull and unpack|resolve|do|copy) (?:image|reference|request) "[^"]*": '
)
_PULL_SECRETS = re.compile(r"image pull secrets \(([^)]*)\)")


def why(cluster: Cluster, seen: Seen, pod: PodInfo) -> Cause:
    """Return why a pod is not ready."""
    if pod.is_deleted:
        return _starting(pod, "is ending")
    if pod.phase == "Failed" and pod.reason:
        return _taken_away(pod)
    scheduled = pod.conditions.get("PodScheduled")
    if pod.node is None:
        return _unscheduled(seen, pod, scheduled.message if scheduled else "")
    ready = pod.conditions.get("Ready")
    if ready is not None and ready.reason in ("NodeNotReady", "NodeLost"):
        hint = f"`kubectl describe node {pod.node}` tells more; its pods move after 5 min"
        what = f"its node {pod.node} does not answer"
        return Cause("node", _name(pod), what, hint, lasting=False)
    for container in pod.containers:
        cause = _of_container(cluster, seen, pod, container)
        if cause is not None:
            return cause
    return _starting(pod, "starts")


def _of_container(cluster: Cluster, seen: Seen, pod: PodInfo, container: Container) -> Cause | None:
    """Return why a container is not well; None where it is, or where another is in its way."""
    state = container.state
    if state is None:
        return None
    if state.kind == "terminated":
        ended_well = state.exit_code == 0 and container.is_init
        return None if ended_well else crash(cluster, seen, pod, container)
    if state.kind == "running":
        if container.is_init:
            return waiting(cluster, pod, container)
        return None if container.ready else _silent(cluster, seen, pod, container)
    if state.reason in images.PULL_REASONS:
        return _no_image(seen, pod, container)
    if state.reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
        return _no_container(pod, container, state.message)
    if container.last is not None:
        return crash(cluster, seen, pod, container)
    if state.reason == "PodInitializing":
        return None
    return _being_made(seen, pod)


def _no_image(seen: Seen, pod: PodInfo, container: Container) -> Cause:
    assert container.state is not None  # noqa: S101 for mypy: the caller looked
    reason, message = container.state.reason, container.state.message
    if reason == "ImagePullBackOff" or not message:
        failed = seen.told(pod.uid, "Failed")
        told = [event.message for event in failed if container.image in event.message]
        message = told[-1] if told else message
    what = f"cannot pull the image {container.image}: {_short(message, container.image)}"
    hint = images.hint(reason, message)
    unread = seen.told(pod.uid, "FailedToRetrieveImagePullSecret")
    if unread and (found := _PULL_SECRETS.search(unread[-1].message)):
        hint = (
            f"the namespace has no Secret '{found[1]}', which imagePullSecrets names: create it "
            f"with `kubectl create secret docker-registry`; or {hint}"
        )
    return Cause("image", _name(pod), what, hint, lasting=True)


def _short(message: str, image: str) -> str:
    """Return the end of a chain of errors that repeats the image at each link."""
    told = re.sub(r"^(?:Back-off pulling image \"[^\"]*\"(?:: )?)", "", message)
    told = re.sub(r"^(?:ErrImagePull: )?(?:Failed to pull image \"[^\"]*\": )?", "", told)
    told = _LINKS.sub("", told)
    return told.strip().removeprefix(f"{image}: ") or "no reason given"


def _no_container(pod: PodInfo, container: Container, message: str) -> Cause:
    what = f"container '{container.name}' cannot be made: {message or 'no reason given'}"
    return Cause("config", _name(pod), what, missing.hint(message, pod), lasting=True)


def _being_made(seen: Seen, pod: PodInfo) -> Cause:
    """Return why a container is still being created: often a volume."""
    failed = seen.told(pod.uid, *_VOLUME_REASONS)
    if failed:
        message = failed[-1].message
        lasting = missing.is_missing(message)
        hint = missing.hint(message, pod)
        what = f"a volume is missing: {message}"
        return Cause("volume", _name(pod), what, hint, lasting=lasting)
    sandbox = seen.told(pod.uid, "FailedCreatePodSandBox")
    if sandbox:
        hint = f"its node {pod.node} has trouble with its network: ask who runs the cluster"
        return Cause("node", _name(pod), sandbox[-1].message, hint, lasting=False)
    told = seen.told(pod.uid, *_START_REASONS)
    if told and told[-1].reason == "Pulling":
        return _starting(pod, told[-1].message[:1].lower() + told[-1].message[1:])
    return _starting(pod, "its containers are being made")


def _silent(cluster: Cluster, seen: Seen, pod: PodInfo, container: Container) -> Cause:
    """Return why a container that runs is not ready."""
    if container.restarts and container.last is not None:
        return crash(cluster, seen, pod, container)
    failed = seen.told(pod.uid, "Unhealthy")
    if not failed:
        return _starting(pod, f"'{container.name}' runs and is not ready yet")
    what = f"'{container.name}' runs and does not answer: {failed[-1].message}"
    hint = f"{ALIVE}{logs_command(pod, container)}"
    lines = last_lines(cluster, pod.name, container.name)
    return Cause("probe", _name(pod), what, hint, lasting=False, lines=lines)


def _unscheduled(seen: Seen, pod: PodInfo, message: str) -> Cause:
    told = seen.told(pod.uid, "FailedScheduling")
    message = message or (told[-1].message if told else "")
    if not message:
        return _starting(pod, "waits for the scheduler")
    added = seen.told(pod.uid, "TriggeredScaleUp", "Nominated")
    if added:
        return _starting(pod, f"waits for a node that is being added: {added[-1].message}")
    what = f"no node takes it: {scheduling.summary(message)}"
    hint = scheduling.hint(message)
    lasting = scheduling.lasting(message)
    return Cause("unschedulable", _name(pod), what, hint, lasting=lasting)


def _taken_away(pod: PodInfo) -> Cause:
    told = f": {pod.message.strip().rstrip('.')}" if pod.message else ""
    hint = "a new one takes its place; if it happens again, raise resources.requests"
    return Cause("node", _name(pod), f"{pod.reason}{told}", hint, lasting=False)


def _starting(pod: PodInfo, what: str) -> Cause:
    since = (datetime.now(UTC) - pod.created_at).total_seconds() if pod.created_at else None
    told = "" if since is None else f" (made {since:.0f} s ago)"
    return Cause("starting", _name(pod), f"{what}{told}", "look again in a moment", lasting=False)


def _name(pod: PodInfo) -> str:
    return f"pod/{pod.name}"
