"""Environment variables of agents and jobs: each comes from one place, and QHub sets its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.prefect import generation
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    layers,
    mapping,
    names,
    overrides,
    show,
    texts,
)
from qhub.config.rules.secrets import DEFAULT_TOKEN, token_paths
from qhub.config.secret_sources import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path
    from qhub.config.rules.reading import Agent

__all__ = [
    "names_are_free",
    "names_have_one_source",
    "secrets_have_one_source",
    "secrets_mean_one_thing",
    "settings_are_not_expanded",
]

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
_WORKER_KEY = "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API"
# Further ones of one generation alone; None: no key of the file sets it.
_OF_GENERATION: dict[str | None, dict[str, str | None]] = {
    "worker": {
        "POD_NAME": None,
        "PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID": None,
        "PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES": None,
        f"{_WORKER_KEY}_AUTH_STRING_SECRET_KEY": _TOKEN,
        f"{_WORKER_KEY}_AUTH_STRING_SECRET_NAME": _TOKEN,
        f"{_WORKER_KEY}_KEY_SECRET_KEY": _TOKEN,
        f"{_WORKER_KEY}_KEY_SECRET_NAME": _TOKEN,
        "PREFECT_WORKER_QUERY_SECONDS": "prefect.overrides.worker.querySeconds",
    },
    # These are read by every agent of Prefect 0.x and 1.x, and some mean something to flows, too.
    "agent": {
        "DELETE_FINISHED_JOBS": "prefect.overrides.agent.deleteFinishedJobs",
        "IMAGE_PULL_SECRETS": "prefect.overrides.prefect_agent.job.imagePullSecrets",
        "NAMESPACE": "namespace",
        "PREFECT__CLOUD__AGENT__AGENT_ADDRESS": None,
        "PREFECT__CLOUD__AGENT__LABELS": "prefect.overrides.prefect_agent.prefectLabels",
        "PREFECT__CLOUD__AGENT__LEVEL": "prefect.overrides.agent.logLevel",
        "SERVICE_ACCOUNT_NAME": "prefect.overrides.job.serviceAccount.name",
        "YAML_TEMPLATE": "prefect.overrides.job",
    },
}
# Of these, QHub takes what is in `envVars` as the settings that they were to old agents.
_OLD_SETTINGS = ("IMAGE_PULL_SECRETS", "PREFECT__CLOUD__AGENT__LABELS")
_CONTEXT = "PREFECT__CONTEXT__SECRETS__"


def names_are_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What QHub sets itself has a config key of its own."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    reserved = {**_RESERVED, **_OF_GENERATION.get(generation(prefect), {})}
    for path, name, value in _variables(data):
        in_clear = path[-2] == "envVars" and not is_placeholder(value)
        if name.upper() in reserved and not (in_clear and name in _OLD_SETTINGS):
            yield _reserved(path, name, reserved[name.upper()])
    tokens = {token for _, token in token_paths(data)} | {DEFAULT_TOKEN}
    for name in names(data.get("secrets")):
        if name.upper() in reserved and name not in tokens:
            yield _reserved(("secrets", name), name, reserved[name.upper()])


def settings_are_not_expanded(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A worker copies its settings into its jobs, where Kubernetes expands what looks like $(X)."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "worker":
        return
    for path, block in overrides(data):
        for name, value in mapping(block.get("envVars")).items():
            if not isinstance(name, str) or not isinstance(value, str):
                continue
            if name.upper().startswith("PREFECT_") and "$(" in value:
                yield Finding(
                    (*path, "envVars", name),
                    "Kubernetes would expand '$(' in the jobs, "
                    f"into which Prefect copies the setting {name}",
                    hint="write the value without '$('",
                )


def secrets_mean_one_thing(data: Mapping[str, Any]) -> Iterator[Finding]:
    """To flows of Prefect 0.x and 1.x, PREFECT__CONTEXT__SECRETS__X is the secret X."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "agent":
        return
    told: set[Path] = set()
    for places in _secrets_by_agent(data):
        for name, path in places.items():
            short = name.removeprefix(_CONTEXT)
            if short == name or short not in places or path in told:
                continue
            told.add(path)
            yield Finding(
                path,
                f"{name} is the secret {show(short)} to flows, "
                f"which is there already ({dotted(places[short])})",
                hint="remove one of the two",
                at="key",
            )


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
    free = _free(data)
    told: set[Path] = set()
    for agent in agents(data):
        read = _read(agent, free)
        own = blocks.get((*agent.path, "overrides"), {})
        for finding in _doubles(secrets, read, ("prefect", "overrides"), common):
            if finding.path not in told:
                told.add(finding.path)
                yield finding
        yield from _doubles(secrets, read, (*agent.path, "overrides"), own)


def _read(agent: Agent, free: set[str]) -> set[str]:
    """Return the names of `secrets` that an agent reads: those it lists, else all free ones."""
    listed = agent.block.get("secrets") if agent.written else None
    return free if listed is None else {name for _, name in texts(listed)}


def _free(data: Mapping[str, Any]) -> set[str]:
    """Return the names of `secrets` that are nobody's token."""
    return set(names(data.get("secrets"))) - {token for _, token in token_paths(data)}


def _secrets_by_agent(data: Mapping[str, Any]) -> Iterator[dict[str, Path]]:
    """Yield the places of each agent's secrets by name, the strongest place of a name."""
    known, free = set(names(data.get("secrets"))), _free(data)
    for agent, own_and_common in layers(data):
        places: dict[str, Path] = {}
        for path, block in own_and_common:
            for name in names(block.get("secretEnvVars")):
                places.setdefault(name, (*path, "secretEnvVars", name))
            for name, value in mapping(block.get("envVars")).items():
                if isinstance(name, str) and is_placeholder(value):
                    places.setdefault(name, (*path, "envVars", name))
        for name in sorted(_read(agent, free) & known):
            places.setdefault(name, ("secrets", name))
        yield places


def _variables(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, object]]:
    for path, block in overrides(data):
        for key in _KEYS:
            for name, value in mapping(block.get(key)).items():
                if isinstance(name, str):
                    yield (*path, key, name), name, value


def _reserved(path: Path, name: str, key: str | None) -> Finding:
    same = name == name.upper()
    return Finding(
        path,
        f"QHub sets the environment variable {name.upper()} itself"
        + ("" if same else f", from which {show(name)} differs in case alone"),
        hint=f"remove it here; the config key for it is {key}" if key else "remove it here",
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
