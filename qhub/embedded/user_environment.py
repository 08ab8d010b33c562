"""What an agent's own settings put into the environment of its flows and their Dask clusters."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["is_reserved", "user_environment"]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = ("PREFECT_API_", "QHUB_", "DASK_GATEWAY_")


def user_environment(layout: Layout, agent: str) -> dict[str, str]:
    """Return the agent's env_vars, then each secret of its volume that a variable can hold.

    A secret whose name is no variable's, or whose bytes are no text, is a file only. What the
    platform itself sets (PREFECT_API_…, QHUB_…, DASK_GATEWAY_…) is in neither.
    """
    settings = json.loads((layout.config / "agents" / f"{agent}.json").read_text("utf-8"))
    found: Mapping[str, str] = {**settings["env_vars"], **_secrets(layout.secrets(agent))}
    return {name: value for name, value in found.items() if not is_reserved(name)}


def is_reserved(name: str) -> bool:
    """Tell whether a variable is the platform's own."""
    return name.startswith(_RESERVED)


def _secrets(volume: Path) -> dict[str, str]:
    files = sorted(volume.iterdir()) if volume.is_dir() else []
    texts = {path.name: _text(path) for path in files if _VARIABLE.fullmatch(path.name)}
    return {name: text for name, text in texts.items() if text is not None}


def _text(path: Path) -> str | None:
    """Return the content of a file, None where it can be no variable's value."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
