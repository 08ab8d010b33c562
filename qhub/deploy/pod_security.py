"""What of an agent's overrides the Pod Security of its namespace would refuse.

The chart's defaults fit the level `restricted`; overrides may not. Helm would not tell: the
Deployment is accepted, and its pods are not. The schema of those values lets by no override that
`restricted` refuses, so that this finds none; it holds what the schema may let by some day.
Source: Kubernetes, "Pod Security Standards"; of its controls those that the chart's values touch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.cluster.defaults import chart_defaults
from qhub.platform.merge import merged
from qhub.render.values import agent_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qhub.platform.model import Agent, Platform

__all__ = ["refused"]

_BASELINE_CAPABILITIES = frozenset(
    [
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
        *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    ]
)
_RESTRICTED_CAPABILITIES = frozenset(["NET_BIND_SERVICE"])
_RESTRICTED_VOLUMES = frozenset(
    [
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim"),
        *("projected", "secret"),
    ]
)
_SECCOMP = frozenset(["RuntimeDefault", "Localhost"])


def refused(platform: Platform, level: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield agent, key of its overrides and what is wrong there, for a level or none."""
    if level not in {"baseline", "restricted"}:
        return
    defaults = chart_defaults()
    for agent in platform.agents:
        for key, why in _of_agent(agent, platform, defaults, is_restricted=level == "restricted"):
            yield agent.name, key, why


def _of_agent(
    agent: Agent, platform: Platform, defaults: Mapping[str, Any], *, is_restricted: bool
) -> Iterator[tuple[str, str]]:
    values = merged(defaults, agent_values(agent, project=platform.project))
    for led, part in (("", values), ("job.", values.get("job") or {})):
        pod = part.get("podSecurityContext") or {}
        container = part.get("securityContext") or {}
        volumes = part.get("extraVolumes") or ()
        found = [*_baseline(pod, container, volumes)]
        if is_restricted:
            found += _restricted(pod, container, volumes)
        yield from ((f"{led}{key}", why) for key, why in found)


def _baseline(
    pod: Mapping[str, Any], container: Mapping[str, Any], volumes: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    if container.get("privileged"):
        yield "securityContext.privileged", "a container may not be privileged"
    added = _capabilities(container, "add") - _BASELINE_CAPABILITIES
    if added:
        yield "securityContext.capabilities.add", f"not allowed: {', '.join(sorted(added))}"
    for key, context in (("podSecurityContext", pod), ("securityContext", container)):
        if (context.get("seccompProfile") or {}).get("type") == "Unconfined":
            yield f"{key}.seccompProfile.type", "may not be Unconfined"
    for index, volume in enumerate(volumes):
        if "hostPath" in volume:
            yield f"extraVolumes[{index}]", "a folder of the node may not be mounted"


def _restricted(
    pod: Mapping[str, Any], container: Mapping[str, Any], volumes: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    both = {**pod, **container}
    if both.get("runAsNonRoot") is not True:
        yield "podSecurityContext.runAsNonRoot", "must be true"
    for key, context in (("podSecurityContext", pod), ("securityContext", container)):
        if context.get("runAsUser") == 0:
            yield f"{key}.runAsUser", "must not be 0, which is root"
    if (both.get("seccompProfile") or {}).get("type") not in {*_SECCOMP, "Unconfined"}:
        yield "podSecurityContext.seccompProfile.type", "must be RuntimeDefault or Localhost"
    if container.get("allowPrivilegeEscalation") is not False:
        yield "securityContext.allowPrivilegeEscalation", "must be false"
    if "ALL" not in _capabilities(container, "drop"):
        yield "securityContext.capabilities.drop", "must contain ALL"
    added = _capabilities(container, "add") & (_BASELINE_CAPABILITIES - _RESTRICTED_CAPABILITIES)
    if added:
        yield "securityContext.capabilities.add", f"not allowed: {', '.join(sorted(added))}"
    for index, volume in enumerate(volumes):
        kinds = volume.keys() - {"name", "hostPath"} - _RESTRICTED_VOLUMES
        if kinds:
            yield f"extraVolumes[{index}]", f"not allowed: {', '.join(sorted(kinds))}"


def _capabilities(container: Mapping[str, Any], kind: str) -> frozenset[str]:
    return frozenset((container.get("capabilities") or {}).get(kind) or ())
