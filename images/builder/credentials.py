"""Credentials of registries, read where Docker, Podman and Buildah keep them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from images.builder.errors import RegistryError
from images.builder.reference import HUB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from images.builder.reference import Reference

__all__ = ["Credentials", "find"]

_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", HUB)
_HELPER_SECONDS = 30
_TOKEN_USER = "<token>"  # noqa: S105 a helper says so when it gives a token for a token


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password; or an identity token, which a registry changes into others."""

    user: str
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The value of a header `Authorization`."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def find(reference: Reference, environ: Mapping[str, str]) -> Credentials | None:
    """Return what the first file says that knows the registry, or nothing."""
    keys = tuple(_keys(reference))
    for file in _files(environ):
        document = _read(file)
        for key in keys:
            if found := _of(document, key, file):
                return found
    return None


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or Path.home())
    if named := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime, "containers", "auth.json")
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "containers", "auth.json")
    yield Path(environ.get("DOCKER_CONFIG") or home / ".docker", "config.json")


def _keys(reference: Reference) -> Iterator[str]:
    """Yield what entries may be called, the most exact name first."""
    path = reference.name
    while "/" in path:
        yield path
        path = path.rpartition("/")[0]
    if reference.registry == HUB:
        yield from _HUB_KEYS
    else:
        yield reference.registry
        yield from (f"https://{reference.registry}{end}" for end in ("", "/"))


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise RegistryError(
            f"cannot read credentials from {file}: {error}", hint="log in again: docker login"
        ) from error
    return document if isinstance(document, dict) else {}


def _of(document: Mapping[str, Any], key: str, file: Path) -> Credentials | None:
    entry = (document.get("auths") or {}).get(key)
    helper = (document.get("credHelpers") or {}).get(key)
    if helper is None and entry is not None and not (set(entry) & {"auth", "identitytoken"}):
        helper = document.get("credsStore")
    if helper:
        return _ask(str(helper), key)
    if entry is None:
        return None
    try:
        user, _, password = base64.b64decode(entry.get("auth", "")).decode().partition(":")
    except ValueError as error:
        raise RegistryError(
            f"{file} holds no readable credentials of {key}", hint=f"docker login {key}"
        ) from error
    token = str(entry.get("identitytoken") or "")
    return Credentials(user, password, token) if user or token else None


def _ask(helper: str, key: str) -> Credentials | None:
    command = f"docker-credential-{helper}"
    try:
        done = subprocess.run(
            [command, "get"],
            input=key,
            capture_output=True,
            text=True,
            timeout=_HELPER_SECONDS,
            check=False,
            env={**os.environ},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RegistryError(f"{command} does not answer: {error}") from error
    if done.returncode:
        return None
    answer = json.loads(done.stdout)
    user, secret = str(answer.get("Username", "")), str(answer.get("Secret", ""))
    return Credentials("", "", secret) if user == _TOKEN_USER else Credentials(user, secret)
