"""The Terraform variables that carry secret values: one for each place where a value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from qhub.config.model import ExistingSecret, FromEnv
from qhub.config.secret_sources import RESERVED_VARIABLES, terraform_variable
from qhub.render.values import flow_secret, token_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.config.model import Secret, SecretSource
    from qhub.platform.model import Agent, Platform

__all__ = ["SecretVariable", "secret_variables"]


@dataclass(frozen=True, slots=True)
class SecretVariable:
    """A Terraform variable, where its value comes from, and who reads it.

    `readers` are (agent, secret name) in order; `tokens` are agents that log in with it.
    """

    name: str
    source: SecretSource
    readers: tuple[tuple[str, str], ...]
    tokens: tuple[str, ...]


def secret_variables(platform: Platform) -> tuple[SecretVariable, ...]:
    """Return the variables by name; secrets that stay in the cluster have none.

    A variable is named as its environment variable without TF_VAR_, else as the secret in lower
    case. Where two sources would have one name, the later is led by its agent's name.
    """
    found: dict[SecretSource, SecretVariable] = {}
    taken = set(RESERVED_VARIABLES)
    for agent, secret, is_token in _uses(platform):
        held = found.get(secret.source)
        name = held.name if held else _free_name(secret, agent, taken)
        taken.add(name)
        readers = () if is_token else ((agent.name, secret.name),)
        tokens = (agent.name,) if is_token else ()
        found[secret.source] = SecretVariable(
            name=name,
            source=secret.source,
            readers=(held.readers if held else ()) + readers,
            tokens=(held.tokens if held else ()) + tokens,
        )
    return tuple(sorted(found.values(), key=lambda variable: variable.name))


def _uses(platform: Platform) -> Iterator[tuple[Agent, Secret, bool]]:
    for agent in platform.agents:
        if agent.token is not None and token_secret(agent):
            yield agent, agent.token, True
        if flow_secret(agent):
            for secret in agent.secrets:
                if not isinstance(secret.source, ExistingSecret):
                    yield agent, secret, False


def _free_name(secret: Secret, agent: Agent, taken: set[str]) -> str:
    variable = secret.source.name if isinstance(secret.source, FromEnv) else None
    plain = terraform_variable(secret.name, variable)
    if not plain or plain[0].isdigit():  # TF_VAR_ and TF_VAR_7 are variables of an environment
        plain = f"_{plain}"
    led = f"{terraform_variable(agent.name, None)}_{plain}"
    numbered = (f"{led}_{number}" for number in count(2))
    return next(name for name in chain((plain, led), numbered) if name not in taken)
