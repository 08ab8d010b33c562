"""Takes a config file to a running platform on a cluster; what is as it should be is left alone."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from qhub.deploy import archive, changes, healing, preflight, revisions, stages, steps
from qhub.deploy.archive import LOCK_FILE, write_private
from qhub.deploy.errors import ArchiveError, DeclinedError
from qhub.deploy.explain import failure
from qhub.deploy.failures import apply_failed
from qhub.deploy.listening import ObjectSteps
from qhub.deploy.site import Site
from qhub.deploy.steps import StagePlan
from qhub.deploy.watch import Watch, release_of
from qhub.render import write
from qhub.render.backend import STATE_NAMESPACE
from qhub.render.lock import lock as lock_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from qhub.deploy.archive import Kept
    from qhub.deploy.changes import Change
    from qhub.deploy.events import Event
    from qhub.deploy.healing import Left
    from qhub.deploy.request import Request
    from qhub.deploy.revisions import Decided
    from qhub.deploy.stages import Stage
    from qhub.deploy.steps import Begun
    from qhub.deploy.terraform import Finished, Listener, Terraform
    from qhub.progress import Progress

__all__ = ["Consent", "Deployed", "StageDone", "deploy", "make_state_namespace", "site_of"]


class Consent(preflight.Consent, Protocol):
    """Somebody who can be asked: a person at a terminal, or one who said yes to all beforehand."""

    def changes(self, plan: StagePlan) -> bool:
        """Return whether these changes are to be made."""


@dataclass(frozen=True, slots=True)
class StageDone:
    """What was done in a stage, and how long each part of it took in seconds."""

    stage: str
    changes: tuple[Change, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did; no secret is in it. `agents` are the releases in the namespace."""

    context: str
    server: str
    namespace: str
    agents: tuple[str, ...]
    stages: tuple[StageDone, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def is_unchanged(self) -> bool:
        """Whether everything was as it should be."""
        return not any(stage.changes for stage in self.stages)


def deploy(
    request: Request,
    folder: Path,
    *,
    progress: Progress,
    consent: Consent | None = None,
    stage: str | None = None,
    plan_file: Path | None = None,
    force: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Deployed:
    """Render into `folder`, look whether all is there, and apply each stage that differs.

    `consent` is asked before something is changed; without one nobody is asked. `stage` is the
    only one to apply. `plan_file` is an archive of plans, which are applied as they are.

    Raises before anything is changed: `ProviderError`, `PreventedError`, `PreflightError`,
    `DeclinedError`, `LockedError`, `EditedFilesError` (unless `force`), `ArchiveError`,
    `WriteError`. Later: `TerraformError`, and `DeployFailedError` with the causes. The next deploy
    goes on from there.
    """
    begun = time.monotonic()
    preflight.require(request)
    every = stages.of(request, folder)
    todo = stages.chosen(every, stage)
    kept = None if plan_file is None else archive.read(plan_file, request)
    site = site_of(request, folder, progress=progress, consent=consent, environ=environ)
    done: list[StageDone] = []
    with lock_folder(folder, "deploy") as held:
        for one in every:
            healing.await_orphan(site, one)  # before what it reads changes
        with progress.step("render"):
            write.write(request.bundle, folder, force=force, held=held)
        make_state_namespace(site)
        handed = steps.handed_before(site, every, todo[0])
        for one in todo:
            if done:
                handed |= steps.state_of(site, todo[len(done) - 1]).variables()
            if kept is None:
                done.append(_apply(site, one, handed, consent))
            else:
                done.append(_apply_kept(site, one, handed, consent, kept.get(one.name)))
    return Deployed(
        context=site.checked.target.context,
        server=site.checked.target.server,
        namespace=request.platform.namespace,
        agents=tuple(agent.name for agent in request.platform.agents),
        stages=tuple(done),
        notes=site.checked.notes,
        seconds=round(time.monotonic() - begun, 2),
    )


def site_of(
    request: Request,
    folder: Path,
    *,
    progress: Progress,
    consent: preflight.Consent | None,
    environ: Mapping[str, str],
    removes: bool = False,
) -> Site:
    """Return what the stages are worked on with; raises `PreflightError` and `DeclinedError`."""
    target = preflight.pick_target(request, environ, consent)
    with progress.step("check tools, secrets, the cluster, and what we may do in it"):
        checked = preflight.look(request, target, environ=environ, removes=removes)
    for note in checked.notes:
        progress.note(note)
    return Site(request, stages.private(request, folder), checked, progress)


def make_state_namespace(site: Site) -> None:
    """Make the namespace of Terraform's state where the state lies in the cluster."""
    if site.request.config.terraform_state.type != "remote":
        return
    with site.objects() as cluster:
        if cluster.namespace(STATE_NAMESPACE) is None:
            labels = {"app.kubernetes.io/managed-by": "qhub"}
            with site.progress.step(f"make namespace {STATE_NAMESPACE} for Terraform's state"):
                cluster.make_namespace(STATE_NAMESPACE, labels)


def _apply(
    site: Site, stage: Stage, handed: Mapping[str, str], consent: Consent | None
) -> StageDone:
    """Make a stage what it should be; in one run of Terraform where nobody is to be asked."""
    begun = time.monotonic()
    ready = steps.begin(site, stage, handed)
    left = healing.look(site, stage, ready.state)
    healing.adopt(site, stage, ready.terraform, left)
    if consent is None and not left.is_in_the_way:
        changed = _applied_at_once(site, stage, ready)
    else:
        plan = steps.plan(site, stage, ready.terraform, wanted=ready.wanted)
        changed = _applied(site, stage, ready.terraform, plan, left, consent)
    revisions.forget(stage.intent)
    healing.forget(stage)
    return StageDone(stage.name, changed, round(time.monotonic() - begun, 2))


def _apply_kept(
    site: Site,
    stage: Stage,
    handed: Mapping[str, str],
    consent: Consent | None,
    kept: Kept | None,
) -> StageDone:
    """Apply the plan of a stage that an archive has, as it is."""
    begun = time.monotonic()
    if kept is None or kept.after is not None:
        behind = f": it comes after {kept.after}, which was to be changed first" if kept else ""
        raise ArchiveError(
            f"the archive has no plan for {stage.name}{behind}",
            hint="apply what it has, with --stage; then plan again",
        )
    if kept.lock is not None and not (stage.folder / LOCK_FILE).exists():
        (stage.folder / LOCK_FILE).write_bytes(kept.lock)
    ready = steps.begin(site, stage, handed)
    _require_same(stage, ready.wanted, kept)
    if kept.plan is None:
        return StageDone(stage.name, (), round(time.monotonic() - begun, 2))
    write_private(stage.plan_file, kept.plan)
    terraform = site.terraform(stage)  # what is not secret, the plan holds
    found = changes.changes(changes.read(terraform, stage), causes=ready.wanted.causes)
    plan = StagePlan(stage.name, found, outputs_change=True, revisions=kept.revisions)
    left = healing.look(site, stage, ready.state)
    changed = _applied(site, stage, terraform, plan, left, consent)
    revisions.forget(stage.intent)
    healing.forget(stage)
    return StageDone(stage.name, changed, round(time.monotonic() - begun, 2))


def _require_same(stage: Stage, wanted: Decided, kept: Kept) -> None:
    """Raise `ArchiveError` where a secret has changed since the plan was made."""
    differing = sorted(
        name for name, revision in wanted.revisions.items() if kept.revisions.get(name) != revision
    )
    if differing:
        raise ArchiveError(
            f"the plan of {stage.name} does not write what must be written now: the values of "
            f"{', '.join(differing)} have changed since",
            hint="plan again: qhub plan --out FILE",
        )


def _applied(
    site: Site,
    stage: Stage,
    terraform: Terraform,
    plan: StagePlan,
    left: Left,
    consent: Consent | None,
) -> tuple[Change, ...]:
    """Apply the plan that was made, if it changes something and that is agreed to."""
    if plan.is_empty:
        return ()
    if plan.changes and consent is not None and not consent.changes(plan):
        stage.plan_file.unlink(missing_ok=True)
        raise DeclinedError("nothing was changed")
    healing.settle(site, left)
    revisions.intend(stage.intent, plan.revisions)

    def run(tell: Listener, stop: Callable[[], bool]) -> Finished:
        return steps.apply(site, stage, terraform, tell=tell, stop=stop)

    _watched(site, stage, ObjectSteps(site.progress), run)
    return plan.changes


def _applied_at_once(site: Site, stage: Stage, ready: Begun) -> tuple[Change, ...]:
    """Plan and apply in one run of Terraform."""
    revisions.intend(stage.intent, ready.wanted.revisions)
    objects = ObjectSteps(site.progress)
    objects.plan(stage.name)

    def run(tell: Listener, stop: Callable[[], bool]) -> Finished:
        return steps.apply_at_once(site, stage, ready.terraform, tell=tell, stop=stop)

    _watched(site, stage, objects, run)
    names = {secret.name: secret.address for secret in site.secrets}
    why = {names.get(name, name): cause for name, cause in ready.wanted.causes.items()}
    return changes.told(objects.planned, objects.drifted, secrets=why)


def _watched(
    site: Site,
    stage: Stage,
    objects: ObjectSteps,
    run: Callable[[Listener, Callable[[], bool]], Finished],
) -> None:
    """Run an apply, and look at the pods of its releases meanwhile; raises why it failed."""
    with Watch(site, objects) as watch:

        def tell(event: Event | None) -> None:
            objects.tell(event)
            watch.drain()

        def stop() -> bool:
            return watch.is_hopeless

        try:
            finished = run(tell, stop)
        finally:
            objects.close()
    if finished.status != 0 and not objects.began:
        raise failure(finished, stage, doing="the plan of")
    if finished.status != 0:
        releases = dict.fromkeys(filter(None, map(release_of, objects.failed)))
        raise apply_failed(site, stage, finished, watch.troubles, releases)
