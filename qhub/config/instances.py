"""What is known of the clouds' instance types: their size and their GPUs."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qhub import bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GpuVendor", "Size", "gpu_vendor", "gpus_per_node", "size"]

GpuVendor = Literal["nvidia", "amd"]

_AWS_NVIDIA = frozenset(
    [
        *("g3", "g3s", "g4dn", "g5", "g5g", "g6", "g6e", "g6f", "gr6", "gr6f", "g7", "g7e"),
        *("p2", "p3", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en"),
    ]
)
_GCP_NVIDIA = frozenset(["a2", "a3", "a4", "a4x", "g2", "g4"])


@dataclass(frozen=True, slots=True)
class Size:
    """One node of an instance type; `gpu` is the model of its GPUs, empty without."""

    vcpu: int
    memory_gib: float
    gpus: int = 0
    gpu: str = ""

    @property
    def cpu_millis(self) -> int:
        """Thousandths of a core."""
        return self.vcpu * 1000

    @property
    def memory_bytes(self) -> int:
        """Bytes of memory."""
        return int(self.memory_gib * 2**30)


def size(provider: str, instance: str) -> Size | None:
    """Return the size of an instance type, None where it is not known."""
    facts = _table().get(provider, {}).get(instance)
    return Size(**facts) if facts else None


def gpu_vendor(provider: str, instance: str) -> GpuVendor | None:
    """Return who made the GPUs of an instance type, None where its family has none.

    Of Google's n1 types it is None: their GPUs are attached (`guest_accelerators`).
    """
    match provider:
        case "aws":
            return _aws_vendor(instance.partition(".")[0])
        case "gcp":
            return "nvidia" if instance.partition("-")[0] in _GCP_NVIDIA else None
        case "azure":
            return _azure_vendor(instance)
        case "do" if instance.startswith("gpu-"):
            return "amd" if instance.startswith("gpu-mi") else "nvidia"
        case _:
            return None


def gpus_per_node(provider: str, node_group: Mapping[str, Any]) -> int | None:
    """Return how many GPUs a node of a group has; None where nobody knows.

    `gpus` says it, else Google's `guest_accelerators`, else the instance type's data.
    """
    written = node_group.get("gpus")
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    attached = _attached(node_group.get("guest_accelerators"))
    instance = node_group.get("instance")
    if attached or not isinstance(instance, str):
        return attached or None
    known = size(provider, instance)
    if known and gpu_vendor(provider, instance) == "nvidia":
        return known.gpus
    has_gpus = node_group.get("gpu") is True or gpu_vendor(provider, instance) == "nvidia"
    return None if has_gpus else 0


def _attached(accelerators: object) -> int:
    """Return the number of GPUs that `guest_accelerators` attaches to a node."""
    if not isinstance(accelerators, list):
        return 0
    counts = [entry.get("count", 1) for entry in accelerators if isinstance(entry, dict)]
    return sum(count for count in counts if isinstance(count, int))


def _aws_vendor(family: str) -> GpuVendor | None:
    if family in _AWS_NVIDIA or family.startswith("p6"):
        return "nvidia"
    return "amd" if family == "g4ad" else None


def _azure_vendor(instance: str) -> GpuVendor | None:
    """NC, ND and NV have NVIDIA GPUs, but NVv4, NG and the MI300X of ND have AMD's."""
    match = re.match(r"Standard_(N[CDGV])", instance)
    if match is None:
        return None
    amd = match[1] == "NG" or "_MI300X" in instance
    amd = amd or bool(re.fullmatch(r"Standard_NV[0-9]+as_v4|Standard_NV[0-9]+.*_V710_v5", instance))
    return "amd" if amd else "nvidia"


@functools.cache
def _table() -> dict[str, dict[str, dict[str, Any]]]:
    path = bundle.folder("schemas") / "instance-types.json"
    table: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return table
