"""The schemas that a config file is held against: ours with the chart's values, and old files'.

`schemas/qhub-config.schema.json` is the one source of what the file may hold; what
`prefect.overrides` takes of the chart comes from the chart's own `values.schema.json`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from qhub.bundle import folder

__all__ = ["OWNED", "Node", "config", "legacy", "published", "published_text", "resolve"]

Node = dict[str, Any]

OWNED = {
    "agentName": "name the agent with `name` in `prefect.agents`",
    "api": "set `prefect.api`",
    "generation": "set `prefect.version`",
    "global": "remove it: the chart reads no global values",
    "image": "set `prefect.image`, or `image` of the agent",
    "jobImage": "set `default_images.flow`",
    "labels": "set `prefect_agent.prefectLabels`, or `queues` of the agent",
    "project": "set `project_name`",
    "published": "remove it: QHub publishes the profiles of the file",
    "queues": "set `queues` of the agent, or `prefect_agent.prefectLabels`",
    "secrets": "name them in `secrets`, and in `secrets` of the agent",
    "token": "set `token` of the agent, or `prefect.api.token`",
}
"""Values of the chart that QHub sets itself, and what sets them in the file."""

_CHART_DEFINITION = "chart_"
_DOLLAR = re.compile(r"(?<!\\)\$")


@cache
def published() -> Node:
    """Return the schema as editors and the reference page want it: whole, in one piece."""
    schema = _load("qhub-config.schema.json")
    chart = json.loads((folder("helm") / "prefect-agent" / "values.schema.json").read_text("utf-8"))
    _move_definitions(chart)
    overrides = schema["$defs"]["overrides"]["properties"]
    for name, value in chart["properties"].items():
        if name not in OWNED:
            overrides[name] = {**value, **overrides.get(name, {})}
    for name, definition in chart.get("definitions", {}).items():
        schema["$defs"][_CHART_DEFINITION + name] = definition
    return schema


def published_text() -> str:
    """Return the published schema as the JSON file that editors read."""
    return json.dumps(published(), indent=2, ensure_ascii=False) + "\n"


@cache
def config() -> Node:
    """Return the published schema for Python's validators."""
    schema: Node = json.loads(json.dumps(published()))
    _end_patterns(schema)
    return schema


@cache
def legacy() -> Node:
    """Return the schema of the keys that only QHub 0.3, 0.4 and Nebari handle."""
    schema = _load("legacy.schema.json")
    _end_patterns(schema)
    return schema


def resolve(schema: Node, node: Node) -> Node:
    """Return what a `$ref` of ours (`#/$defs/name`) points to, else the node itself."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


def _load(name: str) -> Node:
    schema: Node = json.loads((folder("schemas") / name).read_text("utf-8"))
    return schema


def _move_definitions(node: Any) -> None:
    """Point the chart's `#/definitions/x` at `#/$defs/chart_x`, in place."""
    for inner in _children(node):
        _move_definitions(inner)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node["$ref"] = node["$ref"].replace("#/definitions/", f"#/$defs/{_CHART_DEFINITION}")


def _end_patterns(node: Any) -> None:
    """Let `$` in patterns mean the very end, as JSON Schema does and Python does not, in place."""
    for inner in _children(node):
        _end_patterns(inner)
    if isinstance(node, dict) and isinstance(node.get("pattern"), str):
        node["pattern"] = _DOLLAR.sub(r"\\Z", node["pattern"])


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
