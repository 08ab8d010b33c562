"""Environment variables of agents and jobs: each comes from one place, and QHub sets its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.prefect import generation
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    mapping,
    names,
    overrides,
    show,
    texts,
)
from qhub.config.rules.secrets import DEFAULT_TOKEN, token_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = ["names_are_free", "names_have_one_source", "secrets_have_one_source"]

_TOKEN = "prefect.api.token, which names an entry of secrets"  # noqa: S105 (a config key)
_RESERVED = {
    "PREFECT_API_AUTH_STRING": _TOKEN,
    "PREFECT_API_KEY": _TOKEN,
    "PREFECT_API_URL": "prefect.api.url",
    "PREFECT__BACKEND": "prefect.api.url",
    "PREFECT__CLOUD__AGENT__AUTH_TOKEN": _TOKEN,
    "PREFECT__CLOUD__AGENT__ENV_VARS": "prefect.overrides.envVars",
    "PREFECT__CLOUD__AGENT__NAME": "prefect.agents[].name",
    "PREFECT__CLOUD__API": "prefect.api.url",
    "PREFECT__CLOUD__API_KEY": _TOKEN,
    "PREFECT__CLOUD__AUTH_TOKEN": _TOKEN,
}
_KEYS = ("envVars", "secretEnvVars")
# These are read by every agent of Prefect 0.x and 1.x, and mean something to flows as well.
_AGENT_ONLY = {
    "NAMESPACE": "namespace",
    "SERVICE_ACCOUNT_NAME": "prefect.overrides.job.serviceAccount.name",
}


def names_are_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What QHub sets itself has a config key of its own."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    reserved = _RESERVED if generation(prefect) != "agent" else {**_RESERVED, **_AGENT_ONLY}
    for path, name in _variables(data):
        if name in reserved:
            yield _reserved(path, name, reserved[name])
    tokens = {token for _, token in token_paths(data)} | {DEFAULT_TOKEN}
    for name in names(data.get("secrets")):
        if name in reserved and name not in tokens:
            yield _reserved(("secrets", name), name, reserved[name])


def names_have_one_source(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A name is in `envVars` or in `secretEnvVars`, also after an agent's are merged over."""
    blocks = dict(overrides(data))
    common = blocks.pop(("prefect", "overrides"), {})
    yield from _in_both(("prefect", "overrides"), common, ("prefect", "overrides"), common)
    for path, own in blocks.items():
        yield from _in_both(path, own, path, own)
        yield from _in_both(("prefect", "overrides"), common, path, own)
        yield from _in_both(path, own, ("prefect", "overrides"), common)


def secrets_have_one_source(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A secret that an agent reads is a variable, too: nothing else may set it differently."""
    secrets = mapping(data.get("secrets"))
    blocks = dict(overrides(data))
    common = blocks.pop(("prefect", "overrides"), {})
    tokens = {token for _, token in token_paths(data)}
    told: set[Path] = set()
    for agent in agents(data):
        listed = agent.block.get("secrets") if agent.written else None
        read = (
            {name for _, name in texts(listed)}
            if listed is not None
            else set(names(secrets)) - tokens
        )
        own = blocks.get((*agent.path, "overrides"), {})
        for finding in _doubles(secrets, read, ("prefect", "overrides"), common):
            if finding.path not in told:
                told.add(finding.path)
                yield finding
        yield from _doubles(secrets, read, (*agent.path, "overrides"), own)


def _variables(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for path, block in overrides(data):
        for key in _KEYS:
            for name in names(block.get(key)):
                yield (*path, key, name), name


def _reserved(path: Path, name: str, key: str) -> Finding:
    return Finding(
        path,
        f"QHub sets the environment variable {name} itself",
        hint=f"remove it here; the config key for it is {key}",
        at="key",
    )


def _in_both(
    plain_path: Path, plain: Mapping[str, Any], secret_path: Path, secret: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield the names in `envVars` of the one and in `secretEnvVars` of the other block."""
    secret_names = mapping(secret.get("secretEnvVars"))
    for name in names(plain.get("envVars")):
        if name in secret_names:
            other = dotted((*secret_path, "secretEnvVars", name))
            yield Finding(
                (*plain_path, "envVars", name),
                f"{show(name)} is in envVars here and in secretEnvVars ({other})",
                hint="remove one of the two",
                at="key",
            )


def _doubles(
    secrets: Mapping[str, Any], read: set[str], path: Path, block: Mapping[str, Any]
) -> Iterator[Finding]:
    for key in _KEYS:
        for name, value in mapping(block.get(key)).items():
            if name not in read or name not in secrets:
                continue
            if key == "secretEnvVars" and value == secrets[name]:
                continue
            yield Finding(
                (*path, key, name),
                f"{show(name)} is in {key} here and, with another source, "
                f"an entry of secrets ({dotted(('secrets', name))})",
                hint="remove one of the two, or rename one",
                at="key",
            )
