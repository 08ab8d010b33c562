"""The values with which the chart of the agents comes."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from qhub.bundle import folder

__all__ = ["chart_defaults"]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def chart_defaults() -> dict[str, Any]:
    """Return `values.yaml` of the chart; whoever changes a value, does it in a copy."""
    text = (folder("helm") / "prefect-agent" / "values.yaml").read_bytes()
    values: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 a safe one
    return values
