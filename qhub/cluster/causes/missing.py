"""What a pod names and its namespace or its image lacks: Secrets, ConfigMaps, keys, programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qhub.cluster.model import PodInfo

__all__ = ["hint", "is_missing"]

_MISSING_KEY = re.compile(r"couldn't find key (?P<key>\S+) in (?P<kind>\w+) \S+?/(?P<name>\S+)")
_MISSING = re.compile(r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found', re.IGNORECASE)
_NO_KEY = re.compile(r"references non-existent (?P<kind>secret|config) key: (?P<key>\S+)")


def is_missing(message: str) -> bool:
    """Tell whether a Secret, a ConfigMap or a key is missing."""
    return any(pattern.search(message) for pattern in (_MISSING_KEY, _MISSING, _NO_KEY))


def hint(message: str, pod: PodInfo) -> str:
    """Return what to do about what the kubelet says is not there."""
    if found := _MISSING_KEY.search(message):
        return _absent(found["kind"], found["name"], found["key"], pod)
    if found := _MISSING.search(message):
        return _absent(found["kind"], found["name"], "", pod)
    if found := _NO_KEY.search(message):
        return f"put the key '{found['key']}' there, or correct `key` under `existing_secret`"
    if "runAsNonRoot" in message or "non-root" in message:
        return "the image runs as root: set podSecurityContext.runAsUser, or a USER in the image"
    if "executable file not found" in message or "no such file or directory" in message:
        return "the image does not hold that program: use one that is made for it"
    return f"`kubectl describe pod {pod.name} -n {pod.namespace}` tells more"


def _absent(kind: str, name: str, key: str, pod: PodInfo) -> str:
    what = "Secret" if kind.lower() == "secret" else "ConfigMap"
    if name.startswith("qhub-"):
        return f"`qhub deploy` writes the {what} '{name}' again"
    with_key = f" with the key '{key}'" if key else ""
    return (
        f"create the {what} '{name}'{with_key} in namespace '{pod.namespace}', or correct "
        "the config (existing_secret)"
    )
