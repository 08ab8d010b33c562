"""Bringing the bed up, looking at it, and taking it away.

Whatever is killed at whatever time: `up` finds a bed that lacks something, takes it away and makes
a new one; `down` finds all of it by the bed's name. Both hold the bed's lock, so two at once wait.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.bed import addons, builds, cgroups, images, keys, network, packages
from tests.cluster.bed.api import Api, ApiError
from tests.cluster.bed.errors import BedError
from tests.cluster.bed.parts import parts, write_configuration
from tests.cluster.bed.place import HIDDEN, NODE_NAME, OWNERS, PATH, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Condition", "condition", "down", "process", "tools", "up"]

READY_SECONDS = 120
BUSY_SECONDS = 600
_MANY_STARTS = 3
_OUTDATED = "it was made from other sources"
_FIRST = "first"  # the cgroup of the bed's first process


@dataclass(frozen=True, slots=True)
class Condition:
    """What of the bed there is. `problems` is empty in one that works."""

    exists: bool
    problems: tuple[str, ...]


def tools(place: Place, report: Callable[[str], None]) -> None:
    """Install and build all programs, and nothing else."""
    _check_machine(place)
    packages.install(place, report)
    builds.build(place, report)


def up(place: Place, report: Callable[[str], None]) -> None:
    """Return when the bed works: at once where it does, else after making it anew."""
    with _alone(place, report):
        tools(place, report)
        _remove_orphans()
        if not (found := condition(place)).problems:
            return
        if found.exists:
            if found.problems == (_OUTDATED,):
                _wait_for_users(place, report)
            report(f"takes away the former bed: {found.problems[0]}")
            _remove(place)
        try:
            _make(place, report)
        except BaseException:
            # Its logs say why; the next `up` takes away what is left.
            cgroups.end(place.name)
            raise


def down(place: Place, report: Callable[[str], None]) -> None:
    """Take away the bed, whatever there is of it; what was built stays in the cache."""
    if not _exists(place) and not place.cache.exists():
        return
    with _alone(place, report):
        _remove(place)
        _remove_orphans()


def condition(place: Place) -> Condition:
    """Look at every part of the bed, as it is now."""
    if not _exists(place):
        return Condition(exists=False, problems=("there is no bed",))
    return Condition(exists=True, problems=tuple(_problems(place)))


def process(place: Place, name: str) -> int | None:
    """Return the process of a part. Others are in its cgroup, too: what it started."""
    (part,) = (part for part in parts(place) if part.name == name)
    for pid in cgroups.members(place.name, name):
        with contextlib.suppress(OSError):  # it ended
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if command[: len(part.argv)] == [argument.encode() for argument in part.argv]:
                return pid
    return None


def _problems(place: Place) -> Iterator[str]:
    if not place.source.exists():
        yield "it never came up"
        return
    if place.source.read_text() != _source(place):
        yield _OUTDATED
        return
    gone = [part.name for part in parts(place) if process(place, part.name) is None]
    if not place.network.exists() or not cgroups.members(place.name, _FIRST):
        yield "its first process or its network is gone"
        return
    if gone:
        yield f"these parts do not run: {', '.join(gone)}"
        return
    with network.entered(place.network):
        yield from _unready(Api(place.kubeconfig))


def _unready(api: Api) -> Iterator[str]:
    """Yield what the API server says is not ready yet."""
    try:
        node = api.get(f"/api/v1/nodes/{NODE_NAME}")
        if not _is_true(node, "Ready"):
            yield "the node is not ready"
        dns = api.get("/apis/apps/v1/namespaces/kube-system/deployments/coredns")
        if not dns.get("status", {}).get("readyReplicas"):
            yield "CoreDNS is not ready"
        api.get("/api/v1/namespaces/default/serviceaccounts/default")
    except ApiError as error:
        yield f"the API server does not answer as it should: {error}"


def _is_true(thing: dict[str, dict[str, list[dict[str, str]]]], condition_type: str) -> bool:
    conditions = thing.get("status", {}).get("conditions", [])
    return any(one["type"] == condition_type and one["status"] == "True" for one in conditions)


def _exists(place: Place) -> bool:
    made = (
        place.state,
        place.owner,
        place.network,
        *(root / place.name for root in cgroups.roots()),
    )
    return any(path.exists() for path in made)


def _make(place: Place, report: Callable[[str], None]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for folder in (place.owner.parent, place.logs, place.held, place.layers):
        folder.mkdir(parents=True, exist_ok=True)
    place.owner.write_text(str(place.checkout))
    place.state.chmod(0o700)
    for partial in place.layers.glob("upload-*"):
        partial.unlink()
    keys.make(place)
    write_configuration(place)
    cgroups.make(place.name)
    network.make(place.network)
    _start(place)
    report("started etcd, containerd and the parts of Kubernetes")
    api = Api(place.kubeconfig)
    with network.entered(place.network):
        _until(place, deadline, "the registry", lambda: _push_images(place))
        _until(place, deadline, "the API server", lambda: addons.apply(api))
        report("the API server answers")
        _until(place, deadline, "the node", lambda: _require_ready(api))
    report("the node and CoreDNS are ready")
    place.source.write_text(_source(place))


def _wait_for_users(place: Place, report: Callable[[str], None]) -> None:
    """Let the tests end that run on a bed which is not the newest."""
    deadline, told = time.monotonic() + BUSY_SECONDS, False
    while place.network.exists() and time.monotonic() < deadline:
        ours = cgroups.members(place.name)
        if not (others := [pid for pid in network.users(place.network) if pid not in ours]):
            return
        if not told:
            report(f"{_OUTDATED}; waits for who still uses it: process {others[0]}")
            told = True
        time.sleep(0.5)


def _start(place: Place) -> None:
    """Start the bed's first process, in namespaces of its own, and nobody's child."""
    argv = [
        *("setsid", "--fork"),
        *("nsenter", f"--net={place.network}"),
        *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
        *("--mount-proc", sys.executable, "-m", "tests.cluster.bed.inside", str(place.checkout)),
    ]
    with (place.logs / "first.log").open("ab") as log:
        subprocess.run(
            argv,
            cwd=place.checkout,
            env={"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: cgroups.join(place.name, _FIRST),
            check=True,
        )


def _until(place: Place, deadline: float, what: str, attempt: Callable[[], object]) -> None:
    """Call `attempt` until it raises nothing, or the bed's time is over."""
    while True:
        try:
            attempt()
        except (ApiError, OSError) as error:
            if not cgroups.members(place.name, _FIRST):
                raise BedError(
                    f"the bed's first process ended: {_last(place, 'first')}",
                    hint=f"its log and those of the parts are in {place.logs}",
                ) from None
            if time.monotonic() > deadline:
                raise BedError(
                    f"{what} was not ready after {READY_SECONDS} s: {error}",
                    hint=_which(place),
                ) from None
            time.sleep(0.2)
        else:
            return


