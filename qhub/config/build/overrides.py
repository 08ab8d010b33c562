"""`overrides` of the `prefect` block: QHub's documented form, its old variable names, the chart's.

Where two spellings of one setting are written, the documented one wins over the chart's own key,
and that one over the old variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.build.block import number_text
from qhub.config.build.secrets import build_secrets
from qhub.config.model import JobOverrides, Overrides
from qhub.config.secret_sources import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config.problem import Path

__all__ = ["build_overrides", "names"]

_OLD_LABELS = "PREFECT__CLOUD__AGENT__LABELS"
_OLD_NAMES = {
    "cpu_request": "JOB_CPU_REQUEST",
    "cpu_limit": "JOB_CPU_LIMIT",
    "memory_request": "JOB_MEM_REQUEST",
    "memory_limit": "JOB_MEM_LIMIT",
    "image_pull_secrets": "IMAGE_PULL_SECRETS",
    "image_pull_policy": "IMAGE_PULL_POLICY",
}
_JOB_KEYS = ("resources", "imagePullSecrets", "imagePullPolicy")
_OLD_VARIABLES = (_OLD_LABELS, *_OLD_NAMES.values())
_OWN_KEYS = ("prefect_agent", "envVars", "secretEnvVars", *_OLD_VARIABLES)


def build_overrides(data: Mapping[str, Any], *, path: Path) -> Overrides:
    """Return the overrides that lie at `path` in the file."""
    agent = data.get("prefect_agent") or {}
    env_vars = data.get("envVars") or {}
    # The old variables are settings wherever they stand; the chart refuses them as variables.
    variables = {k: v for k, v in env_vars.items() if k not in _OLD_VARIABLES}
    placeholders = {name: value for name, value in variables.items() if is_placeholder(value)}
    return Overrides(
        labels=names(
            _first(
                agent.get("prefectLabels"),
                *(block.get(_OLD_LABELS) for block in (agent, data, env_vars)),
            )
        ),
        job=_job(data, agent),
        env_vars={k: str(v) for k, v in variables.items() if k not in placeholders},
        secret_env_vars=(
            *build_secrets(placeholders, path=(*path, "envVars")),
            *build_secrets(data.get("secretEnvVars") or {}, path=(*path, "secretEnvVars")),
        ),
        chart_values=_chart_values(data),
    )


def names(value: Any) -> tuple[str, ...] | None:
    """Return names given as a list, as "a, b", or as the text of a list: "['a', 'b']"."""
    if value is None:
        return None
    if isinstance(value, str):
        value = value.strip(" \t\n[]()").split(",")
    stripped = (str(name).strip(" \t\n'\"") for name in value)
    return tuple(name for name in stripped if name)


def _job(data: Mapping[str, Any], agent: Mapping[str, Any]) -> JobOverrides:
    documented, own = agent.get("job") or {}, data.get("job") or {}
    env_vars = data.get("envVars") or {}  # where the old agents read their variables
    spoken = [_documented(documented), _documented(own), *map(_old, (agent, data, env_vars))]
    said = {name: _first(*(job[name] for job in spoken)) for name in _OLD_NAMES}
    return JobOverrides(
        cpu_request=number_text(said["cpu_request"]),
        cpu_limit=number_text(said["cpu_limit"]),
        memory_request=number_text(said["memory_request"]),
        memory_limit=number_text(said["memory_limit"]),
        image_pull_secrets=names(said["image_pull_secrets"]),
        image_pull_policy=said["image_pull_policy"],
    )


def _documented(job: Mapping[str, Any]) -> dict[str, Any]:
    resources = job.get("resources") or {}
    requests = [resources.get(key) or {} for key in ("requests", "request")]
    limits = [resources.get(key) or {} for key in ("limits", "limit")]
    return {
        "cpu_request": _first(*(block.get("cpu") for block in requests)),
        "cpu_limit": _first(*(block.get("cpu") for block in limits)),
        "memory_request": _first(*(block.get("memory") for block in requests)),
        "memory_limit": _first(*(block.get("memory") for block in limits)),
        "image_pull_secrets": job.get("imagePullSecrets"),
        "image_pull_policy": job.get("imagePullPolicy"),
    }


def _old(block: Mapping[str, Any]) -> dict[str, Any]:
    return {name: block.get(old) for name, old in _OLD_NAMES.items()}


def _first(*values: Any) -> Any:
    """Return the first value that says something; QHub's old variables are often empty texts."""
    return next((value for value in values if value is not None and value != ""), None)


def _chart_values(data: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in data.items() if key not in _OWN_KEYS}
    # In QHub 0.4 this was the name alone.
    if isinstance(values.get("serviceAccount"), str):
        values["serviceAccount"] = {"create": True, "name": values["serviceAccount"]}
    job = {
        key: value for key, value in (values.pop("job", None) or {}).items() if key not in _JOB_KEYS
    }
    return {**values, "job": job} if job else values
