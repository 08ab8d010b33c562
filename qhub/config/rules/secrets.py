"""The `secrets` block: sources that work, names that do not meet, and nothing written literally."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    mapping,
    names,
    overrides,
    show,
    suggestion,
    text,
    texts,
)
from qhub.config.secret_sources import RESERVED_VARIABLES, is_placeholder, terraform_variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "context_secrets_are_no_variables",
    "listed_secrets_exist",
    "literal_secrets_are_small",
    "literal_secrets_are_told",
    "names_are_their_own",
    "secrets_are_read",
    "tokens_exist",
    "values_can_be_handed_on",
    "variables_are_no_secrets",
    "variables_are_their_own",
]

# What Linux takes of one environment variable is 128 KiB; values reach Terraform that way.
_MOST_BYTES = 120 * 1024
_VARIABLE_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_SECRET_NAMES = re.compile(
    "PASSWORD|PASSWD|(?:^|_)(?:SECRET|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)S?(?:_|$)",
    re.IGNORECASE,
)
# Settings of older agents, and such that say where a secret is or what it is called.
_NOT_SECRET = re.compile(
    "IMAGE_PULL_SECRETS|PREFECT_.*_SECRET_(?:NAME|KEY)|.*_(?:NAME|FILE|PATH|DIR|URL|URI|ARN)",
    re.IGNORECASE,
)
_NOT_SECRET_VALUE = re.compile("|true|false|yes|no|on|off|[01]|~?(?:/[\\w.-]+){2,}", re.IGNORECASE)
_CONTEXT_SECRETS = "PREFECT__CONTEXT__SECRETS__"  # of Prefect 0.x and 1.x
DEFAULT_TOKEN = "PREFECT_TOKEN"  # noqa: S105 (the name of a secret)


def literal_secrets_are_told(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A secret that stands in the file is in git with it; the value is never repeated."""
    for path, value in _sources(data):
        if isinstance(value, str) and value and not is_placeholder(value):
            name = str(path[-1])
            variable = _proposed(name, data)
            yield Finding(
                path,
                f"the value of the secret {show(name)} is written in the file",
                hint=f"set it in the environment as {variable}, and write here "
                f"{{from_env: {variable}}}",
                severity="warning",
            )


