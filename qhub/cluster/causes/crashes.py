"""Containers that end, or wait: how, their last lines, and what those mean where we know."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qhub.cluster.causes.model import Cause
from qhub.cluster.causes.seen import last_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.cluster.causes.seen import Seen
    from qhub.cluster.client import Cluster
    from qhub.cluster.model import Container, ContainerState, PodInfo

__all__ = ["ALIVE", "crash", "logs_command", "waiting"]

_PATIENCE_SECONDS = 30
"""How long a set-up may try in vain before it is told that waiting does not mend it."""
_TRIES_AGAIN = re.compile(r"not ready|trying again|retry", re.IGNORECASE)

_EXITS: Mapping[int, str] = {
    126: "its command cannot be run",
    127: "its command is not in the image",
    134: "it aborted",
    137: "it was killed",
    139: "it crashed in native code",
    143: "it was asked to end",
}
_WHEN_ASKED = (0, 137, 143)
"""How programs end that are asked to, or that do not listen."""
ALIVE = "an agent is well when it reaches Prefect's API: check prefect.api.url, its token, and "
_WRITTEN = (
    (
        r"refused the credential|401 Unauthorized|status 40[13]|Invalid API key|"
        r"AuthorizationError|Unauthorized|Malformed response.*auth",
        "Prefect's API refuses the token: check what prefect.agents[].token or "
        "TF_VAR_prefect_token holds, and deploy again",
    ),
    (
        r"did not answer in time|Name or service not known|ConnectError|Connection refused|"
        r"ConnectTimeout|nodename nor servname|Temporary failure in name resolution|"
        r"NewConnectionError|Max retries exceeded",
        "it does not reach Prefect's API: check prefect.api.url, and that pods may go there "
        "(NetworkPolicy, proxy)",
    ),
    (
        r"no prefect-kubernetes|writes credentials into Jobs",
        "use an image whose tag ends in -kubernetes for prefect.image",
    ),
    (
        r"is of type '",
        "a work pool of that name is there already, and of another type",
    ),
    (
        r"ModuleNotFoundError|ImportError|No module named",
        "the image lacks a package: check prefect.image",
    ),
)


def crash(cluster: Cluster, seen: Seen, pod: PodInfo, container: Container) -> Cause:
    """Return why a container ended; the one that ended last counts."""
    running = container.state is not None and container.state.kind == "running"
    ended = container.last if container.state is None or running else container.state
    if ended is None or ended.kind != "terminated":
        ended = container.last
    lines = last_lines(cluster, pod.name, container.name, previous=running)
    again = f", {container.restarts} restarts so far" if container.restarts else ""
    probe = _probe(seen, pod, container) if ended and ended.exit_code in _WHEN_ASKED else None
    how = f" because it did not answer any more: {probe}" if probe else _how(ended)
    verb = "is ended" if probe else "ends"
    hint = f"{ALIVE}{logs_command(pod, container)}" if probe else ""
    return Cause(
        "crash",
        f"pod/{pod.name}",
        f"'{container.name}' {verb}{how}{again}",
        (probe and (_meaning(lines) or hint)) or _hint(pod, container, ended, lines),
        lasting=container.restarts > 0,
        lines=lines,
    )


def _probe(seen: Seen, pod: PodInfo, container: Container) -> str | None:
    """Return what the liveness probe said that had the container ended; None where none had."""
    killing = seen.told(pod.uid, "Killing")
    if not any(f"{container.name} failed liveness probe" in event.message for event in killing):
        return None
    failed = [event.message for event in seen.told(pod.uid, "Unhealthy")]
    told = [message for message in failed if message.startswith("Liveness")]
    return told[-1] if told else "its liveness probe failed"


def waiting(cluster: Cluster, pod: PodInfo, container: Container) -> Cause:
    """Return what a container of a pod's start waits for; it says so in its last line."""
    begun = container.state.since if container.state else None
    seconds = (datetime.now(UTC) - begun).total_seconds() if begun else 0.0
    lines = last_lines(cluster, pod.name, container.name)
    in_vain = bool(lines and _TRIES_AGAIN.search(lines[-1]))
    lasting = in_vain and seconds > _PATIENCE_SECONDS
    said = f": {lines[-1]}" if lines else ""
    does = "tries in vain" if lasting else "is at work"
    return Cause(
        "waiting" if lasting else "starting",
        f"pod/{pod.name}",
        f"'{container.name}' {does}{said}",
        (_meaning(lines) if in_vain else None) or "look again in a moment",
        lasting=lasting,
        lines=lines if lasting else (),
    )


def logs_command(pod: PodInfo, container: Container) -> str:
    """Return the command that shows all that a container wrote."""
    labels = pod.labels
    if labels.get("app.kubernetes.io/component") == "agent":
        agent = labels.get("app.kubernetes.io/instance", "").removeprefix("qhub-")
        return f"`qhub logs agent/{agent}`"
    return f"`kubectl logs {pod.name} -c {container.name} -n {pod.namespace}`"


def _meaning(lines: tuple[str, ...]) -> str | None:
    """Return what to do about what was written, where we know."""
    written = "\n".join(lines)
    return next(
        (mend for pattern, mend in _WRITTEN if re.search(pattern, written, re.IGNORECASE)), None
    )


def _how(ended: ContainerState | None) -> str:
    if ended is None or ended.exit_code is None:
        return ""
    if ended.reason == "OOMKilled":
        return ": it needs more memory than its limit"
    known = _EXITS.get(ended.exit_code)
    told = f" ({known})" if known else ""
    said = f": {ended.message.strip()}" if ended.message else ""
    return f" with status {ended.exit_code}{told}{said}"


def _hint(
    pod: PodInfo, container: Container, ended: ContainerState | None, lines: tuple[str, ...]
) -> str:
    if ended is not None and ended.reason == "OOMKilled":
        return "raise resources.limits.memory in the overrides (of a flow run: in its profile)"
    if mend := _meaning(lines):
        return mend
    if ended is not None and ended.exit_code in (126, 127, 128):
        return "check the image: it is not made for this"
    return f"its last lines tell why; all of them: {logs_command(pod, container)}"
