"""What an agent's own settings put into the environment of its flows and their Dask clusters."""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING

from qhub.reserved import is_reserved

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["revision", "user_environment"]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def user_environment(layout: Layout, agent: str) -> dict[str, str]:
    """Return the agent's env_vars, then each secret of its volume that a variable can hold.

    A secret whose name is no variable's, or whose bytes are no text, is a file only. What the
    platform itself sets (PREFECT_API_…, QHUB_…, DASK_GATEWAY_…) is in neither.
    """
    found = {**_env_vars(layout, agent), **_secrets(layout.secrets(agent))}
    return {name: value for name, value in found.items() if not is_reserved(name)}


def revision(layout: Layout, agent: str) -> str:
    """Return a name for what the agent's environment is made of; another one after each change.

    The gateway stores it in clear, and not even a digest of a secret belongs there. So of secrets
    it tells when and where they were written, which a deploy does only when they differ; and what
    it tells of env_vars, only who knows the gateway's password can compare with a guess.
    """
    written = ((path.name, path.stat()) for path in _files(layout.secrets(agent)))
    secrets = [(name, found.st_mtime_ns, found.st_ino) for name, found in written]
    try:
        env_vars = _env_vars(layout, agent)
    except (ValueError, KeyError):  # a damaged file: the agent itself tells of it
        env_vars = {}
    told = json.dumps([env_vars, secrets], sort_keys=True).encode()
    password = layout.password("gateway")
    key = password.read_bytes() if password.is_file() else b""
    return hmac.new(key, told, "sha256").hexdigest()[:8]


def _env_vars(layout: Layout, agent: str) -> dict[str, str]:
    settings = json.loads((layout.config / "agents" / f"{agent}.json").read_text("utf-8"))
    return dict(settings["env_vars"])


def _secrets(volume: Path) -> dict[str, str]:
    named = [path for path in _files(volume) if _VARIABLE.fullmatch(path.name)]
    texts = {path.name: _text(path) for path in named}
    return {name: text for name, text in texts.items() if text is not None}


def _files(volume: Path) -> list[Path]:
    """Return the files of a volume, in order; it is not there where an agent has no secrets."""
    return sorted(path for path in volume.iterdir() if path.is_file()) if volume.is_dir() else []


def _text(path: Path) -> str | None:
    """Return the content of a file, None where it can be no variable's value."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
