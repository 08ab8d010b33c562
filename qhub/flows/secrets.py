"""Secrets of a run: files of the secrets volume, else variables of the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.flows.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Secret", "secret", "secret_file"]

_VOLUME = "/etc/qhub/secrets"
_OLD = "PREFECT__CONTEXT__SECRETS__"
"""Prefect 0.x and 1.x read the secret X from the variable of this name and X."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def secret(name: str) -> str:
    """Return the secret `name` as text.

    A file of the secrets volume (QHUB_SECRETS_DIR, else /etc/qhub/secrets) comes first, then the
    environment variable; then, at both places, PREFECT__CONTEXT__SECRETS__<name>.
    """
    for wanted in _names(name):
        if (path := _volume() / wanted).is_file():
            return _text(path)
        if (value := os.environ.get(wanted)) is not None:
            return value
    raise _missing(name)


def secret_file(name: str) -> Path:
    """Return the path of a secret's file: for keys that a library wants as a file, or bytes."""
    for wanted in _names(name):
        if (path := _volume() / wanted).is_file():
            return path
    raise _missing(name)


class Secret:
    """Prefect 1's way to write it: `Secret("X").get()`; JSON becomes what it describes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def get(self) -> Any:
        """Return the value: parsed if it is JSON, else as text."""
        import json

        text = secret(self.name)
        try:
            return json.loads(text)
        except ValueError:
            return text


def _names(name: str) -> tuple[str, ...]:
    """Return the names to look for; one that leaves the volume is refused."""
    if not _NAME.fullmatch(name):
        raise SecretError(
            f"'{name}' cannot be the name of a secret",
            hint="a name has letters, digits, '_', '-' and '.', and does not begin with '.'",
        )
    return (name,) if name.startswith(_OLD) else (name, _OLD + name)


def _volume(environ: Mapping[str, str] = os.environ) -> Path:
    return Path(environ.get("QHUB_SECRETS_DIR") or _VOLUME)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        # the cause would hold the bytes
        raise SecretError(
            f"the secret '{path.name}' is not text",
            hint=f"read its bytes: secret_file('{path.name}').read_bytes()",
        ) from None
    except OSError as error:
        raise SecretError(f"the secret '{path.name}' cannot be read: {error.strerror}") from error


def _missing(name: str) -> SecretError:
    from qhub.flows.errors import nearest

    there = sorted(_there())
    listed = f"the secrets here are {', '.join(there)}" if there else f"{_volume()} holds none"
    near = nearest(name, there)
    return SecretError(
        f"there is no secret '{name}'",
        hint=f"did you mean '{near}'? {listed}" if near else listed,
    )


def _there() -> Iterator[str]:
    """Yield the names of the volume; a projected one has dot-folders of Kubernetes beside them."""
    volume = _volume()
    if volume.is_dir():
        yield from (path.name for path in volume.iterdir() if _NAME.fullmatch(path.name))
