"""Pods that are never made: what admission says, and what changes its mind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qhub.cluster.causes.model import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.cluster.causes.model import CauseKind
    from qhub.cluster.causes.seen import Seen
    from qhub.cluster.model import Event

__all__ = ["refused"]

_LED = re.compile(r'^(?:Error creating: )?(?:pods? "[^"]*" is forbidden: )?')
_KINDS: tuple[tuple[str, CauseKind, str], ...] = (
    (
        r"violates PodSecurity \"(?P<name>[^\":]+)",
        "pod-security",
        "the namespace enforces Pod Security '{}': take what it names out of the overrides "
        "(securityContext, volumes), or use another namespace",
    ),
    (
        r"exceeded quota: (?P<name>[^,]+)",
        "quota",
        "free something, lower `resources`, or ask for more: `kubectl describe quota {}` shows it",
    ),
    (
        r"failed quota: (?P<name>[^:]+): must specify (?P<what>.*)",
        "quota",
        "quota '{}' wants every pod to say it: set resources.requests and resources.limits in "
        "prefect.overrides",
    ),
    (
        r"(?:maximum|minimum) (?P<name>\S+) usage per|limit to request ratio|LimitRange",
        "quota",
        "the namespace has a LimitRange: `kubectl describe limitrange` shows it; change "
        "`resources` to fit",
    ),
    (
        r'serviceaccount "(?P<name>[^"]+)" not found',
        "creation",
        "create the service account '{}', or leave serviceAccount.create at true",
    ),
    (
        r"no PriorityClass with name (?P<name>\S+) was found",
        "creation",
        "create the PriorityClass '{}', or take priorityClassName out of the overrides",
    ),
    (
        r'admission webhook "(?P<name>[^"]+)" denied',
        "creation",
        "a policy of the cluster ({}) refuses it: ask who runs the cluster",
    ),
    (
        r'failed calling webhook "(?P<name>[^"]+)"',
        "creation",
        "the cluster's webhook '{}' does not answer: ask who runs the cluster",
    ),
    (
        r"because it is being terminated",
        "creation",
        "the namespace is being deleted: wait until it has gone, then deploy again",
    ),
)


def refused(seen: Seen) -> Iterator[Cause]:
    """Yield why pods are not made that a Deployment or a Job asks for.

    Of a Deployment the newest version counts: an older one asks in vain until that is ready.
    """
    older = seen.older
    for one in seen.replica_sets:
        condition = one.conditions.get("ReplicaFailure")
        if one.replicas and one.uid not in older and condition is not None and condition.holds:
            owner = f"deployment/{one.owner.name}" if one.owner else f"replicaset/{one.name}"
            yield _cause(owner, condition.message)
    for job in seen.jobs:
        failed = seen.told(job.uid, "FailedCreate")
        if (
            failed
            and not job.active
            and not job.is_over
            and not _made_since(seen, job.uid, failed[-1])
        ):
            yield _cause(f"job/{job.name}", failed[-1].message)


def _made_since(seen: Seen, uid: str, failed: Event) -> bool:
    """Tell whether a pod was made after all."""
    made = seen.told(uid, "SuccessfulCreate")
    return bool(made and made[-1].at and failed.at and made[-1].at > failed.at)


def _cause(subject: str, message: str) -> Cause:
    told = _LED.sub("", message)
    for pattern, kind, hint in _KINDS:
        if found := re.search(pattern, message):
            name = found.groupdict().get("name") or ""
            return Cause(kind, subject, f"no pod is made: {told}", hint.format(name), lasting=True)
    hint = f"`kubectl describe {subject}` tells more"
    return Cause("creation", subject, f"no pod is made: {told}", hint, lasting=False)
