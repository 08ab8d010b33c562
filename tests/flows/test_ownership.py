"""A temporary cluster without a client ends, also when the gateway is away at that moment."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from qhub.flows import ownership


class Gateway:
    """Refuses some times before it ends the cluster."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.ended = asyncio.Event()

    async def shutdown(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.ended.set()


def test_a_gateway_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "ALONE_SECONDS", 0.0)
    monkeypatch.setattr(ownership, "_PERIOD", 0.01)

    async def ended() -> list[Exception]:
        gateway = Gateway(ConnectionRefusedError("refused"), HTTPClientError(502))
        scheduler: Any = SimpleNamespace(
            clients={"fire-and-forget": None},
            extensions={},
            services={"gateway": SimpleNamespace(gateway=gateway)},
        )
        await ownership.dask_setup(scheduler)
        await asyncio.wait_for(gateway.ended.wait(), 5)
        await ownership.dask_teardown(scheduler)
        return gateway.refusals

    assert asyncio.run(ended()) == []
