"""The steps of a stage that commands share: get Terraform ready, read the state, plan, apply."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qhub.cluster import drift
from qhub.cluster.agents import release_name
from qhub.cluster.errors import ForbiddenError, RefusedError
from qhub.deploy import changes, healing, own_secrets, revisions
from qhub.deploy.explain import failure
from qhub.deploy.revisions import Decided
from qhub.deploy.state import State, pull, release_address
from qhub.deploy.terraform import FLAG
from qhub.render.refusal import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from qhub.cluster.client import Cluster
    from qhub.cluster.model import SecretData
    from qhub.deploy.changes import Change
    from qhub.deploy.events import Event
    from qhub.deploy.revisions import Cause
    from qhub.deploy.site import Site
    from qhub.deploy.stages import Stage
    from qhub.deploy.terraform import Finished, Listener, Terraform

__all__ = [
    "Begun",
    "StagePlan",
    "apply",
    "apply_at_once",
    "begin",
    "handed_before",
    "plan",
    "ready",
    "state_of",
]

_CHANGES = 2


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What Terraform would do in a stage; `after` is the stage that must be applied before it.

    `revisions` are those of the Secrets that it was made with.
    """

    stage: str
    changes: tuple[Change, ...]
    outputs_change: bool = False
    revisions: Mapping[str, int] = field(default_factory=dict)
    after: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be done."""
        return not (self.changes or self.outputs_change or self.after)


def ready(site: Site, stage: Stage) -> None:
    """Let Terraform get the stage's providers and its backend; waits for a run that was left."""
    with refusals(stage.data):
        stage.data.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stage.data.mkdir(mode=0o700, exist_ok=True)
    healing.await_orphan(site, stage)
    healing.mend_state(site, stage)
    terraform = site.terraform(stage, site.without_values())
    with site.progress.step(f"get Terraform ready for {stage.name}"):
        finished = terraform.stream(
            "init", tell=_nothing, on_interrupt=site.on_interrupt, input=False
        )
    if finished.status != 0:
        raise failure(finished, stage, doing="terraform init of")
    healing.save_state(site, stage, terraform)


