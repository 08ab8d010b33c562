"""The agents against each other and against the profiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.prefect import generation
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    listed,
    mapping,
    show,
    suggestion,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "names_are_unique",
    "objects_are_unique",
    "profiles_exist",
    "queues_are_unique",
    "shared_labels_have_one_agent",
    "switched_off_is_meant",
]

# What the chart and the stage put behind the release's name, qhub-<agent>.
_SUFFIXES = ("-env", "-flow", "-job", "-job-template", "-setup", "-token")
_LABELS = "PREFECT__CLOUD__AGENT__LABELS"
# Prefect refuses these in the names of work queues.
_NOT_IN_QUEUES = r"[/%&<>\x00-\x1f\x7f]"


def names_are_unique(data: Mapping[str, Any]) -> Iterator[Finding]:
    """An agent's name is that of its release and of its work pool."""
    seen: dict[str, Path] = {}
    for agent in agents(data):
        if agent.name is None or not agent.written:
            continue
        path = (*agent.path, "name")
        first = seen.setdefault(agent.name, path)
        if first != path:
            yield Finding(
                path,
                f"the name {show(agent.name)} is taken already ({dotted(first)})",
                hint="rename one of the two agents",
            )


def objects_are_unique(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What is made for an agent is named qhub-<agent>, some of it with a suffix behind it."""
    places: dict[str, Path] = {}
    for agent in agents(data):
        if agent.name is not None and agent.written:
            places.setdefault(agent.name, (*agent.path, "name"))
    order = {name: index for index, name in enumerate(places)}
    for name in places:
        for suffix in _SUFFIXES:
            base = name.removesuffix(suffix)
            if base == name or base not in places:
                continue
            first, second = sorted((base, name), key=order.__getitem__)
            yield Finding(
                places[second],
                f"the name {show(second)} does not go with {show(first)} "
                f"({dotted(places[first])}): both would have objects named qhub-{name}",
                hint="rename one of the two agents",
            )


def queues_are_unique(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A queue belongs to one agent, so that it is clear which one runs a flow.

    Each work pool of Prefect has its own queue `default`, but only one agent may be it by name.
    """
    seen: dict[str, Path] = {}
    for agent in agents(data):
        for index, queue in texts(agent.block.get("queues") if agent.written else None):
            path = (*agent.path, "queues", index)
            if not queue.strip() or re.search(_NOT_IN_QUEUES, queue):
                yield Finding(
                    path,
                    f"{show(queue)} is not the name of a queue: some text without / % & < >",
                    hint="rename the queue, such as gpu or nightly-runs",
                )
            first = seen.setdefault(queue, path)
            if first != path:
                yield Finding(
                    path,
                    f"the queue {show(queue)} is taken already ({dotted(first)})",
                    hint="give each queue to one agent",
                )


def shared_labels_have_one_agent(data: Mapping[str, Any]) -> Iterator[Finding]:
    """In Prefect 3, labels for all agents would be the same queues for several of them."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "worker":
        return
    path = _labels_path(("prefect", "overrides"), mapping(prefect.get("overrides")))
    sharing = [
        agent.name or dotted(agent.path)
        for agent in agents(data)
        if not agent.block.get("queues")
        and _labels_path((), mapping(agent.block.get("overrides"))) is None
    ]
    if path is not None and len(sharing) > 1:
        yield Finding(
            path,
            f"these queues would belong to several agents: {listed(sharing)}",
            hint="remove it here, and write prefect.agents[].queues for each of them",
        )


def profiles_exist(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`agents[].profile` is a profile of flow runs."""
    profiles = mapping(data.get("profiles"))
    known = mapping(profiles.get("flow_run"))
    for agent in agents(data):
        name = text(agent.block.get("profile")) if agent.written else None
        if name is None or name in known:
            continue
        dask = name in mapping(profiles.get("dask_worker"))
        names = [str(key) for key in known]
        yield Finding(
            (*agent.path, "profile"),
            f"{show(name)} is a profile of Dask workers, not of flow runs"
            if dask
            else f"there is no profile {show(name)} in profiles.flow_run; known: {listed(names)}",
            hint=suggestion(name, names) or "add it to profiles.flow_run",
        )


def switched_off_is_meant(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Agents below `enabled: false` are probably meant to run."""
    prefect = mapping(data.get("prefect"))
    written = prefect.get("agents")
    if prefect.get("enabled") is False and isinstance(written, list) and written:
        yield Finding(
            ("prefect", "agents"),
            "no agent is deployed: prefect.enabled is false",
            hint="set prefect.enabled: true, or remove the agents",
            severity="warning",
            at="key",
        )


def _labels_path(path: Path, block: Mapping[str, Any]) -> Path | None:
    """Return where `overrides` names labels, None where it names none."""
    for place in (
        ("prefect_agent", "prefectLabels"),
        ("prefect_agent", _LABELS),
        (_LABELS,),
    ):
        value: object = block
        for key in place:
            value = mapping(value).get(key)
        if value and value != "[]":
            return (*path, *place)
    return None
