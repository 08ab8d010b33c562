"""`describe_profiles()`: the sizes that flow runs and Dask workers can have."""

from __future__ import annotations

from qhub.flows.connection import connect
from qhub.flows.platform import Profile, read

__all__ = ["Profiles", "describe_profiles"]

_SIZES = ("cpu_request", "cpu_limit", "memory_request", "memory_limit")


class Profiles(tuple[Profile, ...]):
    """Profiles that a notebook shows as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        rows = [("profile", "for", "cpu", "memory", "more"), *(_row(profile) for profile in self)]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)


def describe_profiles() -> Profiles:
    """Return all profiles of the platform, those of flow runs first."""
    with connect() as client:
        profiles = read(client).profiles
    return Profiles(sorted(profiles, key=lambda p: (p.kind != "flow_run", p.name)))


def _row(profile: Profile) -> tuple[str, str, str, str, str]:
    name = profile.name + (" (default)" if profile.default else "")
    if profile.kind == "dask_worker":
        threads = "" if profile.threads is None else f"{profile.threads} threads"
        cpu = _range(profile.cores, profile.cores_limit)
        return name, "Dask workers", cpu, _range(profile.memory, profile.memory_limit), threads
    values = profile.job_variables
    cpu = _range(values.get("cpu_request"), values.get("cpu_limit"))
    memory = _range(values.get("memory_request"), values.get("memory_limit"))
    more = ", ".join(f"{k}={v}" for k, v in sorted(values.items()) if k not in _SIZES and v)
    return name, "flow runs", cpu, memory, more


def _range(request: object, limit: object) -> str:
    """Return "1 to 2", or the one value where there is one."""
    shown = [_number(value) for value in (request, limit) if value is not None]
    return " to ".join(dict.fromkeys(shown)) or "-"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
