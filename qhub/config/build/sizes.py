"""Sizes: the profiles of flow runs and Dask workers, and the gateway's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.build.block import number_text
from qhub.config.formats import cpu_millis, duration_seconds
from qhub.config.model import DaskGateway, DaskWorkerProfile, FlowRunProfile

if TYPE_CHECKING:
    from qhub.config.build.block import Block

__all__ = ["build_dask_worker", "build_flow_run", "build_gateway"]


def build_flow_run(name: str, block: Block) -> FlowRunProfile:
    """Return an entry of `profiles.flow_run`."""
    return FlowRunProfile(
        name=name,
        cpu=_quantity(block, "cpu"),
        memory=_quantity(block, "memory"),
        cpu_limit=number_text(block.get("cpu_limit")),
        memory_limit=number_text(block.get("memory_limit")),
        gpus=int(block.get("gpus")),
        node_pool=block.get("node_pool"),
        default=block.get("default"),
    )


def build_dask_worker(name: str, block: Block) -> DaskWorkerProfile:
    """Return an entry of `profiles.dask_worker`."""
    threads = block.get("worker_threads")
    return DaskWorkerProfile(
        name=name,
        worker_cores=_cores(block.get("worker_cores")),
        worker_cores_limit=_cores(block.get("worker_cores_limit")),
        worker_memory=_quantity(block, "worker_memory"),
        worker_memory_limit=_quantity(block, "worker_memory_limit"),
        worker_threads=None if threads is None else int(threads),
        image=block.get("image"),
        gpus=int(block.get("gpus")),
        node_pool=block.get("node_pool"),
        default=block.get("default"),
    )


def build_gateway(block: Block) -> DaskGateway:
    """Return the `dask_gateway` block."""
    idle_timeout = block.get("idle_timeout")
    limits = block.block("limits")
    return DaskGateway(
        enabled=block.get("enabled"),
        idle_timeout_seconds=(
            duration_seconds(idle_timeout) if isinstance(idle_timeout, str) else int(idle_timeout)
        ),
        limit_workers=int(limits.get("workers")),
        limit_cores=_cores(limits.get("cores")),
        limit_memory=_quantity(limits, "memory"),
    )


def _quantity(block: Block, key: str) -> str:
    return number_text(block.get(key)) or ""


def _cores(value: Any) -> float:
    return cpu_millis(value) / 1000 if isinstance(value, str) else float(value)