def state_of(site: Site, stage: Stage) -> State:
    """Return what Terraform remembers of a stage."""
    return pull(site.terraform(stage, site.without_values()))


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage that Terraform is ready for: its state, and the revisions to write Secrets with."""

    state: State
    wanted: Decided
    terraform: Terraform


def begin(site: Site, stage: Stage, handed: Mapping[str, str]) -> Begun:
    """Get a stage ready and see what it is to write; `handed` are variables of earlier stages."""
    ready(site, stage)
    state = state_of(site, stage)
    wanted, versions = Decided({}, {}), {}
    if site.makes_agents(stage):
        with site.cluster() as cluster:
            wanted = _decided(site, stage, state, cluster)
            versions = own_secrets.versions(cluster, site.request.platform)
    revision = {
        "existing_secret_versions": json.dumps(versions, sort_keys=True),
        "release_revisions": json.dumps(dict(wanted.releases), sort_keys=True),
        "secret_revisions": json.dumps(dict(wanted.revisions), sort_keys=True),
    }
    return Begun(state, wanted, site.terraform(stage, {**handed, **revision}))


def handed_before(site: Site, every: Sequence[Stage], first: Stage) -> dict[str, str]:
    """Return the variables that the stages before one hand on to it."""
    handed: dict[str, str] = {}
    for stage in every[: every.index(first)]:
        ready(site, stage)
        handed |= state_of(site, stage).variables()
    return handed


def _live_secrets(site: Site, cluster: Cluster) -> dict[str, SecretData | None]:
    """Return what the cluster holds of the Secrets that Terraform makes."""
    names = [secret.name for secret in site.secrets]
    return dict(zip(names, cluster.several(cluster.secret, names), strict=True))


def _decided(site: Site, stage: Stage, state: State, cluster: Cluster) -> Decided:
    """Return the revision of each Secret for this deploy."""
    before = state.revisions()
    for name, revision in revisions.intended(stage.intent).items():
        before[name] = max(revision, before.get(name, 1))
    found = revisions.decide(
        site.secrets, site.checked.values.values, before=before, live=_live_secrets(site, cluster)
    )
    releases = _release_revisions(site, state)
    again = _to_make_again(cluster, state, releases)
    raised = {name: old + (name in again) for name, old in releases.items()}
    why = {release_address(name): cause for name, cause in again.items()}
    return Decided(found.revisions, {**found.causes, **why}, raised)


def _release_revisions(site: Site, state: State) -> dict[str, int]:
    """Return the revisions of the releases that are there and stay."""
    known = state.release_revisions()
    names = [agent.name for agent in site.request.platform.agents]
    return {name: known.get(name, 1) for name in names if release_address(name) in state.addresses}


def _to_make_again(cluster: Cluster, state: State, agents: Collection[str]) -> dict[str, Cause]:
    """Return the agents whose release is not what Terraform left, and how it is not."""
    known = {name: state.helm_revisions.get(release_address(name)) for name in agents}
    found = cluster.several(lambda name: _wrong_with(cluster, name, known[name]), agents)
    return {name: cause for name, cause in zip(agents, found, strict=True) if cause is not None}


def _wrong_with(cluster: Cluster, agent: str, known: int | None) -> Cause | None:
    """Return how a release is not the revision that Terraform knows; None where it is.

    Nor is anything known of one that is gone, or that we may not look at.
    """
    try:
        release = cluster.release(release_name(agent))
    except (ForbiddenError, RefusedError):
        return None
    if release is None:
        return None
    if release.status != "deployed":
        return "failed"
    if known is not None and release.revision != known:
        return "overtaken"
    return "edited" if drift.is_edited(cluster, agent, release) else None


def plan(
    site: Site, stage: Stage, terraform: Terraform, *, wanted: Decided, destroy: bool = False
) -> StagePlan:
    """Plan a stage into its plan file; takes away the lock of a killed run, if that is met."""
    for last in (False, True):
        finished = _planned(site, stage, terraform, destroy=destroy)
        if finished.status in {0, _CHANGES}:
            break
        if last or not healing.free(site, stage, terraform, finished.errors):
            raise failure(finished, stage, doing="the plan of")
    if finished.status == 0:
        return StagePlan(stage.name, (), revisions=wanted.revisions)
    shown = changes.read(terraform, stage)
    found = changes.changes(shown, causes=wanted.causes)
    return StagePlan(
        stage.name, found, outputs_change=_outputs_change(shown), revisions=wanted.revisions
    )


def apply(
    site: Site,
    stage: Stage,
    terraform: Terraform,
    *,
    tell: Listener,
    stop: Callable[[], bool] = lambda: False,
) -> Finished:
    """Apply the stage's plan file, which is gone then."""
    try:
        return terraform.stream(
            "apply",
            str(stage.plan_file),
            tell=tell,
            on_interrupt=site.on_interrupt,
            stop=stop,
            input=False,
        )
    finally:
        stage.plan_file.unlink(missing_ok=True)


def apply_at_once(
    site: Site,
    stage: Stage,
    terraform: Terraform,
    *,
    tell: Listener,
    stop: Callable[[], bool],
) -> Finished:
    """Plan and apply in one run, where nobody wants to see the plan before."""
    finished = _applied_at_once(site, terraform, tell, stop)
    if finished.status != 0 and healing.free(site, stage, terraform, finished.errors):
        finished = _applied_at_once(site, terraform, tell, stop)
    return finished


def _applied_at_once(
    site: Site, terraform: Terraform, tell: Listener, stop: Callable[[], bool]
) -> Finished:
    return terraform.stream(
        "apply",
        tell=tell,
        on_interrupt=site.on_interrupt,
        stop=stop,
        auto_approve=FLAG,
        input=False,
    )


def _planned(site: Site, stage: Stage, terraform: Terraform, *, destroy: bool) -> Finished:
    flags = {"destroy": FLAG} if destroy else {}
    with refusals(stage.plan_file), site.progress.step(f"plan {stage.name}"):
        stage.plan_file.unlink(missing_ok=True)
        finished = terraform.stream(
            "plan",
            tell=_nothing,
            on_interrupt=site.on_interrupt,
            out=str(stage.plan_file),
            detailed_exitcode=FLAG,
            input=False,
            **flags,
        )
        if stage.plan_file.exists():
            stage.plan_file.chmod(0o600)
        return finished


def _outputs_change(shown: Mapping[str, Any]) -> bool:
    found = (shown.get("output_changes") or {}).values()
    return any(change.get("actions") != ["no-op"] for change in found)


def _nothing(_event: Event | None) -> None:
    """Tell nothing of a run that is short."""
