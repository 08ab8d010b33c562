"""`cluster()`: a Dask cluster for a piece of work, gone after it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from qhub.flows import dask_versions
from qhub.flows.dask_errors import GatewayError
from qhub.flows.gateway import access, connect, describe, failures
from qhub.flows.new_cluster import attach, submit
from qhub.flows.patience import patiently
from qhub.flows.run_context import log
from qhub.flows.scale import scale_of
from qhub.flows.seconds import require_seconds
from qhub.flows.waiting import wait_for_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dask_gateway import Gateway
    from distributed import Client

    from qhub.flows.gateway import Access

__all__ = ["cluster"]

_TIMEOUT = 120.0


@contextmanager
def cluster(
    *,
    profile: str | None = None,
    workers: int | None = None,
    adaptive: Sequence[int] | None = None,
    idle_timeout: float | None = None,
    wait: bool = True,
    timeout: float = _TIMEOUT,
) -> Iterator[Client]:
    """Yield a client of a new Dask cluster; inside, Dask computes there.

    The cluster ends with the block, also when that raises; when the process is killed it ends
    within half a minute. `workers` is their number (1), `adaptive=(1, 4)` lets Dask choose.
    `timeout` is in seconds; with `wait=False` the block begins before the workers are there.
    """
    wanted = scale_of(workers, adaptive, usual=1)
    require_seconds("idle_timeout", idle_timeout, optional=True)
    require_seconds("timeout", timeout)
    to, note = access(), log()
    with connect(to) as gateway:
        with failures(to):
            name = submit(
                gateway, to, flow="", profile=profile, idle_timeout=idle_timeout, owned=True
            )
        try:
            with failures(to):
                made = attach(gateway, to, name)
            with made, made.get_client(set_as_default=False) as client:
                with failures(to):
                    wanted = wanted.within(patiently(to, lambda: describe(name, to)), note)
                    patiently(to, partial(wanted.apply, made))
                    note.info("Dask cluster %s with %s: %s", name, wanted, made.dashboard_link)
                    if wait:
                        wait_for_workers(
                            made, gateway, to, wanted=wanted.minimum, timeout=timeout, log=note
                        )
                _prepare(client)
                with client.as_current():
                    yield client
        finally:
            _stop(gateway, to, name)


def _stop(gateway: Gateway, to: Access, name: str) -> None:
    """Stop the cluster; what was computed is not lost where that fails."""
    try:
        patiently(to, lambda: gateway.stop_cluster(name))
    except ValueError:  # it has ended, and the gateway has forgotten it
        return
    except GatewayError as error:
        log().warning("Dask cluster %s ends later, without its client: %s", name, error)


def _prepare(client: Client) -> None:
    """Bring the flow's own modules there, once both ends are known to fit."""
    from qhub.flows.code_on_dask import code_of_run, send

    dask_versions.check(client)
    send(client, code_of_run(), log())
