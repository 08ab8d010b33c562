"""The passwords of a platform: made once by this machine, kept in files of their own."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from qhub.embedded.errors import MissingPasswordError
from qhub.embedded.files import read_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["USER", "missing", "value"]

USER = "qhub"
"""Who logs in to the page, and to Prefect's API."""
_BYTES = 24
_KEY_BYTES = 32


def missing(layout: Layout) -> dict[Path, bytes]:
    """Return the files of passwords that are not there yet, with new ones.

    `api` is `user:password`, as Prefect wants it; `gateway_keys` is what Dask Gateway encrypts
    its database with (base64 of 32 bytes).
    """
    made: Mapping[str, bytes] = {
        "api": f"{USER}:{secrets.token_urlsafe(_BYTES)}".encode(),
        "gateway": secrets.token_urlsafe(_BYTES).encode(),
        "gateway_keys": base64.b64encode(secrets.token_bytes(_KEY_BYTES)),
    }
    files = {layout.password(name): value for name, value in made.items()}
    return {path: value for path, value in files.items() if not read_or_none(path)}


def value(layout: Layout, name: str) -> str:
    """Return the password of a deployed platform; raises `MissingPasswordError`."""
    path = layout.password(name)
    content = read_or_none(path)
    if not content:
        raise MissingPasswordError(
            f"its password is missing: {path}",
            hint="`qhub deploy` makes a new one, and restarts what uses it",
        )
    return content.decode().strip()
