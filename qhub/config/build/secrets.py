"""Where a secret's value comes from; of a literal one only its place in the file is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile, Secret
from qhub.config.secret_sources import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config.model import SecretSource
    from qhub.config.problem import Path

__all__ = ["build_secrets"]


def build_secrets(entries: Mapping[str, Any], *, path: Path) -> tuple[Secret, ...]:
    """Return the secrets of a mapping of names to sources that lies at `path` in the file."""
    return tuple(
        Secret(name=name, source=_source(value, (*path, name))) for name, value in entries.items()
    )


def _source(value: Any, path: Path) -> SecretSource:
    match value:
        case {"from_env": str(name)}:
            return FromEnv(name)
        case {"from_file": str(file)}:
            return FromFile(file)
        case {"existing_secret": str(secret_name), "key": str(key)}:
            return ExistingSecret(secret_name, key)
        case str() if is_placeholder(value):
            return FromEnv(value)
        case _:
            return LiteralInFile(path)
