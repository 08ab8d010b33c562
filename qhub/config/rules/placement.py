"""Where pods go: tolerations as Kubernetes takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.formats import FORMATS
from qhub.config.problem import Finding
from qhub.config.rules.reading import mapping, overrides, show, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.problem import Path

__all__ = ["tolerations_are_right"]


def tolerations_are_right(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A toleration names a taint that a node can have, and says nothing that excludes itself."""
    for path, block in _blocks(data):
        listed = block.get("tolerations")
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            yield from _toleration((*path, "tolerations", index), mapping(item))


def _toleration(path: Path, toleration: Mapping[str, Any]) -> Iterator[Finding]:
    key, value = text(toleration.get("key")), text(toleration.get("value"))
    exists = toleration.get("operator") == "Exists"
    if key:
        yield from _is_not("toleration-key", (*path, "key"), key)
    elif toleration and not exists:
        yield Finding(
            path,
            "a toleration without a key is for every taint, with operator Exists alone",
            hint="add the taint's key, or operator: Exists",
        )
    if value and exists:
        yield Finding(
            (*path, "value"),
            f"operator Exists takes no value, but this is {show(value)}",
            hint="remove the value, or write operator: Equal",
        )
    elif value:
        yield from _is_not("label-value", (*path, "value"), value)
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        yield Finding(
            (*path, "tolerationSeconds"),
            "tolerationSeconds goes with effect NoExecute alone",
            hint="remove it, or write effect: NoExecute",
            at="key",
        )


def _is_not(kind: str, path: Path, value: str) -> Iterator[Finding]:
    wanted = FORMATS[kind](value)
    if wanted:
        yield Finding(path, f"{show(value)} is not {wanted}")


def _blocks(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for path, block in overrides(data):
        yield path, block
        yield (*path, "job"), mapping(block.get("job"))
