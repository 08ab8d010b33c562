"""What a killed deploy left behind, put right before the next one: nothing of it stays untold.

A Terraform whose qhub was killed works on, and is waited for. One that was itself killed leaves
the lock of its state, objects that its state does not know, or a release that Helm takes for
busy: the lock is taken away, the namespace is imported, a Secret is made again, the release counts
as failed. What changes the cluster is done when the state could be locked: then nobody is at work.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.deploy import locks, processes
from qhub.deploy.errors import PreflightError, TerraformError, Trouble
from qhub.deploy.request import cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from qhub.deploy.events import Diagnostic
    from qhub.deploy.locks import Holder
    from qhub.deploy.objects import Live, Objects, Pending
    from qhub.deploy.processes import Orphan
    from qhub.deploy.site import Site
    from qhub.deploy.stages import Stage
    from qhub.deploy.state import State
    from qhub.deploy.terraform import Terraform

__all__ = [
    "Left",
    "adopt",
    "await_orphan",
    "forget",
    "free",
    "locking",
    "look",
    "mend_state",
    "save_state",
    "settle",
]

_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 10
_LOCKED_WITHIN_SECONDS = 120
"""After its start, Terraform has locked its state, or has not got the lock."""
_NAMESPACE = 'kubernetes_namespace_v1.this["this"]'
_SAVED = "errored.tfstate"
_KILLED = "killed-*.json"


def await_orphan(site: Site, stage: Stage) -> None:
    """Wait for the Terraform that a killed qhub left at work in a stage, and end what it left.

    Its note is put aside: by it, `free` knows its lock.
    """
    found = processes.orphan(stage.record)
    if found is None:
        stage.record.unlink(missing_ok=True)  # killed while it was written: an empty one
        return
    if found.alive:
        what = f"terraform {found.command}, process {found.pid}, since {found.since}"
        with site.progress.step(f"wait for the Terraform of a killed qhub ({what})"):
            while found.alive:
                time.sleep(_LOOK_SECONDS)
    left = processes.end_leftovers(found, grace_seconds=_GRACE_SECONDS)
    if left:
        numbers = ", ".join(map(str, left))
        site.progress.note(f"a killed Terraform had left its providers: ended {numbers}")
    stage.record.replace(stage.data / f"killed-{found.at:.0f}-{found.pid}.json")


def free(site: Site, stage: Stage, terraform: Terraform, errors: Iterable[Diagnostic]) -> bool:
    """Take away the lock that Terraform met, where a killed run of ours left it; tell whether.

    It is ours where this user of this machine took it, in the first moments of a run that is
    written down as killed.
    """
    return _freed(site, stage, terraform, locks.holder(errors))


def locking(site: Site, stage: Stage, terraform: Terraform, command: str, *args: str) -> str:
    """Run a command that locks the state; return what it complained of, or nothing.

    Raises `LockedError` where somebody else holds the lock.
    """
    for last in (False, True):
        status, _out, err = terraform.cmd(command, *args)
        holder = locks.holder_in(err)
        if status == 0 or holder is None:
            return "" if status == 0 else err.strip() or "it does not say why"
        if last or not _freed(site, stage, terraform, holder):
            raise locks.locked(holder, stage=stage.name, folder=stage.folder, data=stage.data)
    raise AssertionError("the second time it returns or raises")


def _freed(site: Site, stage: Stage, terraform: Terraform, holder: Holder | None) -> bool:
    if holder is None or holder.since is None or not locks.is_of_this_machine(holder):
        return False
    taken = holder.since.timestamp()
    for found in _killed(stage):
        if -2 <= taken - found.at <= _LOCKED_WITHIN_SECONDS and not found.alive:
            if not locks.unlock(terraform, holder):
                return False
            site.progress.note(
                f"the lock of a deploy that was killed (begun at {found.since}) is taken away"
            )
            return True
    return False


def forget(stage: Stage) -> None:
    """Forget killed runs: the lock was to be had, so none of them holds it."""
    for file in stage.data.glob(_KILLED):
        file.unlink(missing_ok=True)


def _killed(stage: Stage) -> Iterator[Orphan]:
    for file in sorted(stage.data.glob(_KILLED)):
        found = processes.orphan(file)
        if found is not None:
            yield found


def mend_state(site: Site, stage: Stage) -> None:
    """Put Terraform's own copy in the place of a local state that it was killed in writing.

    It writes the file in place. What the copy does not know is found in the cluster.
    """
    state = site.root / f"{stage.name}.tfstate"
    if site.request.config.terraform_state.type != "local" or not state.is_file():
        return
    copy = state.with_name(f"{state.name}.backup")
    if _is_whole(state):
        return
    state.replace(stage.data / "cut-off.tfstate")
    if copy.is_file() and _is_whole(copy):
        state.write_bytes(copy.read_bytes())
    site.progress.note(f"{state} was cut off when Terraform was killed; its copy is used")


def _is_whole(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_bytes()), dict)
    except ValueError:
        return False


def save_state(site: Site, stage: Stage, terraform: Terraform) -> None:
    """Store the state that Terraform could not store when the last deploy ended.

    It leaves it in the stage; raises `TerraformError` where it does not go on from what is stored.
    """
    saved = stage.folder / _SAVED
    if not saved.is_file():
        return
    wrong = locking(site, stage, terraform, "state push", _SAVED)
    if wrong:
        raise TerraformError(
            f"{saved} holds what the last deploy could not store, and it cannot be stored now: "
            f"{wrong}",
            hint="compare it with `terraform state pull` in the stage; "
            "remove it when nothing in it is missed",
        )
    saved.replace(stage.data / _SAVED)
    site.progress.note("the state that the last deploy could not store is stored now")


@dataclass(frozen=True, slots=True)
class Left:
    """What a killed deploy left: objects that Terraform does not know, and releases in between.

    `namespace` is one to import, `secrets` are names of Secrets to make again: to import one would
    put its values into the state.
    """

    addresses: frozenset[str]
    namespace: str | None
    secrets: tuple[str, ...]
    releases: tuple[Pending, ...]

    @property
    def is_in_the_way(self) -> bool:
        """Whether something must be put right between a plan and its apply."""
        return bool(self.secrets or self.releases)


def look(site: Site, stage: Stage, state: State, *, strict: bool = True) -> Left:
    """Return what was left in the cluster of a stage.

    Raises `PreflightError` for an object of a name that is needed, which QHub did not make; unless
    `strict`: it is not ours then.
    """
    if not site.makes_agents(stage):
        return Left(frozenset(), None, (), ())
    project = site.request.platform.project
    with site.objects() as cluster:
        found = tuple(_untold(site, state, cluster))
        releases = {f"qhub-{agent.name}" for agent in site.request.platform.agents}
        pending = tuple(one for one in cluster.pending() if one.release in releases)
    foreign = [live for _address, live in found if not live.is_of(project)]
    if foreign and strict:
        raise PreflightError([_foreign(site, live) for live in foreign])
    ours = {address: live.name for address, live in found if live.is_of(project)}
    return Left(
        addresses=frozenset(ours),
        namespace=ours.get(_NAMESPACE),
        secrets=tuple(name for address, name in ours.items() if address != _NAMESPACE),
        releases=pending,
    )


def _untold(site: Site, state: State, cluster: Objects) -> Iterator[tuple[str, Live]]:
    """Yield the objects in the cluster that have an address here and are not in the state."""
    if cluster_of(site.request.config).create_namespace and _NAMESPACE not in state.addresses:
        live = cluster.namespace(site.request.platform.namespace)
        if live is not None:
            yield _NAMESPACE, live
    for secret in site.secrets:
        live = None if secret.address in state.addresses else cluster.secret(secret.name)
        if live is not None:
            yield secret.address, live


def _foreign(site: Site, live: Live) -> Trouble:
    namespace = site.request.platform.namespace
    if live.kind == "namespace":
        about = f"namespace '{namespace}'"
        mend = "take another namespace, or delete that one"
        if site.request.config.provider == "existing":
            mend = "deploy into it as it is with existing.create_namespace: false"
    else:
        about = f"Secret '{live.name}' in namespace '{namespace}'"
        mend = "name the agent otherwise, or take another namespace"
    owner = live.labels.get("app.kubernetes.io/part-of")
    made = live.labels.get("app.kubernetes.io/managed-by") == "qhub" and owner
    by = f"made by QHub for project '{owner}'" if made else "and QHub did not make it"
    return Trouble(about, f"there already, {by}", mend)


def adopt(site: Site, stage: Stage, terraform: Terraform, left: Left) -> None:
    """Make Terraform know the namespace that it made, and was killed before it noted that."""
    if left.namespace is None:
        return
    with site.progress.step(
        f"take over namespace {left.namespace}, which an unfinished deploy made"
    ):
        command = "import -input=false"
        wrong = locking(site, stage, terraform, command, _NAMESPACE, left.namespace)
    if wrong:
        raise TerraformError(
            f"namespace '{left.namespace}' is there, and Terraform cannot take it over: {wrong}",
            hint=f"import it by hand: terraform import '{_NAMESPACE}' {left.namespace}",
        )


def settle(site: Site, left: Left) -> None:
    """Put right what is in the way of an apply that was planned.

    Helm takes a release that it was cut off in for busy. A Secret is made again in a moment: pods
    that run keep what they have read.
    """
    with site.objects() as cluster:
        for found in left.releases:
            cluster.fail(found)
            site.progress.note(
                f"release {found.release}: an unfinished deploy left it {found.status}; "
                "it counts as failed now"
            )
        for name in left.secrets:
            cluster.remove_secret(name)
            site.progress.note(f"Secret {name}: an unfinished deploy left it; it is made again")
