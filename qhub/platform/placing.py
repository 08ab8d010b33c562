"""Which nodes a pod runs on: what pools and profiles say, and over it what overrides say.

Overrides say it in the words of our agent chart: `nodeSelector`, `tolerations` and `gpus`, of the
agent's own pods at the top, of its jobs under `job`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qhub.platform.merge import merged
from qhub.platform.node_pools import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qhub.platform.model import Placement, Profile

__all__ = ["all_tolerations", "combined", "job_placement", "placed"]

_READ = ("nodeSelector", "gpus")


def job_placement(
    common: Mapping[str, Any],
    own: Mapping[str, Any],
    *,
    default: Profile | None,
    named: Profile | None,
) -> Placement:
    """Return where an agent's jobs run; `common` and `own` are settings as in our agent chart.

    From weak to strong: the default profile, the settings of all agents, the profile that the
    agent names, its own settings. The nodes that a named profile chooses are chosen as a whole.
    """
    weak = placed(default.placement if default and not named else ANYWHERE, _job(common))
    if named is not None:
        selector = named.placement.node_selector or weak.node_selector
        weak = replace(named.placement, node_selector=selector)
    return placed(weak, _job(own))


def placed(base: Placement, *overrides: Mapping[str, Any]) -> Placement:
    """Return `base` with the node selectors and GPUs that overrides say, from weak to strong."""
    selector, gpus = dict(base.node_selector), base.gpus
    for said in overrides:
        selector |= said.get("nodeSelector") or {}
        gpus = gpus if said.get("gpus") is None else int(said["gpus"])
    return replace(base, node_selector=selector, gpus=gpus)


def combined(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of all agents and an agent's own as one, without what `placed` reads.

    Mappings merge key by key and lists are replaced, but tolerations, which are added.
    """
    result = _level(common, own)
    job = _level(_job(common), _job(own))
    return {key: value for key, value in result.items() if key != "job"} | (
        {"job": job} if job else {}
    )


def all_tolerations(*lists: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the tolerations of all lists in order, each once."""
    result: list[dict[str, Any]] = []
    for toleration in (dict(each) for tolerations in lists for each in tolerations):
        if toleration not in result:
            result.append(toleration)
    return result


def _level(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    result = {key: value for key, value in merged(common, own).items() if key not in _READ}
    tolerations = all_tolerations(*(said.get("tolerations") or () for said in (common, own)))
    return result | ({"tolerations": tolerations} if tolerations else {})


def _job(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    job: Mapping[str, Any] = settings.get("job") or {}
    return job
