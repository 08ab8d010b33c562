"""The service accounts of the agents and of their jobs: who makes one, and who may share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import layers, listed, setting, show, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qhub.config.problem import Path
    from qhub.config.rules.reading import Agent, Layer

__all__ = ["accounts_are_named", "accounts_are_their_own"]

# The account that each namespace has; the chart's jobs have it where none is made for them.
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class _Use:
    """An account of an agent, or of its jobs; `by_default` when nothing in the file names it."""

    agent: str
    account: str
    place: Path
    is_jobs: bool
    is_made: bool
    by_default: bool


def accounts_are_named(data: Mapping[str, Any]) -> Iterator[Finding]:
    """An agent whose account is not made needs the name of one that exists."""
    told: set[Path] = set()
    for _, own_and_common in layers(data):
        blocks = [*map(_spelled_out, own_and_common)]
        made = setting(blocks, "serviceAccount", "create")
        name = setting(blocks, "serviceAccount", "name")
        if made is None or made[1] is not False or (name and name[1]) or made[0] in told:
            continue
        told.add(made[0])
        yield Finding(
            made[0],
            "no service account is made, and none is named for the agent",
            hint="add name: with that of an account which exists, or remove create: false",
        )


def accounts_are_their_own(data: Mapping[str, Any]) -> Iterator[Finding]:
    """One account for two agents is theirs only if it exists already; flows never have an agent's.

    Two releases that make an account of one name stop the second one, and what one of them owns
    goes away with it.
    """
    groups: dict[str, list[_Use]] = {}
    for use in _uses(data):
        groups.setdefault(use.account, []).append(use)
    told: set[Path] = set()
    for uses in groups.values():
        # What the file names stands behind what it does not: that is what can be mended.
        first, *others = sorted(uses, key=lambda use: not use.by_default)
        own = next((use for use in (first, *others) if not use.is_jobs), None)
        made = {use.is_jobs for use in uses if use.is_made}
        for use in others:
            if use.place in told:
                continue
            found = _mixed(use, first, own) or (_twice(use, first, uses, made) if made else None)
            if found is not None:
                told.add(found.path)
                yield found


def _mixed(use: _Use, first: _Use, own: _Use | None) -> Finding | None:
    """Return what is wrong with an account that an agent and jobs have."""
    account = show(use.account)
    if use.by_default and first.by_default and use.account != _DEFAULT:
        return None  # the agents' names meet, which is told as such
    if use.is_jobs and own is not None:
        return Finding(
            use.place,
            f"the service account {account} is the agent's own ({dotted(own.place)}), "
            "so flows would have its rights",
            hint="name another account for the jobs",
        )
    if not use.is_jobs and first.is_jobs:
        return Finding(
            use.place,
            f"the service account {account} is that of jobs ({dotted(first.place)}), "
            "so flows would have the agent's rights",
            hint="name another account for the agent",
        )
    return None


def _twice(use: _Use, first: _Use, uses: Sequence[_Use], made: set[bool]) -> Finding | None:
    """Return what is wrong with an account of two agents, or of the jobs of two."""
    if use.is_jobs != first.is_jobs or use.is_jobs not in made or use.by_default:
        return None
    account = show(use.account)
    if use.place == first.place:
        sharing = listed(
            other.agent
            for other in uses
            if other.place == use.place and other.is_jobs == use.is_jobs
        )
        return Finding(
            use.place,
            f"the service account {account} would be made for several agents: {sharing}",
            hint="name one for each of them, or add create: false if it exists already",
        )
    return Finding(
        use.place,
        f"the service account {account} is taken already ({dotted(first.place)})",
        hint="name another, or write create: false at both if it exists already",
    )


def _uses(data: Mapping[str, Any]) -> Iterator[_Use]:
    seen: set[str] = set()
    for agent, own_and_common in layers(data):
        if agent.name is None or agent.name in seen:
            continue
        seen.add(agent.name)
        yield _use(agent, agent.name, own_and_common, is_jobs=False)
        yield _use(agent, agent.name, own_and_common, is_jobs=True)


def _use(agent: Agent, name: str, written_blocks: Sequence[Layer], *, is_jobs: bool) -> _Use:
    blocks = [*map(_spelled_out, written_blocks)]
    below = ("job", "serviceAccount") if is_jobs else ("serviceAccount",)
    made, named = setting(blocks, *below, "create"), setting(blocks, *below, "name")
    is_made = made is None or made[1] is not False
    release = f"qhub-{name}"
    place: Path = (*agent.path, "name") if agent.written else ("project_name",)
    account = f"{release}-job" if is_jobs else release
    written = text(named[1]) if named else None
    if named and written:
        place, account = _as_written(named[0], written_blocks), written
    elif is_jobs and made and not is_made:
        place, account = made[0], _DEFAULT
    return _Use(
        agent=name,
        account=account,
        place=place,
        is_jobs=is_jobs,
        is_made=is_made,
        by_default=not written,
    )


def _spelled_out(layer: Layer) -> Layer:
    """Return a block with an agent's account as a mapping; a text alone is its name."""
    path, block = layer
    name = text(block.get("serviceAccount"))
    return (path, {**block, "serviceAccount": {"create": True, "name": name}}) if name else layer


def _as_written(place: Path, blocks: Sequence[Layer]) -> Path:
    """Return the place of a name: that of the account where the account is a text."""
    account = place[:-1]
    for path, block in blocks:
        if account == (*path, "serviceAccount") and text(block.get("serviceAccount")):
            return account
    return place
