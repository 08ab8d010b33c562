"""An agent: the warmed parent of its flow runs, which forks its worker.

    python -m qhub.embedded.programs.agent NAME

Reads QHUB_STATE, QHUB_PROJECT, QHUB_NAMESPACE and the ports, QHUB_*_PORT. SIGTERM stops it
within 3 s and leaves its flow runs alone; the next agent of that name adopts them.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from pathlib import Path

from qhub.embedded.layout import Layout
from qhub.embedded.programs.collector import resting
from qhub.embedded.runs.environment import agent_environment
from qhub.embedded.runs.records import Records

__all__ = ["main"]


def main(name: str) -> int:
    """Serve until SIGTERM; in a forked child, run a flow."""
    os.umask(0o077)
    layout = Layout(Path(os.environ["QHUB_STATE"]))
    os.environ.update(agent_environment(layout, name, os.environ))
    records = Records(layout.agent(name))
    records.make()
    _await_turn(records.root / "agent.lock")
    with resting():
        from qhub.embedded.runs import warm

        warm.import_libraries()
    sys.stdout.flush()
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        ours.close()
        from qhub.embedded.runs.loops import work

        work(layout, name, theirs, records)
    theirs.close()
    from qhub.embedded.runs.parent import Parent

    outcome = Parent(ours, worker, records).serve()
    if isinstance(outcome, int):
        return outcome
    from qhub.embedded.runs.child import become

    become(outcome)
    return 0


def _await_turn(lock: Path) -> None:
    """Wait until no other agent of this name is there; parent and worker hold the lock together.

    One may be: supervisor was killed, which leaves its programs, and another one started.
    """
    fcntl.flock(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
