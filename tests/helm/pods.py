"""What Kubernetes makes of a rendered pod: environment, arguments and files of its containers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.helm.engine import Manifest

SETUP: Final = "/etc/qhub/setup"
POD_NAME: Final = "qhub-etl-6c5d7"
REFERENCE: Final = re.compile(r"\$(\$|\(([^)]*)\))?")

Secrets = Mapping[tuple[str, str], str]


def find(manifests: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """Return the one object of that kind and name."""
    [found] = [
        each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name
    ]
    return found


def pod(manifests: Iterable[Manifest]) -> dict[str, Any]:
    """Return the pod specification of the one Deployment."""
    [deployment] = [each for each in manifests if each["kind"] == "Deployment"]
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def container(manifests: Iterable[Manifest], name: str = "agent") -> dict[str, Any]:
    """Return a container of the Deployment, first-run ones included."""
    spec = pod(manifests)
    [found] = [
        each for each in spec.get("initContainers", []) + spec["containers"] if each["name"] == name
    ]
    return dict(found)


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Return a text of `value`, `command` or `args` as Kubernetes hands it to the container.

    `$(X)` is X's value where X is set and stays otherwise; `$$` is `$`.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1] == "$":
            return "$"
        return variables.get(match[2], match[0]) if match[2] is not None else match[0]

    return REFERENCE.sub(replacement, text)


def environment(
    manifests: Iterable[Manifest], described: Mapping[str, Any], secrets: Secrets
) -> dict[str, str]:
    """Return the environment that Kubernetes gives a container."""
    objects = list(manifests)
    variables: dict[str, str] = {}
    for source in described.get("envFrom", []):
        variables |= find(objects, "ConfigMap", source["configMapRef"]["name"])["data"]
    for entry in described.get("env", []):
        variables[entry["name"]] = value_of(entry, variables, secrets)
    return variables


def value_of(entry: Mapping[str, Any], variables: Mapping[str, str], secrets: Secrets) -> str:
    """Return the value of one entry of `env`."""
    if "value" in entry:
        return expand(entry["value"], variables)
    source = entry["valueFrom"]
    if "fieldRef" in source:
        return POD_NAME
    reference = source["secretKeyRef"]
    return secrets[reference["name"], reference["key"]]


def command(described: Mapping[str, Any], variables: Mapping[str, str], setup: Path) -> list[str]:
    """Return a container's command, for a process whose set-up files lie elsewhere."""
    return [expand(text, variables).replace(SETUP, str(setup)) for text in described["command"]]


def write_setup(manifests: Iterable[Manifest], folder: Path) -> None:
    """Write the files that the set-up volume shows."""
    objects = list(manifests)
    [volume] = [each for each in pod(objects)["volumes"] if each["name"] == "setup"]
    for source in volume["projected"]["sources"]:
        data = find(objects, "ConfigMap", source["configMap"]["name"])["data"]
        for name, text in data.items():
            (folder / name).write_text(text, encoding="utf-8")
