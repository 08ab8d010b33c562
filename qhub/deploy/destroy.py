"""Takes everything away that a deploy made: releases first, then Secrets, the namespace last.

Terraform goes back along what depends on what, which is that order. What QHub did not make stays,
and is listed: the state's namespace, flow runs in a namespace of the user's, rendered files.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.cluster.errors import ClusterError
from qhub.deploy import healing, revisions, stages, steps
from qhub.deploy.apply import site_of
from qhub.deploy.changes import Change
from qhub.deploy.errors import DeployFailedError
from qhub.deploy.events import Failed
from qhub.deploy.explain import failure
from qhub.deploy.listening import ObjectSteps
from qhub.deploy.request import cluster_of
from qhub.deploy.revisions import Decided
from qhub.render import write
from qhub.render.backend import STATE_NAMESPACE
from qhub.render.lock import lock as lock_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from qhub.deploy import preflight
    from qhub.deploy.events import Event
    from qhub.deploy.request import Request
    from qhub.deploy.site import Site
    from qhub.deploy.stages import Stage
    from qhub.platform import Platform
    from qhub.progress import Progress

__all__ = ["Destroyed", "destroy"]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What a destroy did: `existed` says whether there was something; `left` is what is there.

    What of `left` QHub made, and could not remove, is an error instead.
    """

    context: str
    namespace: str
    existed: bool
    removed: tuple[Change, ...]
    left: tuple[str, ...]
    seconds: float


def destroy(
    request: Request,
    folder: Path,
    *,
    progress: Progress,
    consent: preflight.Consent | None = None,
    stage: str | None = None,
    force: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Destroyed:
    """Remove what was deployed, the last stage first; no secret's value is needed.

    Whoever calls has had it confirmed. Raises what `deploy` raises, but for secrets.
    """
    begun = time.monotonic()
    cluster_of(request.config)
    every = stages.of(request, folder)
    todo = stages.chosen(every, stage)
    site = site_of(
        request, folder, progress=progress, consent=consent, environ=environ, removes=True
    )
    with lock_folder(folder, "destroy") as held:
        for one in every:
            healing.await_orphan(site, one)  # before what it reads changes
        with progress.step("render"):
            write.write(request.bundle, folder, force=force, held=held)
        removed: tuple[Change, ...] = ()
        if _has_state(site):
            last = every[: every.index(todo[-1]) + 1]
            handed = _handed(site, last)
            removed = tuple(
                change for one in reversed(todo) for change in _destroy(site, one, handed[one.name])
            )
        left = (*_left(site, folder), *(_in_prefect(site.request.platform) if removed else ()))
    return Destroyed(
        context=site.checked.target.context,
        namespace=request.platform.namespace,
        existed=bool(removed),
        removed=removed,
        left=left,
        seconds=round(time.monotonic() - begun, 2),
    )


def _has_state(site: Site) -> bool:
    """Tell whether there is a place for a state: without one nothing was deployed."""
    if site.request.config.terraform_state.type != "remote":
        return True
    with site.objects() as cluster:
        return cluster.namespace(STATE_NAMESPACE) is not None


def _handed(site: Site, every: Sequence[Stage]) -> dict[str, dict[str, str]]:
    """Get stages ready; return the variables that each is handed by those before it."""
    found: dict[str, dict[str, str]] = {}
    handed: dict[str, str] = {}
    for stage in every:
        steps.ready(site, stage)
        found[stage.name] = dict(handed)
        handed |= steps.state_of(site, stage).variables()
    return found


def _destroy(site: Site, stage: Stage, handed: Mapping[str, str]) -> tuple[Change, ...]:
    terraform = site.terraform(stage, {**handed, **site.without_values()})
    state = steps.state_of(site, stage)
    left = healing.look(site, stage, state, strict=False)
    healing.adopt(site, stage, terraform, left)
    plan = steps.plan(site, stage, terraform, wanted=Decided({}, {}), destroy=True)
    healing.settle(site, left)
    if not plan.is_empty:
        objects = ObjectSteps(site.progress)
        failed: list[str] = []

        def tell(event: Event | None) -> None:
            if isinstance(event, Failed):
                failed.append(event.address)
            objects.tell(event)

        try:
            finished = steps.apply(site, stage, terraform, tell=tell)
        finally:
            objects.close()
        if finished.status != 0:
            # Terraform's error does not name an object that it was to remove.
            what = f"{' and '.join(failed)} from" if failed else "of"
            raise failure(finished, stage, doing=f"the removal of {what}")
    revisions.forget(stage.intent)
    healing.forget(stage)
    _require_gone(site, stage)
    return plan.changes


def _require_gone(site: Site, stage: Stage) -> None:
    """Raise `DeployFailedError` where something that Terraform made is still in its state."""
    addresses = sorted(steps.state_of(site, stage).addresses)
    if addresses:
        raise DeployFailedError(
            f"not everything of {stage.name} is gone: {', '.join(addresses)}",
            hint="do it again; what keeps an object is told by `kubectl describe`",
        )


def _left(site: Site, folder: Path) -> Iterator[str]:
    """Yield what is there still, as far as the cluster tells."""
    request, namespace = site.request, site.request.platform.namespace
    try:
        with site.cluster() as cluster:
            found = cluster.namespace(namespace)
            if found is not None and not cluster_of(request.config).create_namespace:
                yield f"namespace '{namespace}', which QHub did not make"
            if found is not None:
                for agent in request.platform.agents:
                    selector = {"qhub.dev/agent": f"qhub-{agent.name}"}
                    runs = [job.name for job in cluster.jobs(selector)]
                    if runs:
                        listed = ", ".join(sorted(runs)[:_SHOWN])
                        more = f" and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
                        yield f"Jobs of flow runs of agent {agent.name}: {listed}{more}"
    except ClusterError as error:
        yield f"unknown: {error}"
    match request.config.terraform_state.type:
        case "remote":
            yield f"Terraform's empty state, in namespace '{STATE_NAMESPACE}'"
        case "local":
            yield f"Terraform's empty state, in {site.root}"
        case "existing":
            yield f"Terraform's empty state, in {request.config.terraform_state.backend}"
    yield f"the config file, and the rendered files in {folder / 'stages'}"


def _in_prefect(platform: Platform) -> Iterator[str]:
    """Yield what workers made in Prefect: their pools hold the runs, so they stay."""
    pools = [agent.name for agent in platform.agents if agent.generation == "worker"]
    if pools:
        yield f"in Prefect, the work pools {', '.join(pools)} with their runs"
    if platform.first_agent in pools:
        yield (
            "in Prefect, the variables 'qhub_platform' and 'qhub_profile_…'; another platform on "
            "this API is described there after `prefect variable delete qhub_platform`"
        )


_SHOWN = 5
