"""The first process in the bed's namespaces: `python -m tests.cluster.bed.inside CHECKOUT`.

With it ends everything: the kernel kills what is left in its process namespace, and the mounts go
with their namespace. A part that ends is started again, unless it is held (`Place.held`).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from tests.cluster.bed import cgroups
from tests.cluster.bed.parts import Part, parts
from tests.cluster.bed.place import API_PORT, HIDDEN, PATH, Place

__all__ = ["main"]

_SYSTEM = ("/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr")
_TURN_SECONDS = 0.05  # while parts start
_QUIET_TURN_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class Running:
    """A part and the process that it is at the moment; `pid` 0: it does not run."""

    part: Part
    pid: int = 0
    starts: int = 0
    ready: bool = False
    not_before: float = field(default=0.0)


def main(checkout: str) -> None:
    place = Place(Path(checkout))
    _mount(place)
    running = {part.name: Running(part) for part in parts(place)}
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    # A deleted checkout ends its bed, too.
    while not ended and place.state.exists():
        _reap(running)
        for one in running.values():
            _look_after(place, one, running)
        quiet = all(one.ready for one in running.values())
        time.sleep(_QUIET_TURN_SECONDS if quiet else _TURN_SECONDS)


def _mount(place: Place) -> None:
    """Give the parts the usual paths for themselves."""
    _forget_mounts(place)
    _run("mount", "--make-rshared", "/")
    for folder in HIDDEN:
        _run("mount", "-t", "tmpfs", "-o", "mode=755", "qhub-bed", folder)
    # On disk: in memory, what a pod writes into its volumes would count as memory of its own.
    volumes = place.state / "volumes"
    for kubelet in (volumes, Path("/var/lib/kubelet")):
        kubelet.mkdir(exist_ok=True)
    _run("mount", "--bind", str(volumes), "/var/lib/kubelet")
    for folder in ("/run/netns", "/run/tmp"):
        Path(folder).mkdir()
    _run("mount", "--bind", str(place.config / "hosts"), "/etc/hosts")


def _forget_mounts(place: Place) -> None:
    """Unmount here what the bed has no use for, so that its owner's unmounting is the last.

    Otherwise another bed's network, or the disk of somebody's test, would live as long as this bed.
    """
    needed = [place.checkout, Path(sys.prefix), Path(sys.base_prefix), *map(Path, _SYSTEM)]
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    for text in reversed([line.split()[4] for line in lines]):
        point = Path(re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), text))
        inside = any(point.is_relative_to(folder) for folder in ("/proc", "/sys", "/dev"))
        if not inside and not any(path.is_relative_to(point) for path in needed):
            subprocess.run(["umount", "--lazy", str(point)], check=False)


def _look_after(place: Place, one: Running, running: dict[str, Running]) -> None:
    held = (place.held / one.part.name).exists()
    if one.pid and held:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
    elif one.pid and not one.ready:
        one.ready = _answers(place, one.part.ready)
    elif not one.pid and not held and _may_start(one, running):
        _start(place, one)


def _may_start(one: Running, running: dict[str, Running]) -> bool:
    awaited = all(running[name].ready for name in one.part.after)
    return awaited and time.monotonic() >= one.not_before


def _start(place: Place, one: Running) -> None:
    one.starts += 1
    one.not_before = time.monotonic() + min(2.0 ** (one.starts - 2), _LONGEST_PAUSE_SECONDS)
    with (place.logs / f"{one.part.name}.log").open("ab") as log:
        log.write(f"--- start {one.starts}: {' '.join(one.part.argv)}\n".encode())
        log.flush()
        process = subprocess.Popen(
            one.part.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT,
            cwd=place.checkout,
            start_new_session=True,
            preexec_fn=lambda: cgroups.join(place.name, one.part.name),
        )
    one.pid = process.pid
    one.ready = one.part.ready is None
    process.returncode = 0  # `_reap` waits for it, not this object


_ENVIRONMENT = {
    "PATH": PATH,
    "HOME": "/run",
    "TMPDIR": "/run/tmp",
    "GOGC": "400",
    "ETCD_UNSUPPORTED_ARCH": "arm64",  # etcd 3.4 refuses that one otherwise; no effect elsewhere
}


def _reap(running: dict[str, Running]) -> None:
    """Collect every process that ended: our parts, and what others left to the first process."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        for one in running.values():
            if one.pid == pid:
                one.pid, one.ready = 0, False


def _answers(place: Place, ready: int | Path | str | None) -> bool:
    if ready is None:
        return True
    if isinstance(ready, str):
        return _is_ok(place, API_PORT, ready)
    family = socket.AF_INET if isinstance(ready, int) else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        try:
            client.connect(("127.0.0.1", ready) if isinstance(ready, int) else str(ready))
        except OSError:
            return False
    return True


def _is_ok(place: Place, port: int, path: str) -> bool:
    context = ssl.create_default_context(cafile=str(place.keys / "ca.crt"))
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=context)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1])
