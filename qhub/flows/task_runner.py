"""`dask_task_runner()`: a flow's tasks spread over a Dask cluster that its runs share."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from distributed import KilledWorker  # noqa: TID253 the runner's class needs all of these
from prefect.states import Crashed  # noqa: TID253
from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture  # noqa: TID253

from qhub.flows import dask_versions
from qhub.flows.code_on_dask import code_of_run, send
from qhub.flows.dask_errors import WorkerLostError
from qhub.flows.run_context import log
from qhub.flows.scale import scale_of
from qhub.flows.seconds import require_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect.client.schemas.objects import State
    from prefect_dask.client import PrefectDaskClient

__all__ = ["SharedClusterRunner", "dask_task_runner"]

_CLUSTER = "qhub.flows.shared_cluster.shared_cluster"
_MEMORY_EVENTS = "worker-restart-memory"
"""Where Dask's nannies say that they ended a worker which used too much."""


def dask_task_runner(
    profile: str | None = None,
    *,
    workers: int | None = None,
    adaptive: Sequence[int] | None = None,
    idle_timeout: float | None = None,
    timeout: float = 120,
) -> SharedClusterRunner:
    """Return a task runner for `@flow(task_runner=…)`; nothing is started before a task is.

    All runs of the flow share one cluster of workers of size `profile`: `workers` of them (2), or
    as many as the work asks for, `adaptive=(1, 4)`. It ends after `idle_timeout` seconds without
    work (the platform's if not given). `timeout` is how long the first worker may take.
    """
    scale = scale_of(workers, adaptive, usual=2)
    require_seconds("idle_timeout", idle_timeout, optional=True)
    require_seconds("timeout", timeout)
    return SharedClusterRunner(
        cluster_class=_CLUSTER,
        cluster_kwargs={
            "profile": profile,
            "minimum": scale.minimum,
            "maximum": scale.maximum,
            "idle_timeout": idle_timeout,
            "timeout": timeout,
        },
    )


class SharedClusterRunner(DaskTaskRunner):
    """Prefect's own runner, with a cluster that is checked and has the flow's modules."""

    @property
    def client(self) -> PrefectDaskClient:
        """Return the client; the first call finds or makes the cluster."""
        is_new = self._client is None
        client = super().client
        if is_new and self._cluster is not None:
            dask_versions.check(client)
            send(client, code_of_run(), log())
        return client

    def submit(self, *args: Any, **kwargs: Any) -> PrefectDaskFuture[Any]:  # type: ignore[override]
        """Submit a task; the future tells clearly when its workers were lost."""
        future = super().submit(*args, **kwargs)
        return _Future(
            wrapped_future=future.wrapped_future,
            task_run_id=future.task_run_id,
            client=self.client,
        )


class _Future(PrefectDaskFuture[Any]):
    def __init__(self, *, client: PrefectDaskClient, **values: Any) -> None:
        self._dask_client = client
        super().__init__(**values)

    def wait(self, timeout: float | None = None) -> None:
        """Wait; a task whose workers died ends as Crashed, it would never end otherwise."""
        super().wait(timeout)
        if self._final_state is None and (error := self._loss()) is not None:
            self._final_state = Crashed(message=str(error), data=error)
            _report(self)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> Any:  # noqa: FBT001, FBT002 Prefect's signature
        """Return the task's result; raises `WorkerLostError` where its workers died."""
        try:
            return super().result(timeout=timeout, raise_on_failure=raise_on_failure)
        except KilledWorker as error:
            self.wait()
            raise (self._loss() or error) from error

    def _loss(self) -> WorkerLostError | None:
        """Return what became of the workers that tried the task, None where they live."""
        future = self.wrapped_future
        if future.status != "error":
            return None
        error = future.exception()  # type: ignore[no-untyped-call]
        if not isinstance(error, KilledWorker):
            return None
        of_memory = len(self._dask_client.get_events(_MEMORY_EVENTS) or ())
        times = error.allowed_failures + 1
        why = (
            "used more memory than it may (Dask ended workers for that "
            f"{of_memory} times on this cluster)"
            if of_memory
            else "ended without a word: killed by the system, or a crash in a library"
        )
        return WorkerLostError(
            f"task {future.key!r}: the Dask worker that ran it {why}; {times} tries",
            hint="choose a profile with more memory, or smaller pieces of work",
        )


def _report(future: _Future) -> None:
    """Tell Prefect how the task ended: its worker, which would have, is dead.

    A worker that died soon may not even have told that the task began.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    ended: State[Any] = Crashed(message=future.state.message)
    with suppress(ObjectNotFound, httpx.HTTPError), get_client(sync_client=True) as client:
        client.set_task_run_state(future.task_run_id, ended, force=True)
