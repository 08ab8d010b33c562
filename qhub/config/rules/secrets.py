"""The `secrets` block: sources that work, names that do not meet, and nothing written literally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.formats.names import explain_secret_key
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
    "listed_secrets_exist",
    "literal_secrets_are_small",
    "literal_secrets_are_told",
    "names_are_their_own",
    "tokens_exist",
    "variables_are_their_own",
]

# What Linux takes of one environment variable is 128 KiB; values reach Terraform that way.
_MOST_BYTES = 120 * 1024
DEFAULT_TOKEN = "PREFECT_TOKEN"  # noqa: S105 (the name of a secret)


def literal_secrets_are_told(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A secret that stands in the file is in git with it; the value is never repeated."""
    for path, value in _sources(data):
        if isinstance(value, str) and value and not is_placeholder(value):
            name = str(path[-1])
            variable = f"TF_VAR_{terraform_variable(name, None)}"
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
    entry = f"{name}: {{from_env: TF_VAR_{terraform_variable(name, None)}}}"
    can_be_added = explain_secret_key(name) is None
    return Finding(
        path,
        f"{show(name)} is not an entry of secrets",
        hint=suggestion(name, names(known)) or (f"add it there: {entry}" if can_be_added else ""),
    )


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
