"""Which keys of which Secrets the agents read, and whether they are there; values are not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.cluster.errors import ForbiddenError
from qhub.cluster.health import Problem, SecretHealth
from qhub.config.model import ExistingSecret
from qhub.render.values import TOKEN_KEY, flow_secret, token_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.cluster.client import Cluster
    from qhub.platform.model import Agent, Platform

__all__ = ["health", "problems"]

_PULL_KEY = ".dockerconfigjson"
_OLD_PULL_KEY = ".dockercfg"


@dataclass(frozen=True, slots=True)
class _Read:
    """Agent `agent` reads this key."""

    agent: str
    secret: str
    key: str
    made: bool


def health(cluster: Cluster, platform: Platform) -> tuple[SecretHealth, ...]:
    """Return the Secrets by name; raises `ClusterError`."""
    reads = [read for agent in platform.agents for read in _reads(agent)]
    names = sorted({read.secret for read in reads})
    looked = cluster.several(lambda name: _look(cluster, name), names)
    return tuple(
        _of_secret([read for read in reads if read.secret == name], found)
        for name, found in zip(names, looked, strict=True)
    )


def problems(secrets: tuple[SecretHealth, ...]) -> Iterator[Problem]:
    """Yield what is missing."""
    for secret in secrets:
        if not secret.missing:
            continue
        keys = ", ".join(secret.missing)
        what = "it is not there" if not secret.there else f"it lacks {keys}"
        readers = f"; read by {', '.join(secret.agents)}"
        if secret.made:
            hint = "run `qhub deploy`: it writes it again"
        elif secret.missing == (_PULL_KEY,):
            hint = "create it with `kubectl create secret docker-registry`"
        else:
            hint = f"create it with the keys {', '.join(secret.keys)}: QHub does not make this one"
        yield Problem(f"secret/{secret.name}", f"{what}{readers}", hint)


def _reads(agent: Agent) -> Iterator[_Read]:
    made = flow_secret(agent)
    for secret in agent.secrets:
        if isinstance(secret.source, ExistingSecret):
            yield _Read(agent.name, secret.source.secret_name, secret.source.key, made=False)
        elif made:
            yield _Read(agent.name, made, secret.name, made=True)
    if agent.token is not None:
        if isinstance(agent.token.source, ExistingSecret):
            source = agent.token.source
            yield _Read(agent.name, source.secret_name, source.key, made=False)
        elif token := token_secret(agent):
            yield _Read(agent.name, token, TOKEN_KEY, made=True)
    pull = {*agent.job.image_pull_secrets, *(agent.settings.get("imagePullSecrets") or ())}
    for name in sorted(pull):
        yield _Read(agent.name, name, _PULL_KEY, made=False)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in the cluster; `there` None: we may not look."""

    there: bool | None
    keys: frozenset[str]


def _look(cluster: Cluster, name: str) -> _Found:
    try:
        found = cluster.secret(name)
    except ForbiddenError:
        return _Found(None, frozenset())
    keys = frozenset(found or ())
    pull = frozenset([_PULL_KEY]) if _OLD_PULL_KEY in keys else frozenset()
    return _Found(found is not None, keys | pull)


def _of_secret(reads: list[_Read], found: _Found) -> SecretHealth:
    wanted = tuple(dict.fromkeys(read.key for read in reads))
    missing = () if found.there is None else tuple(key for key in wanted if key not in found.keys)
    return SecretHealth(
        name=reads[0].secret,
        there=found.there,
        made=reads[0].made,
        keys=wanted,
        missing=missing,
        agents=tuple(dict.fromkeys(read.agent for read in reads)),
    )