def literal_secrets_are_small(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A value that could not be handed to Terraform is told before it is tried."""
    for path, value in _sources(data):
        size = len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else 0
        if size > _MOST_BYTES:
            yield Finding(
                path,
                f"the value of the secret {show(str(path[-1]))} has {size} bytes; "
                f"{_MOST_BYTES} at most can be handed on",
                hint="split it, or keep it in a Secret of the cluster: "
                "{existing_secret: ..., key: ...}",
            )


def variables_are_no_secrets(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What is called a secret and stands among the plain variables is rendered in clear."""
    for path, name, value in _plain_variables(data):
        if name.startswith(_CONTEXT_SECRETS) or not _SECRET_NAMES.search(name):
            continue
        if not _NOT_SECRET.fullmatch(name) and not _NOT_SECRET_VALUE.fullmatch(value):
            yield Finding(
                path,
                f"{show(name)} looks like a secret, and envVars are rendered in clear",
                hint=_as_secret_variable(name, data),
                severity="warning",
                at="key",
            )


def context_secrets_are_no_variables(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Prefect's own prefix says that it is a secret."""
    for path, name, value in _plain_variables(data):
        if name.startswith(_CONTEXT_SECRETS) and value:
            yield Finding(
                path,
                f"{show(name)} is a secret of Prefect's, and envVars are rendered in clear",
                hint=_as_secret_variable(name, data),
                at="key",
            )


def values_can_be_handed_on(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Neither an environment variable nor a path holds the character NUL."""
    for path, block in overrides(data):
        for name, value in mapping(block.get("envVars")).items():
            if isinstance(value, str) and "\0" in value:
                yield _nul((*path, "envVars", name), "an environment variable")
    for path, value in _sources(data):
        if isinstance(value, str) and "\0" in value and path[-2] != "envVars":
            yield _nul(path, "an environment variable")
        elif "\0" in (text(mapping(value).get("from_file")) or ""):
            yield _nul((*path, "from_file"), "a file's path")


def names_are_their_own(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Two names that differ in case alone are one file on some disks and one slip in all code."""
    seen: dict[str, str] = {}
    for name in names(data.get("secrets")):
        first = seen.setdefault(name.lower(), name)
        if first != name:
            yield Finding(
                ("secrets", name),
                f"{show(name)} and {show(first)} ({dotted(('secrets', first))}) "
                "differ in case alone",
                hint="rename one of them",
                at="key",
            )


def variables_are_their_own(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Each value comes through a Terraform variable; two values must not share one."""
    seen: dict[str, tuple[Path, object]] = {}
    for path, value in _sources(data):
        name = str(path[-1])
        variable = _variable(name, value)
        if variable is None:
            continue
        if variable in RESERVED_VARIABLES:
            yield Finding(
                path,
                f"the Terraform variable of the secret {show(name)} would be {show(variable)}, "
                "which is taken",
                hint="rename the secret"
                if _environment_variable(value) is None
                else "take another environment variable",
            )
            continue
        first_path, first = seen.setdefault(variable.lower(), (path, value))
        if _source(first) == _source(value) or _told_elsewhere(first_path, path):
            continue
        yield Finding(
            path,
            f"the secrets at {dotted(first_path)} and here would share the Terraform variable "
            f"{show(variable)}, but have different sources",
            hint="rename one of them, or give both the same source",
        )


def listed_secrets_exist(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`agents[].secrets` names entries of `secrets` that are nobody's token."""
    known = mapping(data.get("secrets"))
    tokens = _tokens(data)
    for agent in agents(data):
        if not agent.written:
            continue
        for index, name in texts(agent.block.get("secrets")):
            path = (*agent.path, "secrets", index)
            if name not in known:
                yield _unknown(path, name, known)
            elif name in tokens:
                yield Finding(
                    path,
                    f"{show(name)} is a credential of the Prefect API ({dotted(tokens[name])}); "
                    "flows never read it",
                    hint="remove it here, or add an entry of another name for the flows",
                )


def secrets_are_read(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What no agent reads and nobody uses as its token is forgotten, here or in an agent."""
    if active_prefect(data) is None:
        return
    from difflib import get_close_matches

    known = dict.fromkeys(names(data.get("secrets")))
    used = {DEFAULT_TOKEN, *_tokens(data)}
    for agent in agents(data):
        listed = agent.block.get("secrets")
        if not agent.written or not isinstance(listed, list):
            return  # it reads them all
        for _, name in texts(listed):
            # Of a slip it is told what it means.
            used.update([name] if name in known else get_close_matches(name, known, n=1))
    for name in known:
        if name not in used:
            yield Finding(
                ("secrets", name),
                f"no agent reads the secret {show(name)}, and it is nobody's token",
                hint="name it in `secrets` of an agent, or remove it",
                severity="warning",
                at="key",
            )


def tokens_exist(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`prefect.api.token` and `agents[].token` name entries of `secrets`.

    What names none is not repeated: it may be the credential itself.
    """
    known = mapping(data.get("secrets"))
    for name, path in _tokens(data).items():
        if name not in known and name != DEFAULT_TOKEN:
            yield Finding(
                path,
                "this is not the name of an entry of secrets",
                hint=suggestion(name, names(known))
                or "write the credential's name here, such as PREFECT_KEY, and its source there: "
                "PREFECT_KEY: {from_env: TF_VAR_prefect_key}",
            )


def token_paths(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield every place that names a token, with the name."""
    prefect = active_prefect(data)
    if prefect is None:
        return
    token = text(mapping(prefect.get("api")).get("token"))
    if token is not None:
        yield ("prefect", "api", "token"), token
    for agent in agents(data):
        token = text(agent.block.get("token")) if agent.written else None
        if token is not None:
            yield (*agent.path, "token"), token


def _tokens(data: Mapping[str, Any]) -> dict[str, Path]:
    """Return the names of all tokens, each with the first place that names it."""
    found: dict[str, Path] = {}
    for path, name in token_paths(data):
        found.setdefault(name, path)
    return found


def _unknown(path: Path, name: str, known: Mapping[str, Any]) -> Finding:
    near = suggestion(name, names(known))
    if near:
        return Finding(path, f"{show(name)} is not an entry of secrets", hint=near)
    return Finding(  # it may be the secret itself
        path,
        "this is not the name of an entry of secrets",
        hint="write a secret's name here, such as S3_KEY, and its source there: "
        "S3_KEY: {from_env: TF_VAR_s3_key}",
    )


def _plain_variables(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Yield the texts of all `envVars` with place and name, without old placeholders."""
    for path, block in overrides(data):
        for name, value in mapping(block.get("envVars")).items():
            if isinstance(name, str) and isinstance(value, str) and not is_placeholder(value):
                yield (*path, "envVars", name), name, value


def _as_secret_variable(name: str, data: Mapping[str, Any]) -> str:
    return f"write it under secretEnvVars: {name}: {{from_env: {_proposed(name, data)}}}"


def _proposed(name: str, data: Mapping[str, Any]) -> str:
    """Return a good variable for a secret: Terraform's own where Terraform reads it."""
    if data.get("provider") == "embedded" and _VARIABLE_NAME.fullmatch(name):
        return name
    return f"TF_VAR_{terraform_variable(name, None)}"


def _nul(path: Path, what: str) -> Finding:
    return Finding(path, f"{what} cannot hold the character NUL", hint="remove it")


def _sources(data: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Yield every secret with its place: `secrets`, all `secretEnvVars`, old placeholders."""
    for name, value in mapping(data.get("secrets")).items():
        if isinstance(name, str):
            yield ("secrets", name), value
    for path, block in overrides(data):
        for name, value in mapping(block.get("secretEnvVars")).items():
            if isinstance(name, str):
                yield (*path, "secretEnvVars", name), value
        for name, value in mapping(block.get("envVars")).items():
            if isinstance(name, str) and is_placeholder(value):
                yield (*path, "envVars", name), value


def _environment_variable(value: object) -> str | None:
    if isinstance(value, str) and is_placeholder(value):
        return value
    return text(mapping(value).get("from_env"))


def _variable(name: str, value: object) -> str | None:
    """Return the Terraform variable of a secret; None where it needs none."""
    variable = _environment_variable(value)
    if variable is None and not isinstance(value, str) and not mapping(value).get("from_file"):
        return None
    return terraform_variable(name, variable)


def _source(value: object) -> object:
    """Return what makes two sources the same: a variable by its name, else the source itself."""
    return _environment_variable(value) or value


def _told_elsewhere(first: Path, second: Path) -> bool:
    """Return whether two secrets of one name are another rule's matter, or meant to differ.

    Those of `secrets` that differ in case alone are told as such, those of agents may differ.
    """
    if first[0] == second[0] == "secrets":
        return str(first[-1]).lower() == str(second[-1]).lower()
    return first[-1] == second[-1]
