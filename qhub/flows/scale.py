"""How many workers a cluster shall have."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.flows.dask_errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from logging import Logger, LoggerAdapter

    from dask_gateway import GatewayCluster

    from qhub.flows.gateway import Workers

__all__ = ["Scale", "scale_of"]


@dataclass(frozen=True, slots=True)
class Scale:
    """From `minimum` to `maximum` workers as the work asks for; a fixed number if they agree."""

    minimum: int
    maximum: int

    def __str__(self) -> str:
        if self.minimum == self.maximum:
            return f"{self.minimum} worker{'' if self.minimum == 1 else 's'}"
        return f"{self.minimum} to {self.maximum} workers"

    def within(self, told: Workers | None, log: Logger | LoggerAdapter[Any]) -> Scale:
        """Return what of it the limits of the platform allow; says so where it is less."""
        if told is None or told.most is None or told.most >= self.maximum:
            return self
        log.warning(
            "%s were asked for; dask_gateway.limits of the platform allow %d of this size",
            self,
            told.most,
        )
        return Scale(min(self.minimum, told.most), told.most)

    def apply(self, cluster: GatewayCluster, *, present: int = 0) -> None:
        """Ask the gateway for it; a cluster that has `present` workers keeps those."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the gateway's about limits: `within` told
            if self.minimum != self.maximum:
                cluster.adapt(minimum=self.minimum, maximum=self.maximum)
            elif present < self.minimum:
                cluster.scale(self.minimum)


def scale_of(workers: int | None, adaptive: Sequence[int] | None, *, usual: int) -> Scale:
    """Return what `workers=…` or `adaptive=(minimum, maximum)` mean; `usual` without both."""
    if adaptive is None:
        count = usual if workers is None else workers
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ClusterError(f"workers={count!r}: a number from 1 was expected")
        return Scale(count, count)
    if workers is not None:
        raise ClusterError("workers and adaptive exclude each other", hint="leave one out")
    if len(adaptive) != 2 or not 1 <= adaptive[0] < adaptive[1]:
        raise ClusterError(
            f"adaptive={tuple(adaptive)!r}: (least, most) workers were expected, least from 1",
            hint="adaptive=(1, 4)",
        )
    return Scale(*adaptive)
