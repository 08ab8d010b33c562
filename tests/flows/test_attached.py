"""Connections to the gateway do no harm when they are collected."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

from qhub.flows.gateway import Access, connect

NOWHERE = Access("http://127.0.0.1:1", "gateway://127.0.0.1:1", "pipelines", "")


def test_connection_and_cluster_can_be_collected_by_their_own_event_loop() -> None:
    from qhub.flows.attached import AttachedCluster  # brings Dask: not where tests are collected

    report: Any = SimpleNamespace(name="c", dashboard_link=None, security=None)
    with connect(NOWHERE) as found:
        loop = found.loop.asyncio_loop
        with AttachedCluster(found, report, "tls://127.0.0.1:1") as cluster:
            assert cluster.status == "running"
        assert cluster.status == "closed"
    kept, left = [found, cluster], [weakref.ref(found), weakref.ref(cluster)]
    del found, cluster

    async def collect() -> None:
        kept.clear()
        gc.collect()

    asyncio.run_coroutine_threadsafe(collect(), loop).result(5)
    assert [one() for one in left] == [None, None]
