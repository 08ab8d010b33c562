"""What is deployed against what the config file renders now, and against what was made of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import yaml

from qhub.cluster.errors import ForbiddenError
from qhub.cluster.health import Problem
from qhub.config.formats.quantities import BadQuantityError, cpu_millis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.cluster.client import Cluster
    from qhub.cluster.releases import Release

__all__ = ["chart_mark", "from_config", "from_release", "is_edited"]

_CHART = "charts/prefect-agent/"
_REVISIONS = (
    ("token", "revision"),
    ("secrets", "revision"),
    ("podAnnotations", "qhub.dev/existing-secrets"),
)
"""Values that the stage adds by itself: they say nothing of the config."""
_SHOWN = 5
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def from_config(agent: str, release: Release, wanted: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield what a deploy of the stage's files would change of an agent's release.

    Of values only their names are told.
    """
    part = f"agent/{agent}"
    hint = "run `qhub deploy`, or undo the change"
    values = wanted.get(f"values/{agent}.yaml")
    if values is not None:
        given = _without_revisions(yaml.load(values, Loader=_LOADER) or {})  # noqa: S506 a safe one
        paths = tuple(_different(given, _without_revisions(release.values)))
        if paths:
            told = f"the config asks for something else than what is deployed ({_listed(paths)})"
            yield Problem(part, told, hint)
    mark = release.description.partition(",")[0]
    if mark.startswith("chart ") and mark != chart_mark(wanted):
        yield Problem(part, "its chart is of another version of QHub than this one", hint)


def chart_mark(wanted: Mapping[str, bytes]) -> str:
    """Return what the stage gives a release as its description: "chart 0f3e9a1cdeadbeef"."""
    files = sorted(path.removeprefix(_CHART) for path in wanted if path.startswith(_CHART))
    lines = [f"{path} {hashlib.sha256(wanted[_CHART + path]).hexdigest()}" for path in files]
    return f"chart {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"


def from_release(cluster: Cluster, agent: str, release: Release) -> Iterator[Problem]:
    """Yield what somebody changed by hand of what the release made; raises `ClusterError`.

    Terraform does not see this; a deploy looks for it itself, and lets Helm make it again.
    """
    made = [one for one in yaml.load_all(release.manifest, Loader=_LOADER) if one]
    hint = "run `qhub deploy`: it makes it again as the config has it"
    for one, paths in zip(
        made, cluster.several(lambda one: _live(cluster, one), made), strict=True
    ):
        subject = f"{one['kind'].lower()}/{one['metadata']['name']}"
        if paths is None:
            yield Problem(f"agent/{agent}", f"{subject} was deleted", hint)
        elif paths:
            told = f"{subject} was changed by hand ({_listed(paths)})"
            yield Problem(f"agent/{agent}", told, hint)


def is_edited(cluster: Cluster, agent: str, release: Release) -> bool:
    """Tell whether somebody changed what an agent's release made; raises `ClusterError`."""
    return next(from_release(cluster, agent, release), None) is not None


def _live(cluster: Cluster, made: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return where an object differs from what the release made; None where it is gone."""
    try:
        live = cluster.object(made["apiVersion"], made["kind"], made["metadata"]["name"])
    except ForbiddenError:
        return ()
    return None if live is None else tuple(_different(made, live, both=False))


def _different(wanted: Any, found: Any, path: str = "", *, both: bool = True) -> Iterator[str]:
    """Yield the paths at which two trees differ; with `both` also what is only in the second.

    What is empty is the same as what is not there: the API server drops it.
    """
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = [*wanted, *(key for key in found if both and key not in wanted)]
        for key in keys:
            inside = f"{path}.{key}" if path else str(key)
            yield from _different(wanted.get(key), found.get(key), inside, both=both)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _different(one, other, f"{path}[{number}]", both=both)
    elif _differ(wanted, found) and (wanted or both):
        yield path


def _differ(wanted: Any, found: Any) -> bool:
    return wanted != found and bool(wanted or found) and not _same_amount(wanted, found)


def _same_amount(wanted: Any, found: Any) -> bool:
    """Tell whether two texts are the same quantity: the API server writes "1000m" as "1"."""
    try:
        return cpu_millis(str(wanted)) == cpu_millis(str(found))
    except BadQuantityError:
        return False


def _without_revisions(values: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(values)
    for outer, inner in _REVISIONS:
        if isinstance(result.get(outer), dict):
            result[outer] = {key: one for key, one in result[outer].items() if key != inner}
    return result


def _listed(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
