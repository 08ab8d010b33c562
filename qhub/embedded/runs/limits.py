"""What a flow run may use of the machine, as far as its system can hold it to that.

CPU: the run is bound to as many CPUs as its limit, rounded up, where the machine has more.
Memory: RLIMIT_DATA, the limit over what the forked process already holds. The kernel counts what
is reserved for writing (heap, private mappings, 8 MiB of stack per thread), not what is touched,
so it is reached a little early; then allocating fails and the flow gets a MemoryError instead of
the machine running out. Each process has the limit for itself: what a flow starts inherits it.
Linux only, both.
"""

from __future__ import annotations

import math
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.runs.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

__all__ = ["Limits"]

LINUX = sys.platform.startswith("linux")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one run; None is no limit."""

    cpus: int | None = None
    memory_bytes: int | None = None

    @classmethod
    def read(cls, variables: Mapping[str, str | None]) -> Limits:
        """Return the limits that the job variables cpu_limit and memory_limit name.

        Raises `LimitError`, which names the variable.
        """
        from qhub.config.formats.quantities import (
            cpu_millis,
            explain_cpu,
            explain_memory,
            memory_bytes,
        )

        cpu, memory = variables.get("cpu_limit"), variables.get("memory_limit")
        _check("cpu_limit", cpu, explain_cpu)
        _check("memory_limit", memory, explain_memory)
        return cls(
            cpus=max(1, math.ceil(cpu_millis(cpu) / 1000)) if cpu else None,
            memory_bytes=memory_bytes(memory) if memory else None,
        )

    @property
    def unenforced(self) -> tuple[str, ...]:
        """Which of the limits that are set this system cannot hold a process to."""
        if LINUX:
            return ()
        named = {"cpu_limit": self.cpus, "memory_limit": self.memory_bytes}
        return tuple(name for name, value in named.items() if value is not None)

    def hold(self, environ: MutableMapping[str, str]) -> None:
        """Hold this process, and what it starts, to the limits."""
        if not LINUX:
            return
        if self.cpus is not None:
            self._hold_cpus(self.cpus, environ)
        if self.memory_bytes is not None:
            most = _data_bytes() + self.memory_bytes
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    def _hold_cpus(self, cpus: int, environ: MutableMapping[str, str]) -> None:
        present = sorted(os.sched_getaffinity(0))
        if cpus >= len(present):
            return
        # Runs that are started one after the other get different CPUs, as far as there are.
        first = os.getpid() % len(present)
        os.sched_setaffinity(0, {present[(first + n) % len(present)] for n in range(cpus)})
        for name in THREADS:
            environ.setdefault(name, str(cpus))


def _check(name: str, value: str | None, explain: Callable[[str], str | None]) -> None:
    if value and (expected := explain(value)):
        raise LimitError(
            f"the job variable {name} is {value!r}, not {expected}",
            hint="deploy the flow again with a right one",
        )


def _data_bytes() -> int:
    """Return what RLIMIT_DATA counts of this process. Source: proc(5), "VmData"."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
