"""Configs and examples, rendered: what the tests of rendering look into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from qhub.config import check, read
from qhub.platform import plan
from qhub.render import render, unsupported
from tests.platform.planned import SERVER, config

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = (REPOSITORY / "qhub-config.yaml", *sorted((REPOSITORY / "examples").glob("*.yaml")))
STAGE = "stages/03-kubernetes-services"
EMBEDDED = "stages/embedded"


def _provider(example: Path) -> object:
    return yaml.safe_load(example.read_text())["provider"]


EMBEDDED_EXAMPLES = tuple(example for example in EXAMPLES if _provider(example) == "embedded")
CLUSTER_EXAMPLES = tuple(example for example in EXAMPLES if example not in EMBEDDED_EXAMPLES)


def bundle(*, prefect: dict[str, Any] | None = None, **keys: Any) -> dict[str, bytes]:
    """Return the bundle of a short config; the API is a server of one's own unless said."""
    made = config(prefect={"enabled": True, "api": SERVER, **(prefect or {})}, **keys)
    return render(plan(made), config=made)


def example_bundle(example: Path) -> dict[str, bytes]:
    """Return the bundle of an example, which has neither errors nor warnings."""
    checked = check(read(example))
    assert checked.config is not None
    assert checked.problems == ()
    assert unsupported(checked.config) == ()
    return render(plan(checked.config), config=checked.config)


def json_of(files: dict[str, bytes], name: str, *, stage: str = STAGE) -> Any:
    """Return a JSON file of a stage."""
    return json.loads(files[f"{stage}/{name}"])


def values_of(files: dict[str, bytes], agent: str) -> Any:
    """Return the values of one agent."""
    return yaml.safe_load(files[f"{STAGE}/values/{agent}.yaml"])
