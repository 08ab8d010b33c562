"""What is added to the pods: nothing that hides what the chart puts there, or that Prefect eats."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from qhub.config.prefect import generation
from qhub.config.problem import Finding
from qhub.config.rules.reading import active_prefect, mapping, names, overrides, show, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path
    from qhub.config.rules.reading import Layer

__all__ = [
    "job_values_have_no_placeholder",
    "labels_are_free",
    "mounts_are_free",
    "volumes_are_free",
]

_VOLUMES = ("tmp", "secrets", "setup")
_TMP, _FOLDER = "/tmp", "/etc/qhub"  # noqa: S108 (of the pods)
_LABELS = (
    *(f"app.kubernetes.io/{name}" for name in ("name", "instance", "component")),
    "qhub.dev/agent",
    "qhub.dev/component",
)
# What of the jobs stands in the work pool's template as it is written.
_IN_TEMPLATE = (
    *("annotations", "extraVolumes", "extraVolumeMounts"),
    *("podSecurityContext", "securityContext"),
)
_PLACEHOLDER = re.compile(r"\{\{\s*[\w.\-\[\]$]+\s*\}\}", re.ASCII)


def volumes_are_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The pods have volumes of the chart's own."""
    for path, volume in _items(data, "extraVolumes"):
        name = volume.get("name")
        if name in _VOLUMES:
            yield Finding(
                (*path, "name"),
                f"the volume {show(name)} is one of QHub's own",
                hint="choose another name, here and in extraVolumeMounts",
            )


def mounts_are_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What is mounted over a folder hides what the chart put there."""
    for path, mount in _items(data, "extraVolumeMounts"):
        written = text(mount.get("mountPath"))
        folder = "/" + posixpath.normpath(written or "").lstrip("/")
        if written and (folder == _TMP or folder.startswith(_FOLDER)):
            yield Finding(
                (*path, "mountPath"),
                f"the folder {show(written)} is one of QHub's own",
                hint=f"mount it elsewhere than at {_TMP} and below {_FOLDER}, such as at /data",
            )


def labels_are_free(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The labels by which Kubernetes finds an agent's pods are the chart's."""
    for place, block in _blocks(data):
        key = "labels" if place[-1] == "job" else "podLabels"
        for name in names(block.get(key)):
            if name in _LABELS:
                yield Finding(
                    (*place, key, name),
                    f"QHub sets the label {name} itself",
                    hint="remove it here",
                    at="key",
                )


def job_values_have_no_placeholder(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Prefect 3 replaces {{ name }} in a work pool's template, wherever it stands."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "worker":
        return
    for place, block in _blocks(data):
        if place[-1] == "job":
            for key in _IN_TEMPLATE:
                yield from _placeholders((*place, key), block.get(key))


def _placeholders(path: Path, value: object) -> Iterator[Finding]:
    waiting: list[tuple[Path, object]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and (found := _PLACEHOLDER.search(value)):
            yield _placeholder(path, found[0])
        elif isinstance(value, list):
            waiting += (((*path, index), item) for index, item in enumerate(value))
        for name, inner in mapping(value).items():
            if isinstance(name, str) and (found := _PLACEHOLDER.search(name)):
                yield _placeholder((*path, name), found[0])
            if isinstance(name, str):
                waiting.append(((*path, name), inner))


def _placeholder(path: Path, found: str) -> Finding:
    return Finding(
        path,
        f"{show(found)} would be replaced by Prefect's own templating",
        hint="write it without the double braces",
    )


def _items(data: Mapping[str, Any], key: str) -> Iterator[Layer]:
    """Yield what a list of the agents' and one of the jobs' pods hold."""
    for place, block in _blocks(data):
        listed = block.get(key)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            yield (*place, key, index), mapping(item)


def _blocks(data: Mapping[str, Any]) -> Iterator[Layer]:
    """Yield each block of overrides, and its `job`."""
    for path, block in overrides(data):
        yield path, block
        yield (*path, "job"), mapping(block.get("job"))
