"""Dask's page of a cluster, loaded when somebody opens it; a preload of the scheduler.

What draws it, Bokeh, was half of a scheduler's start and a third of its memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado.web import Application

if TYPE_CHECKING:
    from distributed import Scheduler
    from tornado.httputil import HTTPServerRequest

__all__ = ["dask_setup"]


async def dask_setup(scheduler: Scheduler) -> None:
    """Stand for the page of a scheduler that starts; it is told `--no-dashboard`."""
    scheduler.http_application.add_application(_Page(scheduler))


class _Page(Application):
    """Is asked for what nothing else of the scheduler's HTTP server answers."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler

    def find_handler(self, request: HTTPServerRequest, **values: Any) -> Any:
        """Put Dask's page in place of this, and let it answer."""
        from distributed.dashboard.scheduler import connect

        application = self._scheduler.http_application
        application.applications.remove(self)
        connect(  # type: ignore[no-untyped-call]
            application, self._scheduler.http_server, self._scheduler
        )
        return application.find_handler(request, **values)
