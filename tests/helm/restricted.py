"""What the Pod Security level `restricted` refuses in a pod.

Source: Kubernetes, "Pod Security Standards", levels baseline and restricted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
HOST: Final = ("hostNetwork", "hostPID", "hostIPC")


def violations(pod: Mapping[str, Any]) -> list[str]:
    """Return each thing in a pod that `restricted` refuses, and a user that is not set."""
    return [*of_pod(pod), *of_containers(pod)]


def of_pod(pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a pod's own fields."""
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    if not context.get("runAsUser"):
        yield "runAsUser is not set, or root"
    if context.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        yield "seccompProfile is not RuntimeDefault or Localhost"
    yield from (f"{key} is set" for key in HOST if pod.get(key))
    for volume in pod.get("volumes", []):
        if not set(volume) - {"name"} <= VOLUMES:
            yield f"volume {volume['name']} is of a refused kind"


def of_containers(pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a pod's containers."""
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        name, context = container["name"], container.get("securityContext", {})
        capabilities = context.get("capabilities", {})
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{name}: allowPrivilegeEscalation is not false"
        if "ALL" not in capabilities.get("drop", []):
            yield f"{name}: capabilities are not dropped"
        if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
            yield f"{name}: capabilities are added"
        if context.get("privileged") or context.get("runAsUser") == 0:
            yield f"{name}: privileged, or root"
        if context.get("runAsNonRoot") is False:
            yield f"{name}: runAsNonRoot is false"
        yield from (
            f"{name}: hostPort" for port in container.get("ports", []) if port.get("hostPort")
        )
