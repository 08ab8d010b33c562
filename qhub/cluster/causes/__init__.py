"""Why a release's pods do not get ready: read from the objects themselves, each with its mend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qhub.cluster.causes.creation import refused
from qhub.cluster.causes.model import Cause, CauseKind
from qhub.cluster.causes.pods import why
from qhub.cluster.causes.seen import look, look_at_runs
from qhub.cluster.errors import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qhub.cluster.causes.seen import Seen
    from qhub.cluster.client import Cluster
    from qhub.cluster.model import PodInfo

__all__ = ["Cause", "CauseKind", "causes", "of_runs"]

_INSTANCE = "app.kubernetes.io/instance"
_RUNS_OF = "qhub.dev/agent"
_MOST_RUNS = 20


def causes(cluster: Cluster, release: str) -> tuple[Cause, ...]:
    """Return why a Helm release is not ready; nothing where it is. Raises `ClusterError`.

    What waiting does not mend comes first. What is only being started is told, too.
    """
    seen = look(cluster, {_INSTANCE: release})
    found = [*refused(seen), *_of_pods(cluster, seen, _expected(seen))]
    if not found:
        found = [*_of_deployments(seen)]
    if not seen.deployments:
        found = [*_of_release(cluster, release), *found]
    found += [_unseen(error) for error in seen.unseen]
    return _ordered(found)


def of_runs(cluster: Cluster, release: str) -> tuple[Cause, ...]:
    """Return why flow runs of an agent do not start; raises `ClusterError`.

    Prefect tells nothing of a Job whose pods are refused: its run hangs in Submitting.
    """
    seen = look_at_runs(cluster, {_RUNS_OF: release})
    waiting = [pod for pod in seen.pods if not pod.is_deleted]
    found = [*refused(seen), *_of_pods(cluster, seen, waiting[:_MOST_RUNS])]
    return _ordered(cause for cause in found if cause.kind != "starting")


def _expected(seen: Seen) -> Iterator[PodInfo]:
    """Yield the pods of the newest kind that should be ready and are not."""
    older = seen.older
    for pod in seen.pods:
        is_older = pod.owner is not None and pod.owner.uid in older
        if not (pod.is_ready or pod.is_deleted or is_older or pod.phase == "Succeeded"):
            yield pod


def _of_pods(cluster: Cluster, seen: Seen, pods: Iterable[PodInfo]) -> tuple[Cause, ...]:
    return cluster.several(lambda pod: why(cluster, seen, pod), tuple(pods))


def _of_deployments(seen: Seen) -> Iterator[Cause]:
    """Yield what is said of Deployments whose pods do not say anything."""
    for one in seen.deployments:
        if one.is_rolled_out:
            continue
        subject = f"deployment/{one.name}"
        late = one.conditions.get("Progressing")
        if late is not None and late.holds is False:
            hint = f"`kubectl describe {subject}` tells more"
            yield Cause("creation", subject, late.message or late.reason, hint, lasting=True)
        else:
            told = f"{one.ready} of {one.replicas} pods are ready"
            yield Cause("starting", subject, told, "look again in a moment", lasting=False)


def _of_release(cluster: Cluster, release: str) -> Iterator[Cause]:
    """Yield what Helm says of a release that made no Deployment."""
    subject = f"release/{release}"
    try:
        found = cluster.release(release)
    except ForbiddenError as error:
        yield _unseen(error)
        return
    if found is None:
        what = "there is no such release"
        yield Cause("absent", subject, what, "run `qhub deploy`", lasting=True)
    elif found.is_at_work:
        what = f"Helm is at work on it, or was ended: {found.status}"
        yield Cause("starting", subject, what, "wait, or run `qhub deploy`", lasting=False)
    elif found.status != "deployed":
        what = f"Helm left it {found.status}: {found.description}"
        yield Cause("release", subject, what, "run `qhub deploy` again", lasting=True)


def _unseen(error: ForbiddenError) -> Cause:
    return Cause("unknown", "cluster", f"cannot look: {error}", error.hint, lasting=False)


def _ordered(found: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return lasting ones first, and of pods that have the same trouble one, which says so."""
    merged: dict[tuple[str, str], Cause] = {}
    count: dict[tuple[str, str], int] = {}
    for cause in found:
        key = (cause.kind, cause.message)
        merged.setdefault(key, cause)
        count[key] = count.get(key, 0) + 1
    told = [
        cause
        if count[key] == 1
        else replace(cause, message=f"{cause.message} (and {count[key] - 1} more like it)")
        for key, cause in merged.items()
    ]
    return tuple(sorted(told, key=lambda cause: (not cause.lasting, cause.kind == "starting")))
