"""What Prefect's own variables say of a platform, for `qhub.flows` on any machine.

Prefect's API is enough to register and run flows: `qhub_platform` names pools, gateway and the
storage of code, each `qhub_profile_…` and `qhub_dask_profile_…` is one size, complete.
"""

from __future__ import annotations

import json
import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from qhub.config.formats import cpu_millis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.platform.model import Placement, Platform, Profile

__all__ = ["LONGEST", "VERSION", "pools", "profile_value", "too_long", "variables"]

VERSION = 1
"""Of the form of every value; a reader that knows it reads the rest."""
LONGEST = 5000
"""Characters that Prefect takes of a variable's value as JSON."""

_PREFIXES = {"flow_run": "qhub_profile_", "dask_worker": "qhub_dask_profile_"}
# Prefect takes names of 255 characters.
_LONGEST_SLUG = 200


def variables(
    platform: Platform, *, gateway: Mapping[str, str] | None, storage: str | None
) -> dict[str, dict[str, Any]]:
    """Return the variables by name.

    `gateway` holds `address` and `proxy_address`, None without Dask Gateway; `storage` is the URL
    under which archives of flow code lie.
    """
    found: dict[str, dict[str, Any]] = {
        "qhub_platform": {
            "version": VERSION,
            "project": platform.project,
            "namespace": platform.namespace,
            "provider": platform.provider,
            "pools": pools(platform),
            "gateway": None if gateway is None else dict(gateway),
            "storage": storage,
        }
    }
    for profile in platform.profiles:
        name = _free(_PREFIXES[profile.kind], profile.name, taken=found)
        found[name] = profile_value(profile)
    return found


def pools(platform: Platform) -> list[str]:
    """Return the names of the work pools; first the one for flows that name none."""
    names = [agent.name for agent in platform.agents]
    return sorted(names, key=lambda name: (name != platform.first_agent, name))


def profile_value(profile: Profile) -> dict[str, Any]:
    """Return one size as it is published."""
    value: dict[str, Any] = {
        "version": VERSION,
        "name": profile.name,
        "kind": profile.kind,
        "default": profile.default,
    }
    if profile.kind == "flow_run":
        return value | {"job_variables": _job_variables(profile)}
    return value | {
        "cores": _cores(profile.cpu_request),
        "cores_limit": _cores(profile.cpu_limit),
        "memory": profile.memory_request,
        "memory_limit": profile.memory_limit,
        "threads": profile.threads,
    }


def too_long(published: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """Yield the variables that Prefect would refuse, with their length in characters."""
    for name, value in published.items():
        length = len(json.dumps(value))
        if length > LONGEST:
            yield name, length


def _job_variables(profile: Profile) -> dict[str, Any]:
    """Return what a deployment of this size says, in the words of our base job template."""
    return {
        "cpu_request": profile.cpu_request,
        "cpu_limit": profile.cpu_limit,
        "memory_request": profile.memory_request,
        "memory_limit": profile.memory_limit,
        **_placement(profile.placement),
    }


def _placement(placement: Placement) -> dict[str, Any]:
    tolerations = [
        {"key": toleration.key, "operator": "Exists", "effect": toleration.effect}
        for toleration in placement.tolerations
    ]
    said = {
        "gpu_limit": placement.gpus,
        "node_selector": dict(placement.node_selector),
        "tolerations": tolerations,
    }
    return {name: value for name, value in said.items() if value}


def _cores(quantity: str) -> int | float:
    millis = cpu_millis(quantity)
    return millis // 1000 if millis % 1000 == 0 else millis / 1000


def _free(prefix: str, name: str, *, taken: Mapping[str, Any]) -> str:
    slug = re.sub(r"[^a-z0-9]", "_", name.lower())[:_LONGEST_SLUG]
    numbered = (f"{prefix}{slug}_{number}" for number in count(2))
    return next(free for free in chain((prefix + slug,), numbered) if free not in taken)
