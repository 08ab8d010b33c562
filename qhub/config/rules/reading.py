"""How rules look into data whose shape nobody has checked: what is of a wrong type is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.config.formats import BadQuantityError, cpu_millis, memory_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "PROVIDER_BLOCKS",
    "Agent",
    "Layer",
    "active_prefect",
    "agents",
    "cpu",
    "entries",
    "is_gpu_pool",
    "layers",
    "listed",
    "mapping",
    "memory",
    "names",
    "number",
    "overrides",
    "provider_block",
    "setting",
    "show",
    "suggestion",
    "text",
    "texts",
]

PROVIDER_BLOCKS = {
    "aws": "amazon_web_services",
    "gcp": "google_cloud_platform",
    "azure": "azure",
    "do": "digital_ocean",
    "existing": "existing",
    "local": "local",
}
Layer = tuple["Path", "Mapping[str, Any]"]
"""A block of overrides with its place."""

_MOST_LISTED = 8
_LONGEST_SHOWN = 200
_LARGEST = 10**18


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent: an entry of `prefect.agents`, or the one that QHub makes without entries."""

    path: Path
    block: Mapping[str, Any]
    written: bool

    @property
    def name(self) -> str | None:
        """The agent's name where it is written as text."""
        return text(self.block.get("name"))


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping, empty for anything else."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the entries of a mapping of names to mappings."""
    for name, entry in mapping(value).items():
        if isinstance(name, str) and isinstance(entry, dict):
            yield name, entry


def names(value: object) -> Iterator[str]:
    """Yield the keys of a mapping that are texts."""
    return (name for name in mapping(value) if isinstance(name, str))


def text(value: object) -> str | None:
    """Return a text that is not empty, None for anything else."""
    return value if isinstance(value, str) and value else None


def texts(value: object) -> Iterator[tuple[int, str]]:
    """Yield the texts of a list with their indices."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield index, item


def number(value: object) -> int | float | None:
    """Return a number of a sane size, None for anything else (true and false are none)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if -_LARGEST < value < _LARGEST else None


def cpu(value: object) -> int | None:
    """Return a CPU quantity in thousandths of a core, None for what is none."""
    try:
        return cpu_millis(_quantity(value))
    except BadQuantityError:
        return None


def memory(value: object) -> int | None:
    """Return a memory quantity in bytes, None for what is none."""
    try:
        return memory_bytes(_quantity(value))
    except BadQuantityError:
        return None


def active_prefect(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the `prefect` block, None when there is none or it is switched off."""
    block = data.get("prefect")
    return block if isinstance(block, dict) and block.get("enabled") is not False else None


def agents(data: Mapping[str, Any]) -> Iterator[Agent]:
    """Yield the agents of an active `prefect` block."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    written = prefect.get("agents")
    if not written:
        yield Agent(("prefect",), {"name": data.get("project_name")}, written=False)
    elif isinstance(written, list):
        for index, block in enumerate(written):
            if isinstance(block, dict):
                yield Agent(("prefect", "agents", index), block, written=True)


def overrides(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield `prefect.overrides` and each agent's own, with their places."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    yield ("prefect", "overrides"), mapping(prefect.get("overrides"))
    for agent in agents(data):
        if agent.written:
            yield (*agent.path, "overrides"), mapping(agent.block.get("overrides"))


def layers(data: Mapping[str, Any]) -> Iterator[tuple[Agent, tuple[Layer, ...]]]:
    """Yield each agent with the overrides that hold for it: its own, below them those of all."""
    common = ("prefect", "overrides"), mapping(mapping(data.get("prefect")).get("overrides"))
    for agent in agents(data):
        own = (*agent.path, "overrides"), mapping(agent.block.get("overrides"))
        yield agent, (own, common) if agent.written else (common,)


def setting(layers: Iterable[Layer], *keys: str) -> tuple[Path, object] | None:
    """Return the first value that layers have at some keys, with its place; None without one."""
    for path, block in layers:
        value: object = block
        for key in keys:
            value = mapping(value).get(key)
        if value is not None:
            return (*path, *keys), value
    return None


def provider_block(data: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Return the name and the content of the chosen provider's block, None without one."""
    provider = data.get("provider")
    name = PROVIDER_BLOCKS.get(provider) if isinstance(provider, str) else None
    block = data.get(name) if name else None
    return (name, block) if name and isinstance(block, dict) else None


def is_gpu_pool(node_group: Mapping[str, Any]) -> bool:
    """Return whether a node group is one of GPU nodes: by its flag, or by GPUs that it counts."""
    return bool(
        node_group.get("gpu") is True
        or number(node_group.get("gpus"))
        or node_group.get("guest_accelerators")
    )


def show(value: object) -> str:
    """Return a value as a message quotes it, on one line: texts in quotes, numbers bare."""
    if not isinstance(value, str):
        return str(value)
    return f"'{_one_line(value[:_LONGEST_SHOWN])}{'…' if len(value) > _LONGEST_SHOWN else ''}'"


def listed(names: Iterable[str]) -> str:
    """Return names as "a, b, c", cut after some."""
    known = list(names)
    more = len(known) - _MOST_LISTED
    shown = ", ".join(map(_one_line, known[:_MOST_LISTED])) or "none"
    return f"{shown} and {more} more" if more > 0 else shown


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the nearest of the known names, "" when none is near."""
    from difflib import get_close_matches  # needed for wrong files alone

    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {show(near[0])}?" if near else ""


def _one_line(text: str) -> str:
    return text if text.isprintable() else repr(text)[1:-1]


def _quantity(value: object) -> str:
    if isinstance(value, str):
        return value
    bare = number(value)
    return "" if bare is None else str(bare)
