"""From files in the state to healthy processes, and a Prefect that knows of the platform."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.embedded import control, dask_clusters, launch, publish, snapshot
from qhub.embedded.api import Api
from qhub.embedded.ports import require_ours
from qhub.embedded.publish import Published
from qhub.embedded.supervise import Supervisor
from qhub.embedded.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.embedded.layout import Layout
    from qhub.platform import Platform
    from qhub.progress import Progress

__all__ = ["BroughtUp", "bring_up", "gateway_addresses"]

_DOWN = frozenset({"STOPPED", "EXITED", "FATAL"})


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """What was started (the whole platform, or some programs), told to Prefect, and found."""

    started: bool
    restarted: tuple[str, ...]
    notes: tuple[str, ...]
    published: Published


def bring_up(
    layout: Layout,
    platform: Platform,
    ports: Mapping[str, int],
    *,
    progress: Progress,
    environ: Mapping[str, str],
) -> BroughtUp:
    """Start or restart what differs from the files of the state, and wait until it is healthy.

    The caller holds the platform's lock. Raises `SupervisorError`, `DeployFailedError`,
    `ApiError`, and `PortTakenError` where a foreign process was quicker.
    """
    return _BringingUp(layout, platform, ports, progress).run(environ)


def gateway_addresses(platform: Platform, ports: Mapping[str, int]) -> dict[str, str] | None:
    """Return where Dask Gateway's clients find it, None where the platform has none."""
    if platform.dask_gateway is None:
        return None
    return {
        "address": f"http://127.0.0.1:{ports['gateway_proxy']}",
        "proxy_address": f"gateway://127.0.0.1:{ports['gateway_tls']}",
    }


@dataclass(frozen=True, slots=True)
class _BringingUp:
    layout: Layout
    platform: Platform
    ports: Mapping[str, int]
    progress: Progress

    def run(self, environ: Mapping[str, str]) -> BroughtUp:
        supervisor = Supervisor(self.layout)
        since = time.time()
        started, restarted, notes = self._processes(supervisor, environ)
        fresh = frozenset(p.name for p in supervisor.programs()) if started else restarted
        waiting = Waiting(self.layout, supervisor, self.ports, frozenset(fresh), since)
        with Api.of(self.layout) as api:
            with self.progress.step("wait for the Prefect server"):
                waiting.for_server(api)
            with self.progress.step("tell Prefect of pools, limits and profiles"):
                first = publish.pools(api, self.layout)
                gateway = gateway_addresses(self.platform, self.ports)
                rest = publish.rest(api, self.layout, self.platform, gateway=gateway)
            if self.platform.dask_gateway is not None:
                with self.progress.step("wait for Dask Gateway"):
                    waiting.for_gateway()
            with self.progress.step("wait for the agents"):
                for agent in self.platform.agents:
                    waiting.for_agent(agent.name, api)
        for note in rest.notes:
            self.progress.note(note)
        published = Published((*first.changed, *rest.changed), (*first.notes, *rest.notes))
        return BroughtUp(started, restarted, tuple(notes), published)

    def _processes(
        self, supervisor: Supervisor, environ: Mapping[str, str]
    ) -> tuple[bool, tuple[str, ...], list[str]]:
        """Start supervisor, or what of its programs is outdated or does not run."""
        wanted = launch.environment(self.layout, self.platform, self.ports, environ)
        if supervisor.running():
            due = snapshot.outdated(self.layout)
            if snapshot.EVERYTHING not in due and launch.is_current(self.layout, wanted):
                stops = "gateway" in due or self.platform.dask_gateway is None
                notes = self._clusters_stopped() if stops else []
                return False, self._restarted(supervisor, due), notes
            notes = self._clusters_stopped()
            with self.progress.step("stop what runs with other ports or versions"):
                supervisor.shutdown()
            return True, (), [*notes, *self._started(environ)]
        return True, (), self._started(environ)

    def _clusters_stopped(self) -> list[str]:
        """Tell of the Dask clusters that end because their gateway does, before it does."""
        names = dask_clusters.alive(self.layout)
        notes = [dask_clusters.stop_note(names)] if names else []
        for note in notes:
            self.progress.note(note)
        return notes

    def _started(self, environ: Mapping[str, str]) -> list[str]:
        with self.progress.step("start supervisor and the programs"):
            notes = launch.sweep(self.layout)
            require_ours(self.ports, self.layout)
            control.make_socket(self.layout)
            wanted = launch.environment(self.layout, self.platform, self.ports, environ)
            launch.launch(self.layout, wanted)
            snapshot.settle(self.layout)
        for note in notes:
            self.progress.note(note)
        return notes

    def _restarted(self, supervisor: Supervisor, due: frozenset[str]) -> tuple[str, ...]:
        """Restart what reads files that changed; start what is down."""
        reloaded = supervisor.reload()
        fresh = {*reloaded.added, *reloaded.changed}
        found = {program.name: program for program in supervisor.programs()}
        outdated = sorted(due & found.keys() - fresh)
        down = sorted(
            name
            for name, program in found.items()
            if program.state in _DOWN and name not in fresh and name not in outdated
        )
        if outdated or down:
            with self.progress.step(f"restart {', '.join([*outdated, *down])}"):
                supervisor.restart(*outdated)
                for name in down:
                    supervisor.start(name)
        snapshot.settle(self.layout)
        return tuple(sorted({*fresh, *outdated, *down}))
