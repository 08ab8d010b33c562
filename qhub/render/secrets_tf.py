"""secrets.tf.json: a variable for each secret value, and which Secret it ends in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile
from qhub.config.problem import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qhub.config.model import SecretSource
    from qhub.render.secret_variables import SecretVariable

__all__ = ["secrets_tf", "where_from"]


def secrets_tf(variables: Iterable[SecretVariable]) -> dict[str, Any]:
    """Return the declarations; Terraform refuses to run without a value, and to store one."""
    declared: dict[str, Any] = {}
    flows: dict[str, dict[str, str]] = {}
    tokens: dict[str, str] = {}
    for variable in variables:
        declared[variable.name] = _declaration(variable)
        reference = f"${{var.{variable.name}}}"
        for agent, secret in variable.readers:
            flows.setdefault(agent, {})[secret] = reference
        tokens |= dict.fromkeys(variable.tokens, reference)
    blocks = {"locals": {"flow_secret_values": flows, "token_values": tokens}}
    return {**blocks, "variable": declared} if declared else blocks


def where_from(source: SecretSource, *, mark: Callable[[str], str] = str) -> str:
    """Return in words where a value comes from, never the value; `mark` sets off the names."""
    match source:
        case FromEnv(name):
            return f"environment variable {mark(name)}"
        case FromFile(path):
            return f"file {mark(path)}"
        case LiteralInFile(path):
            return f"config file, at {mark(dotted(path))}"
        case ExistingSecret(secret_name, key):
            return f"Secret {mark(secret_name)}, key {mark(key)}"
        case _:
            assert_never(source)


def _declaration(variable: SecretVariable) -> dict[str, Any]:
    names = dict.fromkeys(secret for _agent, secret in variable.readers)
    logins = [f"credential of {agent}" for agent in variable.tokens]
    return {
        "description": f"{', '.join([*names, *logins])}; from the {where_from(variable.source)}.",
        "type": "string",
        "ephemeral": True,
        "sensitive": True,
        "nullable": False,
    }
