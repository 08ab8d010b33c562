"""Ends a deploy as the end of a container does: `qhub`, Terraform and its providers at once."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from qhub.deploy import processes
from tests.deploy.place import STAGE

if TYPE_CHECKING:
    import subprocess

    from tests.deploy.place import Place


def kill_all(place: Place, qhub: subprocess.Popen[str]) -> None:
    """Kill a deploy that applies, with everything that it started."""
    found = processes.orphan(place.private / STAGE / "running.json")
    assert found is not None
    assert (found.command, found.alive) == ("apply", True)
    qhub.kill()
    os.killpg(found.pid, signal.SIGKILL)
    said = qhub.communicate()[0]
    assert qhub.returncode == -signal.SIGKILL, said
