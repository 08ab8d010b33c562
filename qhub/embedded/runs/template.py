"""The base job template of an agent's work pool: which job variables a deployment may set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["base_job_template"]

# Taken so that one deployment fits Kubernetes, too; they change nothing on this machine.
WITHOUT_EFFECT: dict[str, dict[str, Any]] = {
    "cpu_request": {"type": "string", "title": "CPU request"},
    "memory_request": {"type": "string", "title": "Memory request"},
    "gpus": {"type": "integer", "title": "GPUs", "minimum": 0},
    "image": {"type": "string", "title": "Image"},
    "image_pull_policy": {"type": "string", "title": "Image pull policy"},
    "image_pull_secrets": {
        "type": "array",
        "title": "Image pull secrets",
        "items": {"type": "string"},
    },
    "node_selector": {
        "type": "object",
        "title": "Node selector",
        "additionalProperties": {"type": "string"},
    },
    "tolerations": {"type": "array", "title": "Tolerations", "items": {"type": "object"}},
}

VARIABLES: dict[str, dict[str, Any]] = {
    "command": {
        "type": "string",
        "title": "Command",
        "description": "Starts the run by a command of your own, without limits; usually unset.",
    },
    "env": {
        "type": "object",
        "title": "Environment variables",
        "description": "Environment variables of the run, beside those of the agent; no secrets.",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "default": {},
    },
    "labels": {
        "type": "object",
        "title": "Labels",
        "additionalProperties": {"type": "string"},
        "default": {},
    },
    "name": {"type": "string", "title": "Name"},
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
        "type": "string",
        "title": "CPU limit",
        "description": "How much CPU the run may use, such as 500m or 2; rounded up to whole CPUs.",
    },
    "memory_limit": {
        "type": "string",
        "title": "Memory limit",
        "description": "How much memory the run may take, such as 512Mi or 2G; Linux only.",
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