def _push_images(place: Place) -> None:
    for name in ("pause", "coredns"):
        images.push(name, "1", place.bin / name)


def _require_ready(api: Api) -> None:
    for problem in _unready(api):
        raise ApiError(0, problem)


def _remove(place: Place) -> None:
    cgroups.end(place.name)
    cgroups.remove(place.name)
    network.remove(place.network)
    shutil.rmtree(place.state, ignore_errors=True)
    if place.state.exists():
        raise BedError(
            f"{place.state} cannot be removed",
            hint="a mount below it is left; `findmnt` shows it",
        )
    place.owner.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others have beds, too
        OWNERS.rmdir()


def _remove_orphans() -> None:
    """Take away the beds of checkouts that are no more; nobody else could."""
    for owner in OWNERS.glob("*"):
        with contextlib.suppress(OSError):  # its bed was taken away in the meantime
            checkout = owner.read_text()
            if checkout and not Path(checkout).exists():
                _remove(Place(Path(checkout)))


def _source(place: Place) -> str:
    """Return the digest of all that the bed is made from."""
    folder = Path(__file__).parent
    text = hashlib.sha256(str(sys.executable).encode())
    for program in builds.PROGRAMS:
        text.update(builds.digest(program).encode())
    for path in (*sorted(folder.rglob("*.py")), *sorted(addons.MANIFESTS.glob("*.yaml"))):
        text.update(path.read_bytes())
    text.update(str(place.checkout).encode())
    return text.hexdigest()


@contextmanager
def _alone(place: Place, report: Callable[[str], None]) -> Iterator[None]:
    place.cache.mkdir(parents=True, exist_ok=True)
    with place.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waits for another one that works on this bed")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_machine(place: Place) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise BedError(
            "the test bed needs root on Linux: it makes namespaces, mounts and cgroups",
            hint="name another cluster: QHUB_TEST_KUBECONFIG=FILE",
        )
    for path in (place.checkout, Path(sys.base_prefix)):
        if any(path.is_relative_to(folder) for folder in HIDDEN):
            raise BedError(
                f"the test bed does not work from {path}: {', '.join(HIDDEN)} are its parts' own",
                hint="use a checkout, and a Python, somewhere else",
            )
    cgroups.require()


def _which(place: Place) -> str:
    """Return which parts do not stay, with their last words, or else where to look."""
    for part in parts(place):
        log = place.logs / f"{part.name}.log"
        if log.exists() and log.read_text(errors="replace").count("--- start ") > _MANY_STARTS:
            return f"{part.name} ends again and again: {_last(place, part.name)} (see {log})"
    return f"look at the logs of the parts in {place.logs}"


def _last(place: Place, part: str) -> str:
    with contextlib.suppress(OSError, IndexError):
        lines = (place.logs / f"{part}.log").read_text(errors="replace").splitlines()
        return [line for line in lines if line and not line.startswith("--- start ")][-1]
    return "it said nothing"
