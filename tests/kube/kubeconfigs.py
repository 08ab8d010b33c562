"""Kubeconfig files for tests, as clouds and kind write them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVER = "https://10.0.0.1:6443"


def write(
    path: Path,
    contexts: Mapping[str, Mapping[str, Any] | None],
    *,
    current: str | None = None,
    server: str = SERVER,
    **cluster: Any,
) -> Path:
    """Write a file with a context for each user (None: one without) and return its path."""
    users = [{"name": f"{name}-user", "user": user} for name, user in contexts.items() if user]
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": f"{path.name}-cluster", "cluster": {"server": server, **cluster}}],
        "users": users,
        "contexts": [
            {
                "name": name,
                "context": {"cluster": f"{path.name}-cluster"}
                | ({"user": f"{name}-user"} if user else {}),
            }
            for name, user in contexts.items()
        ],
    }
    if current is not None:
        document["current-context"] = current
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))  # JSON is YAML
    return path
