"""Pods that no node takes: the scheduler's words, and what in the config changes them."""

from __future__ import annotations

import re

__all__ = ["hint", "lasting", "summary"]

_PREEMPTION = re.compile(r"[.;,]? ?(?:no new claims to deallocate, )?preemption: .*$", re.DOTALL)
_PARTS = (
    (
        r"Insufficient (?:nvidia\.com/)?gpu",
        "no node has a GPU free: wait, ask for fewer (gpus), or add nodes with GPUs",
    ),
    (
        r"Insufficient (\S+?)[,.]?(?:\s|$)",
        "no node has so much {} free: lower the requests in `resources` (of runs: the profile), "
        "or add nodes",
    ),
    (
        r"untolerated taint\(?s?\)?(?: ?\{([^}]*)\})?",
        "nodes are tainted{}: tolerate it with `tolerations`, or name another node_pool",
    ),
    (
        r"didn't match (?:Pod's node affinity/selector|node selector|Pod's node affinity)",
        "no node has the labels that it selects: check node_pool and node_selectors, and "
        "`kubectl get nodes --show-labels`",
    ),
    (
        r"unbound (?:immediate )?PersistentVolumeClaims?|persistentvolumeclaim",
        "a volume is missing: check that a StorageClass provides it",
    ),
    (r"Too many pods", "the nodes are full of pods: add nodes"),
    (r"were unschedulable", "nodes are cordoned: `kubectl uncordon` them, or add others"),
    (r"no nodes available", "the cluster has no nodes: add some"),
    (r"didn't match pod (?:anti-)?affinity|topology spread", "its affinity leaves it no node"),
)
_MAY_PASS = re.compile(r"Insufficient|Too many pods|[Pp]ersistent[Vv]olume[Cc]laim")


def hint(message: str) -> str:
    """Return what to do, a clause for each thing that keeps nodes from taking the pod."""
    reasons = _PREEMPTION.sub("", message)
    found: list[str] = []
    for pattern, mend in _PARTS:
        match = re.search(pattern, reasons)
        if match is None or (found and mend.startswith("no node has so much {}") and _gpu(match)):
            continue
        inside = next((group for group in match.groups() if group), "")
        if pattern.startswith("untolerated"):
            inside = f" ({inside})" if inside else ""
        found.append(mend.format(inside))
    return "; ".join(dict.fromkeys(found)) or "see what the nodes offer: `kubectl describe nodes`"


def summary(message: str) -> str:
    """Return the scheduler's reasons without what it says of preemption."""
    return _PREEMPTION.sub("", message).strip().rstrip(".") or "the scheduler gives no reason"


def lasting(message: str) -> bool:
    """Tell whether the nodes that are there will not take it, however long it waits."""
    return not _MAY_PASS.search(_PREEMPTION.sub("", message))


def _gpu(match: re.Match[str]) -> bool:
    return "gpu" in match[0]
