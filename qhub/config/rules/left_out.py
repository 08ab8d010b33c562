"""Provider `embedded`: variables of agents that are left out, because the platform sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding
from qhub.config.rules.environment import names_are_free
from qhub.config.rules.reading import active_prefect, mapping, names, overrides, show
from qhub.config.rules.secrets import DEFAULT_TOKEN, token_paths
from qhub.reserved import PREFIXES, is_reserved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = ["left_out_variables_are_told"]


def left_out_variables_are_told(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A variable of an agent replaces none of the platform's.

    Of names that no provider takes, `names_are_free` tells.
    """
    if data.get("provider") != "embedded" or active_prefect(data) is None:
        return
    told = {finding.path for finding in names_are_free(data)}
    for path, name in _variables(data):
        if is_reserved(name) and path not in told:
            prefix = next(prefix for prefix in PREFIXES if name.startswith(prefix))
            yield Finding(
                path,
                f"{show(name)} becomes no environment variable: provider 'embedded' keeps the "
                f"names that begin with {prefix} for itself",
                hint="give it another name",
                severity="warning",
                at="key",
            )


def _variables(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    tokens = {token for _, token in token_paths(data)} | {DEFAULT_TOKEN}
    for name in names(mapping(data.get("secrets"))):
        if name not in tokens:
            yield ("secrets", name), name
    for path, block in overrides(data):
        for key in ("envVars", "secretEnvVars"):
            for name in names(block.get(key)):
                yield (*path, key, name), name
