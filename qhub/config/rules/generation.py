"""Which Prefect it is: known, supported, the same everywhere, and every key of its generation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.formats.images import explain_image
from qhub.config.formats.values import explain_prefect_version
from qhub.config.prefect import (
    DEFAULT_IMAGE,
    generation,
    generation_of,
    image_version,
    is_official,
    version,
)
from qhub.config.problem import Finding, dotted
from qhub.config.rules.reading import (
    active_prefect,
    agents,
    names,
    overrides,
    show,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = [
    "agent_images_are_of_the_generation",
    "keys_are_of_the_generation",
    "official_images_know_kubernetes",
    "old_default_image_is_told",
    "old_variables_are_read",
    "version_and_image_agree",
    "version_is_supported",
]

_NAMES = {"agent": "Prefect 0.14 to 1.4", "worker": "Prefect 3"}
_OLD_DEFAULT = "prefecthq/prefect:0.14.22-python3.8"
_OLD_LABELS = "PREFECT__CLOUD__AGENT__LABELS"
_OLD_SECRETS = "PREFECT__CONTEXT__SECRETS__"


def version_is_supported(data: Mapping[str, Any]) -> Iterator[Finding]:
    """QHub deploys Prefect 0.14 to 1.4 and 3; the file or the image's tag says which."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) is not None:
        return
    path, source = _said_by(prefect)
    known = version(prefect)
    if known is not None:
        yield Finding(path, _unsupported(known, source), hint="use an image of Prefect 3.x")
    elif data.get("provider") == "embedded":
        return  # which runs the Prefect that is installed, whatever the image holds
    elif source == "image" and _is_image(prefect.get("image")):
        yield Finding(
            path,
            f"the tag of {show(prefect['image'])} does not tell the version of Prefect",
            hint='add the version beside it, such as version: "3.8"',
        )


def version_and_image_agree(data: Mapping[str, Any]) -> Iterator[Finding]:
    """`version` is for images whose tag says nothing; against Prefect's own tags it is a slip."""
    prefect = active_prefect(data)
    written = text(prefect.get("version")) if prefect else None
    if prefect is None or written is None or explain_prefect_version(written):
        return
    image = prefect.get("image")
    if image is None and generation_of(written) != generation_of(
        image_version(DEFAULT_IMAGE) or ""
    ):
        yield Finding(
            ("prefect", "version"),
            f"version is {written}, but without prefect.image the image is {DEFAULT_IMAGE}",
            hint="add the image, or remove the version",
        )
    tagged = image_version(image) if isinstance(image, str) and is_official(image) else None
    if tagged is not None and not _agree(written, tagged):
        yield Finding(
            ("prefect", "version"),
            f"version is {written}, but the tag of {show(image)} (prefect.image) says {tagged}",
            hint="remove the version: the tag tells it",
        )


