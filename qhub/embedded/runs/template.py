"""The base job template of an agent's work pool: which job variables a deployment may set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["base_job_template"]

_NULL = {"type": "null"}
_TEXT: dict[str, Any] = {"anyOf": [{"type": "string"}, _NULL]}
_SECONDS: dict[str, Any] = {"anyOf": [{"type": "integer"}, _NULL]}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
_OBJECTS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}

_KUBERNETES_ALONE: dict[str, dict[str, Any]] = {
    "affinity": {"title": "Affinity", "type": "object"},
    "annotations": {"title": "Annotations", **_TEXTS},
    "backoff_limit": {"title": "Backoff limit", "type": "integer", "minimum": 0},
    "cluster_config": {"title": "Cluster config", "anyOf": [{"type": "object"}, _NULL]},
    "cpu_request": {"title": "CPU request", **_TEXT},
    "finished_job_ttl": {"title": "Finished job TTL", **_SECONDS},
    "gpu_limit": {"title": "GPU limit", "anyOf": [{"type": "integer", "minimum": 1}, _NULL]},
    "image": {"title": "Image", **_TEXT},
    "image_pull_policy": {
        "title": "Image pull policy",
        "type": "string",
        "enum": ["IfNotPresent", "Always", "Never"],
    },
    "image_pull_secrets": {"title": "Image pull secrets", **_OBJECTS},
    "job_watch_timeout_seconds": {"title": "Job watch timeout seconds", **_SECONDS},
    "memory_request": {"title": "Memory request", **_TEXT},
    "namespace": {"title": "Namespace", "type": "string"},
    "node_selector": {"title": "Node selector", **_TEXTS},
    "pod_watch_timeout_seconds": {"title": "Pod watch timeout seconds", "type": "integer"},
    "priority_class_name": {"title": "Priority class name", **_TEXT},
    "service_account_name": {"title": "Service account name", **_TEXT},
    "tolerations": {"title": "Tolerations", **_OBJECTS},
}
WITHOUT_EFFECT: dict[str, dict[str, Any]] = {
    name: {**schema, "description": "For Kubernetes alone: no effect on this machine."}
    for name, schema in _KUBERNETES_ALONE.items()
}
"""Taken so that one deployment fits Kubernetes, too; they change nothing on this machine."""

VARIABLES: dict[str, dict[str, Any]] = {
    "command": {
        "title": "Command",
        "description": "Starts the run by a command of your own, without limits; usually unset.",
        **_TEXT,
    },
    "env": {
        "type": "object",
        "title": "Environment variables",
        "description": "Environment variables of the run, beside those of the agent; no secrets.",
        "additionalProperties": _TEXT,
        "default": {},
    },
    "labels": {"title": "Labels", **_TEXTS, "default": {}},
    "name": {"title": "Name", **_TEXT},
    "working_dir": {
        "type": "string",
        "title": "Working directory",
        "description": "Folder that the run starts in; unset, it gets one that is removed after.",
    },
    "stream_output": {
        "type": "boolean",
        "title": "Stream output",
        "description": "Only with a command; other runs always write to a log file of their own.",
        "default": True,
    },
    "cpu_limit": {
        "title": "CPU limit",
        "description": "How much CPU the run may use, such as 500m or 2; rounded up to whole CPUs.",
        **_TEXT,
    },
    "memory_limit": {
        "title": "Memory limit",
        "description": "How much memory the run may take, such as 512Mi or 2G; Linux only.",
        **_TEXT,
    },
    "retries_on_crash": {
        "type": "integer",
        "title": "Retries on crash",
        "description": "How often a run whose process died is started again.",
        "minimum": 0,
        "default": 0,
    },
}

CONFIGURED = tuple(VARIABLES)


def base_job_template(job_variables: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the template of a pool of type `process`, `job_variables` being its defaults.

    Variables that are None keep no default. Raises KeyError for one that the template lacks.
    """
    properties = {name: dict(schema) for name, schema in {**VARIABLES, **WITHOUT_EFFECT}.items()}
    for name, value in job_variables.items():
        if value is not None:
            properties[name]["default"] = value
    return {
        "job_configuration": {name: f"{{{{ {name} }}}}" for name in CONFIGURED},
        "variables": {"type": "object", "properties": properties},
    }
