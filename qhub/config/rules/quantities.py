"""CPU and memory: requests up to limits, in every spelling, and amounts that make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.formats.quantities import explain_cpu, explain_memory
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    cpu,
    entries,
    layers,
    mapping,
    memory,
    number,
    overrides,
    setting,
    show,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "agent_requests_are_within_limits",
    "job_requests_are_within_limits",
    "memory_is_in_bytes",
    "old_variables_are_quantities",
    "profiles_are_within_the_gateways_limits",
    "profiles_are_within_their_limits",
]

_Amount = tuple["Path", object]

_RESOURCES: dict[str, Callable[[object], int | None]] = {"cpu": cpu, "memory": memory}
_PROFILE_PAIRS = {
    "flow_run": (("cpu", "cpu_limit", cpu), ("memory", "memory_limit", memory)),
    "dask_worker": (
        ("worker_cores", "worker_cores_limit", cpu),
        ("worker_memory", "worker_memory_limit", memory),
    ),
}
_SPELLINGS = {"request": ("requests", "request"), "limit": ("limits", "limit")}
_OLD_NAMES = {
    "JOB_CPU_REQUEST": ("request", "cpu"),
    "JOB_CPU_LIMIT": ("limit", "cpu"),
    "JOB_MEM_REQUEST": ("request", "memory"),
    "JOB_MEM_LIMIT": ("limit", "memory"),
}
# No container of ours starts with less; whoever writes 512 means 512Mi.
_LEAST_MEMORY = 2**20
_EXPLAIN = {"cpu": explain_cpu, "memory": explain_memory}
_GATEWAY_LIMITS = (("worker_cores_limit", "cores", cpu), ("worker_memory_limit", "memory", memory))
# The chart's, for the pods of the agents.
_AGENT_DEFAULTS = {
    ("requests", "cpu"): "100m",
    ("requests", "memory"): "256Mi",
    ("limits", "memory"): "512Mi",
}
_GATEWAY_DEFAULTS: dict[str, object] = {"cores": 80, "memory": "320Gi"}


def profiles_are_within_their_limits(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A profile asks for no more than it may use."""
    for kind, pairs in _PROFILE_PAIRS.items():
        for name, profile in entries(mapping(data.get("profiles")).get(kind)):
            for request, limit, amount in pairs:
                path: Path = ("profiles", kind, name)
                yield from _order(
                    ((*path, request), profile.get(request)),
                    ((*path, limit), profile.get(limit)),
                    amount,
                )


