"""A Dask scheduler or worker of a cluster, with the settings and secrets of the agent it is for.

    python -m qhub.embedded.programs.dask scheduler|worker …   (as `dask scheduler|worker …`)

The gateway starts it in the cluster's folder and names the agent in QHUB_AGENT. Secrets are read
from the agent's volume here: the gateway itself never has them, so it cannot store them.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.layout import Layout
from qhub.embedded.programs.collector import resting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["environment", "main"]

_SELDOM = {
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__WORKER__PROFILE__INTERVAL": "50ms",
}
"""How often each process looks whether it is in time, and a worker at what its tasks do.

Dask does so every 20 and 10 ms: most of what a cluster without work costs, 4 % of a core.
"""


def environment(layout: Layout, agent: str) -> dict[str, str]:
    """Return what a Dask process has beside what the gateway gives it."""
    from qhub.embedded.proxies import loopback_exempt
    from qhub.embedded.user_environment import user_environment

    own = user_environment(layout, agent)
    return {
        **_SELDOM,
        **own,
        **loopback_exempt(own),
        # What spills to the disk lies in the cluster's folder and goes with it.
        "DASK_TEMPORARY_DIRECTORY": str(Path.cwd()),
        "PREFECT_HOME": str(layout.agent(agent)),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Become the scheduler or worker that the arguments describe."""
    kind, *rest = sys.argv[1:] if arguments is None else arguments
    layout = Layout(Path(environ["QHUB_STATE"]))
    os.environ.update(environment(layout, environ["QHUB_AGENT"]))
    os.umask(0o077)
    if kind == "scheduler":
        _scheduler(rest, owned=environ.get("QHUB_CLUSTER_OWNED") == "1")
    else:
        _bind(environ.get("QHUB_WORKER_CPUS", ""))
        with resting():
            from distributed.cli.dask_worker import main as worker

        worker(rest)


def _scheduler(arguments: Sequence[str], *, owned: bool) -> None:
    with resting():
        from distributed.cli.dask_scheduler import main as scheduler

        _import_alone("dask_gateway.scheduler_preload")
    ours = ["qhub.embedded.programs.dask_page", *(["qhub.flows.ownership"] if owned else [])]
    # The gateway's own preload takes what follows it as its options: ours go first.
    preloads = [word for module in ours for word in ("--preload", module)]
    scheduler(["--no-dashboard", *preloads, *arguments])


def _import_alone(name: str) -> None:
    """Import a module without its package: the gateway's client was a quarter of a start."""
    package = name.partition(".")[0]
    if spec := find_spec(package):
        sys.modules[package] = module_from_spec(spec)
        import_module(name)
        del sys.modules[package]  # who needs the package imports all of it


def _bind(cpus: str) -> None:
    """Keep to the CPUs of the worker's size, where the system can; its children do, too."""
    if cpus and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [int(cpu) for cpu in cpus.split(",")])


if __name__ == "__main__":
    main()
