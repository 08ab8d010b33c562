"""Stage embedded: what supervisor and Dask Gateway run on this machine, as files.

No secret, no path and no port is in them: supervisor and the programs get those as QHUB_* of
their environment, so that every machine renders the same bytes. What a user wrote lies in JSON
alone: supervisor would expand a '%' in its own file and end a value at ' ;'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.formats import memory_bytes
from qhub.platform.published import pools, profile_value
from qhub.render.embedded_readme import embedded_readme
from qhub.render.serialise import as_json
from qhub.render.supervisor import Program, supervisord_conf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.platform.model import Agent, DaskGateway, Platform

__all__ = ["EMBEDDED", "embedded_stage"]

EMBEDDED = "embedded"
_VERSION = 1
_SERVER_STOP_SECONDS = 15
# It stops its clusters first.
_GATEWAY_STOP_SECONDS = 30
_AGENT_STOP_SECONDS = 30


def embedded_stage(platform: Platform, *, storage: str | None) -> dict[str, bytes]:
    """Return the stage's files by their path inside it; `storage` is where flow code goes."""
    programs = tuple(_programs(platform))
    files = {
        "README.md": embedded_readme(platform, programs).encode(),
        "platform.json": as_json(_platform(platform, storage)),
        "supervisord.conf": supervisord_conf(programs).encode(),
    }
    if platform.dask_gateway is not None:
        files["dask_gateway_config.py"] = _GATEWAY_CONFIG.encode()
    for agent in platform.agents:
        files[f"agents/{agent.name}.json"] = as_json(_agent(agent))
    return files


def _programs(platform: Platform) -> Iterator[Program]:
    """Yield what runs, in the order of its start."""
    yield Program(
        name="server",
        module="qhub.embedded.programs.server",
        what="Prefect server: its API and its page",
        priority=10,
        start_seconds=5,
        stop_seconds=_SERVER_STOP_SECONDS,
    )
    if platform.dask_gateway is not None:
        yield Program(
            name="gateway",
            module="qhub.embedded.programs.gateway",
            what="Dask Gateway and its proxy",
            priority=20,
            start_seconds=3,
            stop_seconds=_GATEWAY_STOP_SECONDS,
        )
    for agent in platform.agents:
        stop_seconds = agent.settings.get("terminationGracePeriodSeconds")
        yield Program(
            name=f"agent-{agent.name}",
            module="qhub.embedded.programs.agent",
            argument=agent.name,
            what=f"worker of the work pool {agent.name}",
            priority=30,
            start_seconds=2,
            stop_seconds=_AGENT_STOP_SECONDS if stop_seconds is None else int(stop_seconds),
        )


def _platform(platform: Platform, storage: str | None) -> dict[str, Any]:
    agents = {agent.name: agent for agent in platform.agents}
    gateway = platform.dask_gateway
    return {
        "version": _VERSION,
        "project": platform.project,
        "namespace": platform.namespace,
        "provider": platform.provider,
        "pools": [
            {
                "name": name,
                "queues": list(agents[name].queues),
                "concurrency_limit": _limit(agents[name]),
            }
            for name in pools(platform)
        ],
        "profiles": [profile_value(profile) for profile in platform.profiles],
        "dask_gateway": None if gateway is None else _gateway(gateway),
        "storage": storage,
    }


def _gateway(gateway: DaskGateway) -> dict[str, Any]:
    return {
        "idle_timeout_seconds": gateway.idle_timeout_seconds,
        "limit_workers": gateway.limit_workers,
        "limit_cores": gateway.limit_cores,
        "limit_memory_bytes": memory_bytes(gateway.limit_memory),
    }


def _agent(agent: Agent) -> dict[str, Any]:
    job = agent.job
    return {
        "version": _VERSION,
        "name": agent.name,
        "queues": list(agent.queues),
        "env_vars": dict(agent.env_vars),
        "secrets": [secret.name for secret in agent.secrets],
        "job_variables": {
            "cpu_request": job.cpu_request,
            "cpu_limit": job.cpu_limit,
            "memory_request": job.memory_request,
            "memory_limit": job.memory_limit,
        },
    }


def _limit(agent: Agent) -> int | None:
    """Return how many flow runs the agent has at a time; 0 in the chart is no limit."""
    limit = (agent.settings.get("worker") or {}).get("limit")
    return int(limit) if limit else None


_GATEWAY_CONFIG = '''\
"""Dask Gateway on this machine: written by `qhub render`, read by qhub.embedded.programs.gateway.

What does not depend on a machine (sizes, limits and options of clusters, who may log in) comes
from platform.json and agents/ beside this file.
"""

import os
from pathlib import Path

from qhub.embedded.gateway import configure

STATE = Path(os.environ["QHUB_STATE"])
PORTS = {name: int(os.environ[f"QHUB_GATEWAY_{name}PORT"]) for name in ("", "PROXY_", "TLS_")}

c = get_config()  # noqa: F821

# Everything listens on this machine alone: the gateway itself, the address of its clients with
# the dashboards, and the one that carries the connections of clients to schedulers.
c.DaskGateway.address = f"127.0.0.1:{PORTS['']}"
c.Proxy.address = f"127.0.0.1:{PORTS['PROXY_']}"
c.Proxy.tcp_address = f"127.0.0.1:{PORTS['TLS_']}"

c.SimpleAuthenticator.password = (STATE / "passwords" / "gateway").read_text().strip()

c.DBBackendBase.db_url = f"sqlite:///{STATE / 'gateway' / 'gateway.sqlite'}"
c.LocalBackend.clusters_directory = str(STATE / "gateway" / "clusters")
# A cluster whose scheduler died is found out within seconds, not half a minute.
c.DBBackendBase.cluster_heartbeat_period = 5
c.DBBackendBase.cluster_heartbeat_timeout = 15
c.DBBackendBase.stop_clusters_on_shutdown = True

configure(c, Path(__file__).with_name("platform.json"))
'''
