"""The bed's programs that come from Debian: `.ci/tools cluster` installs what is missing."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.cluster.bed.errors import BedError
from tests.cluster.bed.parts import CNI_PROGRAMS
from tests.cluster.bed.place import PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.bed.place import Place

__all__ = ["install", "missing"]

_PROGRAMS = (
    "etcd",
    "containerd",
    "runc",
    "iptables",
    "conntrack",
    "ip",
    "nsenter",
    "openssl",
)
_PLUGINS = ("ptp", "host-local", "portmap", "loopback")


def missing() -> tuple[str, ...]:
    """Return the names of the programs that the bed needs and this machine has not."""
    programs = [name for name in _PROGRAMS if shutil.which(name, path=PATH) is None]
    plugins = [name for name in _PLUGINS if not (CNI_PROGRAMS / name).exists()]
    return (*programs, *plugins)


def install(place: Place, report: Callable[[str], None]) -> None:
    """Install what is missing; the tool's own messages say why it cannot."""
    if not (names := missing()):
        return
    report(f"installs Debian packages for {', '.join(names)}")
    tools = place.checkout / ".ci" / "tools"
    done = subprocess.run(
        [str(tools), "cluster"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if left := missing():
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise BedError(
            f"the test bed needs {', '.join(left)}\n{last}".strip(),
            hint="install etcd, containerd, runc, CNI plugins, iptables, conntrack and iproute2",
        )
