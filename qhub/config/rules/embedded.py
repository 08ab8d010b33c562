"""Provider `embedded`: what processes of this machine cannot be, or cannot get."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.prefect import generation, version
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    entries,
    mapping,
    names,
    number,
    overrides,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "api_is_its_own",
    "ports_differ",
    "prefect_is_3",
    "secrets_are_on_this_machine",
    "variables_of_the_machine_stay",
]

_OF_THE_MACHINE = re.compile(r"PATH|HOME|PYTHON(?:PATH|HOME)|(?:DY)?LD_\w+")


def prefect_is_3(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The agents of Prefect 0.14 to 1.4 know no machine without Kubernetes here."""
    prefect = _embedded_prefect(data)
    if prefect is None or generation(prefect) != "agent":
        return
    key = "image" if prefect.get("version") is None else "version"
    said = "this image is Prefect" if key == "image" else "version is"
    yield Finding(
        ("prefect", key),
        f"{said} {version(prefect)}, but provider 'embedded' runs Prefect 3",
        hint=f"remove the {key}: the Prefect that is installed runs; "
        "for agents of Prefect 0.14 to 1.4 use provider existing or local",
    )


def api_is_its_own(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The Prefect server is one of the processes."""
    prefect = _embedded_prefect(data)
    if prefect is None or mapping(prefect.get("api")).get("url") is None:
        return
    yield Finding(
        ("prefect", "api", "url"),
        "provider 'embedded' runs a Prefect server of its own, and uses no other API",
        hint="remove prefect.api, or use provider existing or local",
        at="key",
    )


def secrets_are_on_this_machine(data: Mapping[str, Any]) -> Iterator[Finding]:
    """There is no Kubernetes Secret to read."""
    if data.get("provider") != "embedded":
        return
    for path, source in _secret_sources(data):
        if source.get("existing_secret") is not None:
            yield Finding(
                (*path, "existing_secret"),
                "provider 'embedded' has no Kubernetes, and so no Secret that exists already",
                hint="use from_env: NAME or from_file: PATH",
                at="key",
            )


def ports_differ(data: Mapping[str, Any]) -> Iterator[Finding]:
    """One port has one listener."""
    ports = mapping(mapping(data.get("embedded")).get("ports"))
    server, gateway = number(ports.get("server")), number(ports.get("gateway"))
    if data.get("provider") == "embedded" and server is not None and server == gateway:
        yield Finding(
            ("embedded", "ports", "gateway"),
            f"port {show(gateway)} is taken already ({dotted(('embedded', 'ports', 'server'))})",
            hint="give each its own port, or leave one out: it is a free one then",
        )


def variables_of_the_machine_stay(data: Mapping[str, Any]) -> Iterator[Finding]:
    """With these, Python finds programs and packages; a container has its own, a process has not.

    Every secret is a variable, too.
    """
    if data.get("provider") != "embedded":
        return
    for path, block in overrides(data):
        for key in ("envVars", "secretEnvVars"):
            for name in names(block.get(key)):
                yield from _of_the_machine((*path, key, name), name)
    for name in names(data.get("secrets")):
        yield from _of_the_machine(("secrets", name), name)


def _of_the_machine(path: Path, name: str) -> Iterator[Finding]:
    if _OF_THE_MACHINE.fullmatch(name):
        yield Finding(
            path,
            f"it replaces the {name} of the agent, its flow runs and their Dask clusters",
            hint="programs and packages are looked for there; leave it out unless that is meant",
            severity="warning",
            at="key",
        )


def _embedded_prefect(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return active_prefect(data) if data.get("provider") == "embedded" else None


def _secret_sources(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, source in entries(data.get("secrets")):
        yield ("secrets", name), source
    for path, block in overrides(data):
        for name, source in entries(block.get("secretEnvVars")):
            yield (*path, "secretEnvVars", name), source