def official_images_know_kubernetes(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Of Prefect 3's own images only those for Kubernetes hold the Kubernetes worker."""
    prefect = active_prefect(data)
    if prefect is None or data.get("provider") == "embedded" or generation(prefect) != "worker":
        return
    written: list[tuple[Path, str | None]] = [(("prefect", "image"), text(prefect.get("image")))]
    written += [
        ((*agent.path, "image"), text(agent.block.get("image")))
        for agent in agents(data)
        if agent.written
    ]
    for path, image in written:
        tagged = image_version(image) if image and is_official(image) else None
        is_worker = tagged is not None and generation_of(tagged) == "worker"
        if image and is_worker and "@" not in image and not image.endswith("kubernetes"):
            yield Finding(
                path,
                f"{show(image)} has no prefect-kubernetes, without which a worker cannot start",
                hint=f"take the tag that ends in -kubernetes, such as {DEFAULT_IMAGE}",
                severity="warning",
            )


def agent_images_are_of_the_generation(data: Mapping[str, Any]) -> Iterator[Finding]:
    """All agents of one file are of one generation."""
    prefect = active_prefect(data)
    common = generation(prefect) if prefect else None
    if common is None:
        return
    for agent in agents(data):
        image = text(agent.block.get("image")) if agent.written else None
        tagged = image_version(image) if image else None
        if tagged is not None and generation_of(tagged) != common:
            yield Finding(
                (*agent.path, "image"),
                f"{show(image)} is Prefect {tagged}, but the prefect block is for {_NAMES[common]}",
                hint="take an image of the same generation; "
                "for the other one write a second config file",
            )


def keys_are_of_the_generation(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A few keys exist for one generation alone."""
    prefect = active_prefect(data)
    common = generation(prefect) if prefect else None
    if prefect is None or common is None:
        return
    other = "worker" if common == "agent" else "agent"
    for path in _keys_of(other, data, prefect):
        yield Finding(
            path,
            f"{show(path[-1])} is for {_NAMES[other]}, but this is {_prefect_here(prefect)}",
            hint="remove it, or use an image of " + _NAMES[other],
            at="key",
        )


def old_variables_are_read(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Prefect 3 reads no variable that begins with PREFECT__."""
    prefect = active_prefect(data)
    if prefect is None or generation(prefect) != "worker":
        return
    for path, block in overrides(data):
        for name in names(block.get("envVars")):
            if not name.startswith("PREFECT__"):
                continue
            if name == _OLD_LABELS or name.startswith(_OLD_SECRETS):
                continue
            yield Finding(
                (*path, "envVars", name),
                f"Prefect 3 does not read {name}",
                hint="its settings begin with PREFECT_ and one underscore",
                severity="warning",
                at="key",
            )


def old_default_image_is_told(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Without an image QHub 0.3 and 0.4 ran Prefect 0.14; flows of then do not run on Prefect 3."""
    prefect = active_prefect(data)
    made_by = text(data.get("qhub_version")) or ""
    if (
        prefect is None
        or prefect.get("image") is not None
        or not made_by.startswith(("0.3.", "0.4."))
    ):
        return
    yield Finding(
        ("prefect",),
        f"without prefect.image QHub {made_by} meant {_OLD_DEFAULT}; now it is {DEFAULT_IMAGE}",
        hint=f"to keep the old flows running, add image: {_OLD_DEFAULT}",
        severity="warning",
        at="key",
    )


def _said_by(prefect: Mapping[str, Any]) -> tuple[Path, str]:
    """Return which key tells the version."""
    key = "image" if prefect.get("version") is None else "version"
    return ("prefect", key), key


def _unsupported(known: str, source: str) -> str:
    said = f"this image is Prefect {known}" if source == "image" else f"version is {known}"
    return f"{said}, which QHub does not deploy; it deploys Prefect 0.14 to 1.4 and 3"


def _is_image(value: object) -> bool:
    return isinstance(value, str) and explain_image(value) is None


def _agree(written: str, tagged: str) -> bool:
    """Return whether one version begins with the other: 3.8 and 3.8.8 do."""
    ours, theirs = (re.findall(r"[0-9]+", version) for version in (written, tagged))
    return all(a == b for a, b in zip(ours, theirs, strict=False))


def _prefect_here(prefect: Mapping[str, Any]) -> str:
    path, _ = _said_by(prefect)
    if prefect.get("image") is None and path[-1] == "image":
        return f"Prefect {version(prefect)}, QHub's default image"
    return f"Prefect {version(prefect)} ({dotted(path)})"


def _keys_of(
    generation: str, data: Mapping[str, Any], prefect: Mapping[str, Any]
) -> Iterator[Path]:
    """Yield the written keys that belong to a generation alone."""
    if generation == "worker":
        for key in ("server", "storage"):
            if prefect.get(key):
                yield ("prefect", key)
    for path, block in overrides(data):
        if block.get(generation):
            yield (*path, generation)
