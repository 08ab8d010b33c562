"""A small process beside a server that ends it when it lives but answers nobody.

Supervisor starts a program again that died, not one that hangs: whose event loop waits for ever,
or that was stopped. A thread of the server would hang with it, so this is a process of its own. It
is forked before the server imports anything, which keeps it small, and ends with the server. Where
it is killed, a thread of the server starts another one, as a program: a server with threads does
not fork.

    python -m qhub.embedded.programs.silence SERVER PORT PATH PIPE PATIENCE…
"""

from __future__ import annotations

import http.client
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Patience", "end_when_silent"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may be silent.

    Questions are counted, not seconds: a machine that slept is not a server that hung.
    """

    at_first_every_seconds: float = 1
    every_seconds: float = 15
    answer_within_seconds: float = 10
    unanswered: int = 4


def end_when_silent(port: int, path: str, patience: Patience | None = None) -> None:
    """Fork what asks the server that this process will be; kills it when it is silent.

    Nothing happens before the first answer: a server may take long to start.
    """
    server, patience = os.getpid(), patience or Patience()
    alive, theirs = os.pipe()  # the other end closes when this process ends, and not before
    asking = os.fork()
    if asking == 0:
        os.close(theirs)
        _ask(server, port, path, patience, alive)
        os._exit(0)
    again = [sys.executable, "-m", __name__]
    again += map(str, (server, port, path, alive, *astuple(patience)))
    keeps = (again, alive, dict(os.environ), patience.at_first_every_seconds)
    threading.Thread(target=_replace, args=(asking, *keeps), daemon=True).start()


def main(arguments: Sequence[str]) -> None:
    """Ask in the place of one that was killed."""
    server, port, path, alive, first, every, within, unanswered = arguments
    patience = Patience(float(first), float(every), float(within), int(unanswered))
    _ask(int(server), int(port), path, patience, int(alive))


def _replace(
    asking: int, again: Sequence[str], alive: int, environ: dict[str, str], pause_seconds: float
) -> None:
    """Wait for the end of what asks, and start it again, as long as this server lives."""
    with suppress(ChildProcessError):
        os.waitpid(asking, 0)
    while True:
        time.sleep(pause_seconds)  # where it cannot be, the server is not kept busy with it
        with suppress(OSError):
            subprocess.Popen(again, env=environ, pass_fds=[alive]).wait()


def _ask(server: int, port: int, path: str, patience: Patience, alive: int) -> None:
    """Ask until the server is gone, and see to that when it is silent for too long."""
    answered_once, unanswered = False, 0
    while True:
        asked = time.monotonic()
        if _answers(port, path, patience.answer_within_seconds):
            answered_once, unanswered = True, 0
        else:
            unanswered += 1
        every = patience.every_seconds if answered_once else patience.at_first_every_seconds
        pause = max(0.0, asked + every - time.monotonic())
        if select.select([alive], [], [], pause)[0]:
            return
        if answered_once and unanswered >= patience.unanswered:
            told = f"qhub: {unanswered} questions were not answered; it is started again\n"
            with suppress(OSError):
                os.write(2, told.encode())
            # It cannot heed SIGTERM. Its database survives this as it does a power cut.
            os.kill(server, signal.SIGKILL)
            return


def _answers(port: int, path: str, within_seconds: float) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=within_seconds)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
