"""Dask Gateway's configuration on this machine: sizes, limits and the options of a cluster."""

from __future__ import annotations

import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dask_gateway_server.options import Options

__all__ = ["Limits", "Size", "configure"]

DEFAULT = "default"
"""The size of a worker where no profile is marked as the default."""
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Size:
    """What a Dask worker may use; `cores` may be a part of one."""

    name: str
    cores: float
    memory_bytes: int
    threads: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one cluster may use."""

    idle_timeout_seconds: float
    workers: int
    cores: float
    memory_bytes: int

    def most_workers(self, size: Size) -> int:
        """Return how many workers of a size fit; raises ValueError where not even one does."""
        most = min(
            self.workers,
            math.floor(self.cores / size.cores + 1e-9),
            self.memory_bytes // size.memory_bytes,
        )
        if most < 1:
            raise ValueError(
                f"no worker of profile '{size.name}' ({size.cores:g} cores, "
                f"{size.memory_bytes / _GIB:.2f} GiB) fits into dask_gateway.limits: "
                f"{self.workers} workers, {self.cores:g} cores, "
                f"{self.memory_bytes / _GIB:.2f} GiB a cluster"
            )
        return int(most)


def configure(c: Any, platform_json: str | Path) -> None:
    """Set everything of the gateway's configuration `c` that does not depend on ports.

    What `platform.json` says, and which agents are beside it (the users), is read when it is
    needed: a gateway that had to be restarted for it would stop its clusters.
    """
    path = Path(platform_json)
    c.Application.log_format = "%(asctime)s %(levelname)-7s %(message)s"  # without colours
    c.DaskGateway.backend_class = "qhub.embedded.gateway_backend.AgentBackend"
    c.DaskGateway.authenticator_class = "qhub.embedded.gateway_users.AgentAuthenticator"
    c.AgentAuthenticator.agents = str(path.parent / "agents")
    c.AgentAuthenticator.password = c.SimpleAuthenticator.password
    c.Backend.cluster_options = lambda _user: current_options(path)
    program = [os.environ.get("QHUB_PYTHON", sys.executable), "-m", "qhub.embedded.programs.dask"]
    c.ClusterConfig.scheduler_cmd = [*program, "scheduler"]
    c.ClusterConfig.worker_cmd = [*program, "worker"]
    # A process that dies while it starts is told to who waits for it.
    c.DBBackendBase.cluster_status_period = 1
    c.DBBackendBase.worker_status_period = 1
    c.DBBackendBase.check_timeouts_period = 5
    # The proxy is all that clients see of the gateway: one that died is started again at once.
    c.Proxy.proxy_status_period = 1
    # ^C is enough for a Dask process that works; one that does not gets less patience.
    c.LocalBackend.sigint_timeout = 5
    c.LocalBackend.sigterm_timeout = 2


def current_options(platform_json: Path) -> Options:
    """Return the options by the profiles and limits of the last deploy."""
    platform = json.loads(platform_json.read_text("utf-8"))
    return options(_sizes(platform["profiles"]), _limits(platform["dask_gateway"]))


def options(sizes: Mapping[str, Size], limits: Limits) -> Options:
    """Return what may be chosen of a cluster, and what the gateway makes of it.

    The gateway stores the choices in clear and repeats them to its users: none is a secret.
    """
    from dask_gateway_server.options import Bool, Float, Integer, Mapping, Options, Select, String

    def settings(chosen: Any) -> dict[str, Any]:
        return _settings(chosen, sizes[chosen.profile], limits)

    names = list(sizes)
    return Options(
        String("flow", label="Flow whose runs share the cluster; empty: a temporary one"),
        String("run", label="Flow run that made it"),
        Select("profile", options=names, default=names[0], label="Size of a worker"),
        Float("worker_cores", default=0, min=0, label="Cores of a worker; 0: the profile's"),
        Float("worker_memory", default=0, min=0, label="GiB of a worker; 0: the profile's"),
        Integer("worker_threads", default=0, min=0, label="Threads of a worker; 0: the profile's"),
        Float("idle_timeout", default=limits.idle_timeout_seconds, min=0, label="Seconds idle"),
        Bool("owned", default=False, label="Whether it ends with the process that made it"),
        Mapping("environment", label="Variables of its processes; kept in clear, no secrets"),
        handler=settings,
    )


def _settings(chosen: Any, profile: Size, limits: Limits) -> dict[str, Any]:
    """Return the settings of a cluster in Dask Gateway's words."""
    cores = chosen.worker_cores or profile.cores
    threads = math.ceil(cores) if chosen.worker_cores else profile.threads
    size = Size(
        name=profile.name,
        cores=cores,
        memory_bytes=int(chosen.worker_memory * _GIB) or profile.memory_bytes,
        threads=chosen.worker_threads or threads,
    )
    return {
        "worker_cores": math.ceil(size.cores),
        "worker_memory": size.memory_bytes,
        "worker_threads": size.threads,
        "cluster_max_workers": limits.most_workers(size),
        "idle_timeout": chosen.idle_timeout,
        "environment": {name: str(value) for name, value in chosen.environment.items()},
    }


def _sizes(profiles: list[dict[str, Any]]) -> dict[str, Size]:
    """Return the sizes of workers by name, the default one first."""
    ours = [profile for profile in profiles if profile["kind"] == "dask_worker"]
    ours.sort(key=lambda profile: not profile["default"])
    found = {profile["name"]: _size(profile) for profile in ours}
    if not ours or not ours[0]["default"]:
        usual = Size(DEFAULT, cores=1, memory_bytes=2 * _GIB, threads=1)
        found = {DEFAULT: found.pop(DEFAULT, usual), **found}
    return found


def _size(profile: Mapping[str, Any]) -> Size:
    from qhub.config.formats import memory_bytes  # late: it brings what reads config files

    cores = float(profile["cores_limit"])
    return Size(
        name=profile["name"],
        cores=cores,
        memory_bytes=memory_bytes(profile["memory_limit"]),
        threads=profile["threads"] or math.ceil(cores),
    )


def _limits(gateway: Mapping[str, Any]) -> Limits:
    return Limits(
        idle_timeout_seconds=gateway["idle_timeout_seconds"],
        workers=gateway["limit_workers"],
        cores=gateway["limit_cores"],
        memory_bytes=gateway["limit_memory_bytes"],
    )
