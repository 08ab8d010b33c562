"""The warmed parent: has imported Prefect once, forks a child per job and reaps it.

It has one thread, no client and no event loop, so that a fork copies nothing that is in use, and
it runs no code of users. What it forks is told by the worker over a socket pair; when either of
the two is gone the other leaves, too, and supervisor starts both anew. Runs stay: they have
sessions of their own, and the next worker adopts them.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qhub.embedded.runs import messages
from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.messages import Ended, Job, Message, Refused, Started

if TYPE_CHECKING:
    from qhub.embedded.runs.records import Records

__all__ = ["Parent"]

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
WORKER_STOPS_WITHIN_SECONDS = 2.0
# What a flow leaves behind in its session is asked to end, then killed.
REMAINS_END_WITHIN_SECONDS = 3.0


class Parent:
    """Forks for the worker at the other end of `link`, until the worker or itself is ended."""

    def __init__(self, link: socket.socket, worker: int, records: Records) -> None:
        self._link = link
        self._worker = worker
        self._records = records
        self._unread = b""
        self._children: dict[int, tuple[Job, Identity | None]] = {}
        self._remains: dict[int, float] = {}
        self._stopping: float | None = None
        self._wake, self._waker = socket.socketpair()

    def serve(self) -> int | Job:
        """Return the exit status of the parent or, in a child that was forked, its job."""
        self._listen_to_signals()
        selector = selectors.DefaultSelector()
        selector.register(self._link, selectors.EVENT_READ)
        selector.register(self._wake, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select(self._patience())}
            if self._wake in ready:
                self._heed_signals()
            self._press()
            if self._link in ready:
                jobs = self._jobs()
                if jobs is None:
                    return self._leave()
                for job in jobs:
                    if self._fork(job):
                        selector.close()
                        return job

    def _listen_to_signals(self) -> None:
        for end in (self._wake, self._waker):
            end.settimeout(0)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, lambda *_: None)

    def _patience(self) -> float | None:
        """Return for how long there is nothing to do unless somebody calls."""
        ends = [*self._remains.values(), *([] if self._stopping is None else [self._stopping])]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _heed_signals(self) -> None:
        with suppress(BlockingIOError):
            numbers = self._wake.recv(4096)
            if self._stopping is None and {signal.SIGTERM, signal.SIGINT} & set(numbers):
                self._stopping = time.monotonic() + WORKER_STOPS_WITHIN_SECONDS
                os.kill(self._worker, signal.SIGTERM)
        self._reap()

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                if pid in self._children:
                    self._end(pid, os.waitstatus_to_exitcode(status))

    def _end(self, pid: int, status: int) -> None:
        job, identity = self._children.pop(pid)
        if identity is not None and job.kind == "flow":
            self._records.forget(job.run, identity)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGTERM)
            self._remains[pid] = time.monotonic() + REMAINS_END_WITHIN_SECONDS
        self._say(Ended(job.number, status))

    def _press(self) -> None:
        """Kill what had its time to end: remains of flows, and a worker that does not stop."""
        now = time.monotonic()
        for pid in [pid for pid, end in self._remains.items() if end <= now]:
            del self._remains[pid]
            # While members of the group live, no new process gets its number.
            if Identity.of(pid) is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
        if self._stopping is not None and self._stopping <= now:
            os.kill(self._worker, signal.SIGKILL)
            self._stopping = now + WORKER_STOPS_WITHIN_SECONDS

    def _jobs(self) -> list[Job] | None:
        """Return the jobs that arrived whole, None when the worker is gone."""
        try:
            received = self._link.recv(1 << 18)
        except ConnectionError:
            return None
        if not received:
            return None
        *lines, self._unread = (self._unread + received).split(b"\n")
        return [job for job in map(messages.read, lines) if isinstance(job, Job)]

    def _fork(self, job: Job) -> bool:
        """Fork; whether this is the child. Signals wait until it has lost the parent's handlers."""
        former = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            child = os.fork()
        except OSError as error:
            self._say(Refused(job.number, f"cannot fork: {error.strerror}"))
            signal.pthread_sigmask(signal.SIG_SETMASK, former)
            return False
        if child == 0:
            self._become_child(job, former)
            return True
        identity = Identity.of(child)
        self._children[child] = (job, identity)
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
        self._say(Started(job.number, str(identity or f"{child}:ended")))
        return False

    def _become_child(self, job: Job, mask: set[int | signal.Signals]) -> None:
        os.setsid()
        # Noted by the child itself: a parent that is killed now would leave a run unknown.
        if job.kind == "flow" and (own := Identity.of(os.getpid())):
            self._records.write(job.run, own)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for end in (self._link, self._wake, self._waker):
            end.close()

    def _say(self, message: Message) -> None:
        with suppress(OSError):  # the worker is gone: the next read says so, too
            self._link.sendall(messages.write(message))

    def _leave(self) -> int:
        """Return the exit status: 0 when asked to stop, 1 when the worker died by itself."""
        with suppress(ProcessLookupError):
            os.kill(self._worker, signal.SIGKILL)
        return 1 if self._stopping is None else 0
