"""The values of secrets, from where the config file says, and the files of each agent's volume.

Values are read before anything is written, all of them, so that one message names everything
that is missing. They go to files for their owner alone, and nowhere else. A value whose variable
is not set is kept where the last deploy had it from the same variable.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile
from qhub.config.problem import dotted
from qhub.config.secret_sources import terraform_variable
from qhub.embedded.errors import MissingSecretsError
from qhub.embedded.files import read_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config import Document
    from qhub.config.model import Secret
    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["Collected", "collect", "left_over", "sources", "volumes"]

Values = dict[str, dict[str, bytes]]
"""Agent → name of a secret → its exact bytes."""

Kept = tuple[tuple[str, str], ...]
"""Agents, and the names of secrets of theirs."""

_MOST_BYTES = 120 * 1024
_MOST_BYTES_OF_AGENT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Collected:
    """The values of all agents' secrets; those that are kept were in their volumes already."""

    values: Values = field(repr=False)
    kept: Kept
    notes: tuple[str, ...]

    def of(self, layout: Layout) -> Values:
        """Return the values; those that are kept as they are now, under the platform's lock."""
        values = {agent: dict(secrets) for agent, secrets in self.values.items()}
        for agent, name in self.kept:
            values[agent][name] = read_or_none(layout.secrets(agent) / name) or values[agent][name]
        return values


def collect(
    platform: Platform,
    document: Document,
    layout: Layout,
    environ: Mapping[str, str] = os.environ,
) -> Collected:
    """Return the values of all agents' secrets.

    Raises `MissingSecretsError` that names every one which is missing, empty or too large.
    """
    reading = _Reading(document, environ, layout, _last_sources(layout))
    values: Values = {}
    for agent in platform.agents:
        found = {secret.name: reading.value(agent.name, secret) for secret in agent.secrets}
        values[agent.name] = {name: value for name, value in found.items() if value is not None}
        size = sum(map(len, values[agent.name].values()))
        if size > _MOST_BYTES_OF_AGENT:
            reading.wrong[f"the secrets of agent {agent.name}"] = (
                f"{size} bytes together; {_MOST_BYTES_OF_AGENT} at most"
            )
    if reading.wrong:
        lines = (f"{what}: {why}" for what, why in reading.wrong.items())
        raise MissingSecretsError(
            "\n  ".join(["values of secrets cannot be had, and nothing was changed:", *lines]),
            hint="set them where they come from, and deploy again",
        )
    return Collected(values, tuple(reading.kept), tuple(dict.fromkeys(reading.notes)))


def sources(layout: Layout, platform: Platform) -> dict[Path, bytes]:
    """Return the file that says where the values in the volumes came from; no value is in it."""
    found = {
        agent.name: {secret.name: _where(secret) for secret in agent.secrets}
        for agent in platform.agents
    }
    return {_sources(layout): json.dumps(found, indent=2, sort_keys=True).encode() + b"\n"}


def volumes(layout: Layout, values: Values) -> dict[Path, bytes]:
    """Return the files of all volumes."""
    return {
        layout.secrets(agent) / name: value
        for agent, secrets in values.items()
        for name, value in secrets.items()
    }


def left_over(layout: Layout, values: Values) -> Iterator[Path]:
    """Yield the files of volumes that are secrets no longer."""
    wanted = volumes(layout, values)
    root = layout.root / "secrets"
    if root.is_dir():
        yield from (path for path in sorted(root.glob("*/*")) if path not in wanted)


@dataclass(slots=True)
class _Reading:
    """Reads values, and notes what is wrong by the secret's name and source."""

    document: Document
    environ: Mapping[str, str]
    layout: Layout
    last: Mapping[str, Mapping[str, str]]
    wrong: dict[str, str] = field(default_factory=dict)
    kept: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def value(self, agent: str, secret: Secret) -> bytes | None:
        """Return the bytes of a secret, or None where it has none; then it is noted."""
        if (kept := self._kept(agent, secret)) is not None:
            return kept
        try:
            value = self._bytes(secret)
            why = _wrong(value)
        except OSError as error:
            value, why = b"", str(error.strerror or error)
        if why:
            self.wrong[f"{secret.name} ({_where(secret)})"] = why
            return None
        return value

    def _kept(self, agent: str, secret: Secret) -> bytes | None:
        """Return the value in the agent's volume where its variable, the same, is not set."""
        if not isinstance(secret.source, FromEnv):
            return None
        if any(name in self.environ for name in _variables(secret, secret.source.name)):
            return None  # an empty one was meant to be set
        same = self.last.get(agent, {}).get(secret.name) == _where(secret)
        value = read_or_none(self.layout.secrets(agent) / secret.name) if same else None
        if not value:
            return None
        self.kept.append((agent, secret.name))
        self.notes.append(
            f"{secret.name}: its value is kept; its variable {secret.source.name} is not set"
        )
        return value

    def _bytes(self, secret: Secret) -> bytes:
        match secret.source:
            case FromEnv(name):
                found = (self.environ.get(variable) for variable in _variables(secret, name))
                return os.fsencode(next(filter(None, found), ""))
            case FromFile(path):
                return self._file(path)
            case LiteralInFile(path):
                return _at(self.document.data, path).encode("utf-8", "surrogatepass")
            case ExistingSecret():
                return b""  # the check of the config refuses it for this provider
            case _:
                assert_never(secret.source)

    def _file(self, path: str) -> bytes:
        """Read a file that lies beside the config file; standard input lies where we are."""
        folder = Path(self.document.file).parent
        with (folder / Path(path).expanduser()).open("rb") as file:
            return file.read(_MOST_BYTES_OF_AGENT + 1)


def _last_sources(layout: Layout) -> dict[str, dict[str, str]]:
    """Return agent → secret → where the last deploy had its value from."""
    with suppress(OSError, ValueError):
        found = json.loads(_sources(layout).read_bytes())
        if isinstance(found, dict) and all(isinstance(names, dict) for names in found.values()):
            return found
    return {}


def _sources(layout: Layout) -> Path:
    return layout.root / "secret-sources.json"


def _variables(secret: Secret, name: str) -> tuple[str, str]:
    """Return the variables that may hold a value: one that is set for Terraform is found, too."""
    return name, f"TF_VAR_{terraform_variable(secret.name, name)}"


def _at(data: Any, path: tuple[str | int, ...]) -> str:
    for step in path:
        data = data[step]
    return str(data)


def _where(secret: Secret) -> str:
    match secret.source:
        case FromEnv(name):
            return f"environment variable {name}"
        case FromFile(path):
            return f"file {path}"
        case LiteralInFile(path):
            return f"config file, at {dotted(path)}"
        case ExistingSecret(name, key):
            return f"Secret {name}, key {key}"
        case _:
            assert_never(secret.source)


def _wrong(value: bytes) -> str:
    """Return what is wrong with a value, never the value; empty when nothing is."""
    if not value:
        return "not set, or empty"
    return f"{len(value)} bytes; {_MOST_BYTES} at most" if len(value) > _MOST_BYTES else ""
