"""What a deploy would do, and why, without doing it; and the same as an archive that deploys."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qhub.deploy import archive, healing, stages, steps
from qhub.deploy.apply import make_state_namespace, site_of
from qhub.deploy.request import cluster_of
from qhub.deploy.steps import StagePlan
from qhub.render import write
from qhub.render.lock import lock as lock_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.deploy import preflight
    from qhub.deploy.request import Request
    from qhub.deploy.site import Site
    from qhub.deploy.stages import Stage
    from qhub.progress import Progress

__all__ = ["Planned", "plan"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a deploy would do in each stage; `archive` is the file that it was kept in."""

    context: str
    server: str
    namespace: str
    stages: tuple[StagePlan, ...]
    archive: str | None
    notes: tuple[str, ...]
    seconds: float

    @property
    def is_empty(self) -> bool:
        """Whether a deploy would do nothing."""
        return all(stage.is_empty for stage in self.stages)


def plan(
    request: Request,
    folder: Path,
    *,
    progress: Progress,
    consent: preflight.Consent | None = None,
    stage: str | None = None,
    out: Path | None = None,
    force: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Planned:
    """Render into `folder` and plan each stage; of the cluster nothing is changed.

    But that the namespace is made in which Terraform's state is to lie, where it is not there.

    A stage behind one that changes cannot be planned before that is applied: it is only named.
    `out` is where the plans are kept, for `deploy` with the same config file. `force` overwrites
    generated files that were edited, and a file at `out` that is no archive of plans.

    Raises what `deploy` raises before it changes anything, `TerraformError`, `ArchivePlaceError`,
    and `ExistingFileError`.
    """
    begun = time.monotonic()
    cluster_of(request.config)
    every = stages.of(request, folder)
    todo = stages.chosen(every, stage)
    if out is not None:
        archive.require_place(out, force=force)
    site = site_of(request, folder, progress=progress, consent=consent, environ=environ)
    with lock_folder(folder, "plan") as held:
        for one in every:
            healing.await_orphan(site, one)  # before what it reads changes
        with progress.step("render"):
            write.write(request.bundle, folder, force=force, held=held)
        make_state_namespace(site)
        found: list[StagePlan] = []
        try:
            handed = steps.handed_before(site, every, todo[0])
            for one in todo:
                changed = next((made.stage for made in found if not made.is_empty), None)
                if changed is not None:
                    found.append(StagePlan(one.name, (), after=changed))
                    continue
                made, outputs = _planned(site, one, handed)
                found.append(made)
                handed |= outputs
            if out is not None:
                archive.write(out, request, zip(todo, found, strict=True))
        finally:
            for one in todo:
                one.plan_file.unlink(missing_ok=True)
    return Planned(
        context=site.checked.target.context,
        server=site.checked.target.server,
        namespace=request.platform.namespace,
        stages=tuple(found),
        archive=str(out) if out is not None else None,
        notes=site.checked.notes,
        seconds=round(time.monotonic() - begun, 2),
    )


def _planned(
    site: Site, stage: Stage, handed: Mapping[str, str]
) -> tuple[StagePlan, dict[str, str]]:
    """Return the plan of a stage, and the variables that it hands on as it is now."""
    ready = steps.begin(site, stage, handed)
    left = healing.look(site, stage, ready.state).addresses
    made = steps.plan(site, stage, ready.terraform, wanted=ready.wanted)
    adopted = tuple(
        replace(change, action="adopt", why="an unfinished deploy made it")
        if change.address in left
        else change
        for change in made.changes
    )
    return replace(made, changes=adopted), ready.state.variables()
