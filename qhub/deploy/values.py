"""The values of secrets, from where the config file says; they go to Terraform's environment.

All are read before anything is done, so that one message names everything that is missing. The
values are shown by nothing here: not in an error, not as the text of an object.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile
from qhub.deploy.errors import Trouble
from qhub.deploy.redact import Redactor
from qhub.render import secret_variables
from qhub.render.secrets_tf import where_from
from qhub.render.values import TOKEN_KEY, flow_secret, token_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config import Document
    from qhub.platform import Platform
    from qhub.render import SecretVariable

__all__ = ["Held", "Values", "collect", "held"]

_MOST_BYTES = 120 * 1024
_MOST_BYTES_OF_AGENT = 1024 * 1024
_PREFIX = "TF_VAR_"


@dataclass(frozen=True, slots=True)
class Values:
    """The values by the name of their variable of Terraform; `troubles` are those without one."""

    values: Mapping[str, str] = field(repr=False)
    troubles: tuple[Trouble, ...]
    wrong: Mapping[str, str]

    @property
    def redactor(self) -> Redactor:
        """What cuts the values out of texts."""
        return Redactor.of(self.values.values())


@dataclass(frozen=True, slots=True)
class Held:
    """A Secret that a stage makes: its name, its agent, and key → variable of Terraform."""

    name: str
    agent: str
    address: str
    keys: Mapping[str, str]

    def data(self, values: Mapping[str, str]) -> dict[str, bytes]:
        """Return what is to be in it; keys without a value are left out."""
        return {key: values[name].encode() for key, name in self.keys.items() if name in values}


def held(platform: Platform) -> tuple[Held, ...]:
    """Return the Secrets that the stages make, with where their values come from."""
    found: list[Held] = []
    variables = secret_variables(platform)
    for agent in platform.agents:
        if flow := flow_secret(agent):
            keys = {
                secret: variable.name
                for variable in variables
                for reader, secret in variable.readers
                if reader == agent.name
            }
            found.append(Held(flow, agent.name, _address("flow", agent.name), keys))
        if token := token_secret(agent):
            (variable,) = (v for v in variables if agent.name in v.tokens)
            keys = {TOKEN_KEY: variable.name}
            found.append(Held(token, agent.name, _address("token", agent.name), keys))
    return tuple(found)


def collect(
    platform: Platform, document: Document, environ: Mapping[str, str] = os.environ
) -> Values:
    """Return the value of every variable that carries a secret, and what is wrong with the others.

    Empty counts as missing. A value must be text that Terraform hands on unchanged.
    """
    values: dict[str, str] = {}
    wrong: dict[str, str] = {}
    troubles: list[Trouble] = []
    for variable in secret_variables(platform):
        value, why, hint = _value(variable, document, environ)
        if why:
            wrong[variable.name] = why
            troubles.append(
                Trouble(f"{_names(variable)} ({where_from(variable.source)})", why, hint)
            )
        else:
            values[variable.name] = value
    troubles.extend(_too_large_together(platform, values))
    return Values(values, tuple(troubles), wrong)


def _address(resource: str, agent: str) -> str:
    return f'kubernetes_secret_v1.{resource}["{agent}"]'


def _names(variable: SecretVariable) -> str:
    """Return the secrets of a variable in words: "S3_KEY", "the credential of agent gpu"."""
    names = dict.fromkeys(name for _agent, name in variable.readers)
    return ", ".join([*names, *(f"the credential of agent {agent}" for agent in variable.tokens)])


def _value(
    variable: SecretVariable, document: Document, environ: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return a value, or what is wrong with it and how to mend that."""
    hint = _hint(variable)
    try:
        content = _bytes(variable, document, environ)
    except OSError as error:
        return "", str(error.strerror or error), hint
    if not content:
        return "", "not set, or empty", hint
    if len(content) > _MOST_BYTES:
        smaller = "keep it in a Secret of your own, and name it as existing_secret"
        return "", f"{len(content)} bytes; {_MOST_BYTES} at most", smaller
    return _text(content)


def _text(content: bytes) -> tuple[str, str, str]:
    """Return bytes as the text that arrives in the Secret as the same bytes, else why not."""
    own = "store it as Base64 and decode it in the flow, or put it into a Secret of your own"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "", "not text in UTF-8, which Terraform cannot hand on", own
    if "\0" in text:
        return "", "has a NUL byte, which no environment can hold", own
    if unicodedata.normalize("NFC", text) != text:
        # go-cty, Terraform's values: "strings are normalized to NFC".
        return "", "has characters in a Unicode form that Terraform would change (not NFC)", own
    return text, "", ""


def _bytes(variable: SecretVariable, document: Document, environ: Mapping[str, str]) -> bytes:
    match variable.source:
        case FromEnv(name):
            found = (environ.get(place) for place in (name, f"{_PREFIX}{variable.name}"))
            return os.fsencode(next(filter(None, found), ""))
        case FromFile(path):
            # A file lies beside the config file; that of standard input lies where we are.
            with (Path(document.file).parent / Path(path).expanduser()).open("rb") as file:
                return file.read(_MOST_BYTES_OF_AGENT + 1)
        case LiteralInFile(steps):
            return _at(document.data, steps).encode("utf-8", "surrogatepass")
        case ExistingSecret():
            raise AssertionError("a Secret of the cluster has no variable")
        case _:
            assert_never(variable.source)


def _hint(variable: SecretVariable) -> str:
    match variable.source:
        case FromEnv(name):
            return f"export {name}=…; Terraform needs it for plan and for apply"
        case FromFile(path):
            is_absolute = path.startswith(("/", "~"))
            return f"write it to {path}" + ("" if is_absolute else " beside the config file")
        case LiteralInFile():
            return "write it there or, better, name where it is: {from_env: NAME}"
        case _:
            return ""


def _too_large_together(platform: Platform, values: Mapping[str, str]) -> list[Trouble]:
    sizes = {secret.agent: 0 for secret in held(platform)}
    for secret in held(platform):
        sizes[secret.agent] += sum(map(len, secret.data(values).values()))
    return [
        Trouble(
            f"the secrets of agent {agent}",
            f"{size} bytes together; {_MOST_BYTES_OF_AGENT} at most",
            "keep the large ones in a Secret of your own, and name it as existing_secret",
        )
        for agent, size in sizes.items()
        if size > _MOST_BYTES_OF_AGENT
    ]


def _at(data: Any, path: tuple[str | int, ...]) -> str:
    for step in path:
        data = data[step]
    return str(data)
