"""Which values of a config file may be secrets, and how messages show the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qhub.config.problem import Path

__all__ = ["is_private", "shown"]

_SUSPECTS = ("password", "passwd", "token", "secret", "credential", "private", "apikey", "api_key")
_PUBLIC = ("secret_name", "existing_secret", "imagePullSecrets", "IMAGE_PULL_SECRETS")
_LONGEST = 60


def is_private(path: Path) -> bool:
    """Return whether the value at `path` may be a secret; then no message shows it."""
    if path[:1] == ("secrets",) or path[:2] == ("terraform_state", "config"):
        return True
    return any(
        suspect in part.lower()
        for part in path
        if isinstance(part, str) and part not in _PUBLIC
        for suspect in _SUSPECTS
    )


def shown(value: Any, path: Path) -> str:
    """Return a scalar for a message, in quotes when it is text; "this" where it may be secret."""
    if is_private(path) or _has_password(value):
        return "this"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…{text[0]}"


def _has_password(value: Any) -> bool:
    """Return whether a value looks like user:password@host, well written or not."""
    before, at, _ = value.rpartition("@") if isinstance(value, str) else ("", "", "")
    return bool(at) and ":" in before
