"""What the commands that deploy to a cluster print of their results."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qhub.api import Project
    from qhub.deploy.apply import Deployed
    from qhub.deploy.changes import Change
    from qhub.deploy.destroy import Destroyed
    from qhub.deploy.plan import Planned

__all__ = ["deployed_text", "destroyed_text", "name", "planned_text"]

_DONE = {"create": "made", "change": "changed", "replace": "replaced", "remove": "removed"}


def name(project: Project) -> str:
    """Return how a platform is called."""
    return f"{project.platform.project} ({project.platform.namespace})"


def deployed_text(deployed: Deployed, project: Project) -> str:
    """Return what a deploy did, and what one does next."""
    return "\n".join(_deployed(deployed, project))


def _deployed(deployed: Deployed, project: Project) -> Iterator[str]:
    if deployed.is_unchanged:
        yield f"{name(project)} is as it should be, nothing was changed; {deployed.seconds:.1f} s"
    else:
        yield f"{name(project)} is deployed; {deployed.seconds:.1f} s"
    yield f"  context    {deployed.context} ({deployed.server})"
    yield f"  namespace  {deployed.namespace}"
    for stage in deployed.stages:
        if stage.changes:
            yield f"  {stage.stage}: {_counted(stage.changes)}; {stage.seconds:.1f} s"
    if not deployed.agents:
        yield "  no agent   no flow runs here; prefect.enabled: true gives it one"
    if deployed.is_unchanged or not deployed.agents:
        return
    yield "next:"
    yield "  qhub status             how everything does"
    yield f"  qhub logs agent/{deployed.agents[0]}   what an agent writes"


def planned_text(planned: Planned, project: Project) -> str:
    """Return what a deploy would do, a line each."""
    return "\n".join(_planned(planned, project))


def _planned(planned: Planned, project: Project) -> Iterator[str]:
    yield f"{name(project)} on context {planned.context} ({planned.server})"
    for stage in planned.stages:
        if stage.after is not None:
            yield f"{stage.stage}: planned when {stage.after} is applied"
        elif stage.is_empty:
            yield f"{stage.stage}: nothing to change"
        else:
            counted = _counted(stage.changes, done=False) or "outputs alone"
            yield f"{stage.stage}: {counted}"
            yield from (f"  {change.text}" for change in stage.changes)
    if planned.archive is not None:
        yield f"kept in {planned.archive}: qhub deploy --plan {shlex.quote(planned.archive)}"
        yield "  the values of secrets are not: those of the environment of the deploy are written"


def destroyed_text(destroyed: Destroyed, project: Project) -> str:
    """Return what was removed, and what is left."""
    return "\n".join(_destroyed(destroyed, project))


def _destroyed(destroyed: Destroyed, project: Project) -> Iterator[str]:
    if destroyed.existed:
        yield f"{name(project)} is removed; {destroyed.seconds:.1f} s"
        yield from (f"  removed  {change.address}" for change in destroyed.removed)
    else:
        yield f"{name(project)} is not deployed on context {destroyed.context}"
    yield from (f"  left     {what}" for what in destroyed.left)


def _counted(changes: Iterable[Change], *, done: bool = True) -> str:
    """Return how many of each: "3 made, 1 changed" or, before, "3 to make"."""
    counts = Counter(change.action for change in changes)
    if done:
        return ", ".join(f"{count} {_DONE.get(action, action)}" for action, count in counts.items())
    return ", ".join(f"{count} to {action}" for action, count in counts.items())
