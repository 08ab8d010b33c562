"""What is in the picture of a platform: boxes in columns, and arrows from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.cli import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.config.model import Secret
    from qhub.platform.model import Agent, NodePool, Platform

COLUMNS = ("Prefect API and secrets", "agents", "flow runs", "where they run")


@dataclass(frozen=True, slots=True)
class Box:
    """A thing of the platform; `column` is an index of `COLUMNS`."""

    id: str
    column: int
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the box `start` to the box `end`, which lies in a later column."""

    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(platform: Platform) -> Drawing:
    """Return the picture of a platform; of secrets, name and source only."""
    where = outline.PROVIDERS[platform.provider]
    return Drawing(
        f"{platform.project}: {where}, namespace {platform.namespace}",
        tuple(_boxes(platform)),
        tuple(_arrows(platform)),
    )


def _boxes(platform: Platform) -> Iterator[Box]:
    for index, api in enumerate(_apis(platform)):
        yield Box(f"api{index}", 0, *_split(api))
    if secrets := _secrets(platform):
        yield Box("secrets", 0, "secrets", tuple(map(outline.secret_line, secrets)))
    for index, agent in enumerate(platform.agents):
        yield Box(f"agent{index}", 1, agent.name, tuple(_agent_lines(agent)))
        yield Box(f"runs{index}", 2, f"runs of {agent.name}", tuple(outline.job_lines(agent.job)))
    if platform.profiles:
        yield Box("profiles", 2, "profiles", tuple(_profile_lines(platform)))
    if gateway := platform.dask_gateway:
        yield Box("gateway", 3, "Dask Gateway", tuple(outline.gateway_facts(gateway)))
    for index, pool in enumerate(platform.node_pools):
        lines = tuple(outline.node_pool_facts(pool))
        yield Box(f"pool{index}", 3, f"node pool {pool.name}", lines)


def _arrows(platform: Platform) -> Iterator[Arrow]:
    apis = _apis(platform)
    for index, agent in enumerate(platform.agents):
        yield Arrow(f"api{apis.index(outline.api_line(agent.api))}", f"agent{index}", "work")
        if agent.secrets or agent.token:
            yield Arrow("secrets", f"agent{index}", "secrets")
        yield Arrow(f"agent{index}", f"runs{index}", "starts")
        if platform.dask_gateway:
            yield Arrow(f"runs{index}", "gateway", "clusters")
        for number, pool in enumerate(platform.node_pools):
            if _selects(agent, pool):
                yield Arrow(f"runs{index}", f"pool{number}", "on")


def _apis(platform: Platform) -> list[str]:
    return list(dict.fromkeys(outline.api_line(agent.api) for agent in platform.agents))


def _split(api: str) -> tuple[str, tuple[str, ...]]:
    """Return the title of an API's box, and its URL as the line below."""
    title, _, url = api.partition(" at ")
    return title, (url,) if url else ()


def _secrets(platform: Platform) -> list[Secret]:
    used = (
        secret
        for agent in platform.agents
        for secret in (*((agent.token,) if agent.token else ()), *agent.secrets)
    )
    return list(dict.fromkeys(used))


def _agent_lines(agent: Agent) -> Iterator[str]:
    yield outline.GENERATIONS[agent.generation]
    yield from outline.image_line(agent.image)
    if agent.queues:
        yield f"queues: {', '.join(agent.queues)}"
    if agent.labels:
        yield f"labels: {', '.join(agent.labels)}"
    if names := [secret.name for secret in agent.secrets]:
        yield f"secrets: {', '.join(names)}"


def _profile_lines(platform: Platform) -> Iterator[str]:
    for profile in platform.profiles:
        kind = "" if profile.kind == "flow_run" else " (Dask worker)"
        yield f"{profile.name}{kind}: {', '.join(outline.profile_facts(profile))}"


def _selects(agent: Agent, pool: NodePool) -> bool:
    wanted = agent.job.placement.node_selector.items()
    return bool(wanted) and pool.node_selector.items() <= wanted