def job_requests_are_within_limits(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The jobs' requests and limits, also where an agent's are merged over those of all."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    common = _job_amounts(("prefect", "overrides"), mapping(prefect.get("overrides")))
    yield from _job_order(common)
    for agent in agents(data):
        block = mapping(agent.block.get("overrides")) if agent.written else {}
        own = _job_amounts((*agent.path, "overrides"), block)
        # An agent's profile stands between the overrides of all agents and its own.
        below = {} if text(agent.block.get("profile")) else common
        if own:
            known = {finding.path for finding in _job_order(below)}
            merged = _job_order({**below, **own})
            yield from (finding for finding in merged if finding.path not in known)


def agent_requests_are_within_limits(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The agents' own requests and limits, where one is left out against the chart's default."""
    told: set[Path] = set()
    for _, own_and_common in layers(data):
        for resource, amount in _RESOURCES.items():
            request, limit = (
                setting(own_and_common, "resources", kind, resource)
                for kind in ("requests", "limits")
            )
            for finding in _agent_order(resource, request, limit, amount):
                if finding.path not in told:
                    told.add(finding.path)
                    yield finding


def profiles_are_within_the_gateways_limits(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A Dask worker that is larger than what one cluster may use never starts."""
    gateway = mapping(data.get("dask_gateway"))
    if gateway.get("enabled") is not True:
        return
    limits = mapping(gateway.get("limits"))
    for name, profile in entries(mapping(data.get("profiles")).get("dask_worker")):
        for key, limit, amount in _GATEWAY_LIMITS:
            written, most = profile.get(key), limits.get(limit, _GATEWAY_DEFAULTS[limit])
            asked, allowed = amount(written), amount(most)
            if asked is not None and allowed is not None and asked > allowed:
                yield Finding(
                    ("profiles", "dask_worker", name, key),
                    f"{key} {show(written)} is more than one Dask cluster may use: {show(most)} "
                    f"(dask_gateway.limits.{limit}{'' if limit in limits else ', its default'})",
                    hint=f"raise dask_gateway.limits.{limit}, or make the worker smaller",
                )


def memory_is_in_bytes(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A bare number of memory is a number of bytes; a small one lacks its unit."""
    for path, value in _memories(data):
        amount = memory(value)
        wrong = isinstance(value, str) and explain_memory(value)
        if amount is not None and 0 < amount < _LEAST_MEMORY and not wrong:
            bare = number(value) is not None or (isinstance(value, str) and value.isdigit())
            yield Finding(
                path,
                f"{show(value)} is {amount} byte{'' if amount == 1 else 's'} of memory, "
                "with which nothing starts",
                hint=f"did you mean {value}Mi?" if bare else "add the unit, such as 512Mi or 2Gi",
            )


def old_variables_are_quantities(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The old agents' variables of the jobs' size mean the same in `envVars`, as they did there."""
    for path, block in overrides(data):
        for name, value in mapping(block.get("envVars")).items():
            what = _OLD_NAMES.get(name)
            if what and isinstance(value, str) and value:
                wanted = _EXPLAIN[what[1]](value)
                if wanted:
                    yield Finding(
                        (*path, "envVars", name),
                        f"{show(value)} is not {wanted}",
                        hint=f"{name} sets the {what[0]} of the jobs' {what[1]}",
                    )


def _order(
    request: _Amount, limit: _Amount, amount: Callable[[object], int | None]
) -> Iterator[Finding]:
    """Yield a finding when a request is more than its limit, at the request."""
    asked, allowed = amount(request[1]), amount(limit[1])
    if asked is not None and allowed is not None and asked > allowed:
        yield Finding(
            request[0],
            f"the request {show(request[1])} is more than the limit {show(limit[1])} "
            f"({dotted(limit[0])})",
            hint="raise the limit, or lower the request",
        )


def _agent_order(
    resource: str,
    request: _Amount | None,
    limit: _Amount | None,
    amount: Callable[[object], int | None],
) -> Iterator[Finding]:
    if request and limit:
        yield from _order(request, limit, amount)
        return
    written = request or limit
    default = _AGENT_DEFAULTS.get(("limits" if request else "requests", resource))
    if written is None or default is None:
        return
    more, less = (written[1], default) if request else (default, written[1])
    asked, allowed = amount(more), amount(less)
    if asked is None or allowed is None or asked <= allowed:
        return
    yield Finding(
        written[0],
        f"the request {show(more)} is more than the limit {show(less)} that holds by default"
        if request
        else f"the limit {show(less)} is less than the request {show(more)} that holds by default",
        hint="set the limit, too" if request else "set the request, too",
    )


def _job_order(amounts: Mapping[tuple[str, str], _Amount]) -> Iterator[Finding]:
    for resource, amount in _RESOURCES.items():
        request, limit = amounts.get(("request", resource)), amounts.get(("limit", resource))
        if request and limit:
            yield from _order(request, limit, amount)


def _job_amounts(path: Path, block: Mapping[str, Any]) -> dict[tuple[str, str], _Amount]:
    """Return what a block of overrides says of the jobs' resources; the documented form wins."""
    found: dict[tuple[str, str], _Amount] = {}
    agent = mapping(block.get("prefect_agent"))
    jobs: tuple[_Amount, ...] = (
        ((*path, "prefect_agent", "job"), agent.get("job")),
        ((*path, "job"), block.get("job")),
    )
    for below, job in jobs:
        resources = mapping(mapping(job).get("resources"))
        for kind, keys in _SPELLINGS.items():
            for key in keys:
                for resource in _RESOURCES:
                    value = mapping(resources.get(key)).get(resource)
                    if _says(value):
                        place = (*below, "resources", key, resource)
                        found.setdefault((kind, resource), (place, value))
    old_variables: tuple[tuple[Path, Mapping[str, Any]], ...] = (
        ((*path, "prefect_agent"), agent),
        (path, block),
        ((*path, "envVars"), mapping(block.get("envVars"))),
    )
    for below, old in old_variables:
        for name, what in _OLD_NAMES.items():
            if _says(old.get(name)):
                found.setdefault(what, ((*below, name), old[name]))
    return found


def _says(value: object) -> bool:
    """Return whether a value is written; QHub's old charts had empty texts for nothing."""
    return value is not None and value != ""


def _memories(data: Mapping[str, Any]) -> Iterator[_Amount]:
    """Yield every amount of memory in the file."""
    for kind, pairs in _PROFILE_PAIRS.items():
        for name, profile in entries(mapping(data.get("profiles")).get(kind)):
            for key in pairs[1][:2]:
                yield ("profiles", kind, name, key), profile.get(key)
    limits = mapping(mapping(data.get("dask_gateway")).get("limits"))
    yield ("dask_gateway", "limits", "memory"), limits.get("memory")
    prefect = active_prefect(data) or {}
    yield from _job_memories(("prefect", "overrides"), mapping(prefect.get("overrides")))
    for path, block in overrides(data):
        for kind in ("requests", "limits"):
            place, own = (*path, "resources", kind, "memory"), mapping(block.get("resources"))
            yield place, mapping(own.get(kind)).get("memory")
    for agent in agents(data):
        if agent.written:
            block = mapping(agent.block.get("overrides"))
            yield from _job_memories((*agent.path, "overrides"), block)


def _job_memories(path: Path, block: Mapping[str, Any]) -> Iterator[_Amount]:
    amounts = _job_amounts(path, block)
    return (amount for (_, resource), amount in amounts.items() if resource == "memory")
