"""A bed comes up whatever was left of the last one, and goes without a trace.

The beds here are those of checkouts that are made for the test, beside the bed that others use.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import beds
from tests.cluster.bed import cgroups, lifecycle
from tests.cluster.bed.place import Place
from tests.cluster.pods import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cluster.access import Cluster

pytestmark = pytest.mark.usefixtures("bed")

# What a bed could leave behind in: everything in these folders is compared.
FOLDERS = (
    "/run",
    "/run/netns",
    "/run/containerd",
    "/var/lib",
    "/var/lib/cni",
    "/var/log",
    "/etc/cni",
)
# Others on this machine may mount what they like elsewhere.
MOUNTS = ("/run", "/var", "/etc", "/sys", "/opt")


@pytest.fixture
def checkout(tmp_path: Path, cluster: Cluster) -> Iterator[Place]:
    """A second checkout with the programs of this one; its bed is taken away in the end."""
    place = beds.another_checkout(tmp_path / "checkout")
    with cluster.outside():
        yield place
        if place.checkout.exists():
            assert beds.command(place, "down").returncode == 0


def traces(place: Place) -> set[str]:
    """Return what can be seen of a bed, and all that is where a bed could leave something."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split()[4] for line in lines if not is_of_another_bed(line.split()[4], place)]
    mounts = {f"mount {point}" for point in points if point.startswith(MOUNTS)}
    mounts |= {f"mount {point}" for point in points if str(place.checkout) in point}
    groups = {
        f"cgroup {folder}"
        for root in cgroups.roots()
        for folder, _, _ in os.walk(root)
        if f"/{place.name}" in folder
    }
    files = {
        f"file {path}"
        for folder in map(Path, FOLDERS)
        if folder.exists()
        for path in folder.iterdir()
        if not is_of_another_bed(str(path), place)
    }
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    return {
        *mounts,
        *groups,
        *files,
        *(f"process {found}" for found in processes(place)),
        *(f"rule {rule}" for rule in rules.splitlines() if not rule.startswith(("#", ":"))),
        *(f"link {line.split(': ')[1]}" for line in links.splitlines()),
    }


def is_of_another_bed(path: str, place: Place) -> bool:
    """Return whether a file is named after a bed that is not this one."""
    return re.fullmatch(r"/run/\S+/qhub-[0-9a-f]{8}", path) is not None and place.name not in path


def processes(place: Place) -> set[str]:
    """Return every process that mentions the bed: in its command line, folder or cgroups."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().replace("\0", " ").strip()
            text = f"{command} {(process / 'cgroup').read_text()} {(process / 'cwd').readlink()}"
        except OSError:
            continue  # it ended
        if place.name in text or str(place.checkout) in text:
            found.add(f"{process.name} {command}")
    return found


def test_a_bed_is_made_again_and_goes_without_a_trace(
    cluster: Cluster, bed: Place, checkout: Place, tmp_path: Path
) -> None:
    before = traces(checkout)
    kill_up(checkout, MOMENTS["when the API server starts"])
    assert beds.command(checkout, "status").returncode == 4
    disk = tmp_path / "disk of somebody"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "disk", str(disk)], check=True)
    try:
        began = time.monotonic()
        up = beds.command(checkout, "up")
        assert up.returncode == 0, up.stderr
        assert time.monotonic() - began < 60  # 40 s on an idle machine; benchmarks measure
        holds_no_mounts_of_others(checkout)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert beds.command(checkout, "status").stdout == f"the bed {checkout.name} works\n"
    does_not_meet(bed, checkout, cluster)
    is_replaced_when_nobody_is_in_it(checkout)

    during = traces(checkout) - before
    # The control: the same search finds a bed that is there, by each of its kinds.
    kinds = {line.split()[0] for line in during}
    assert {"mount", "cgroup", "file", "process"} <= kinds
    assert any("kube kubelet" in line for line in during)
    down = beds.command(checkout, "down")
    assert down.returncode == 0, down.stderr
    assert traces(checkout) - before == set()
    assert not checkout.state.exists()
    assert lifecycle.condition(bed).problems == ()
    assert beds.command(checkout, "status").returncode == 4


def holds_no_mounts_of_others(place: Place) -> None:
    """Hold that the bed has not what others mounted before it came up."""
    pids = cgroups.members(place.name, "first")
    assert pids
    for pid in pids:
        seen = Path(f"/proc/{pid}/mountinfo").read_text()
        assert "disk\\040of\\040somebody" not in seen
        assert "/run/netns/qhub-" not in seen


def does_not_meet(bed: Place, second: Place, cluster: Cluster) -> None:
    """Hold that what is made in the second bed is not in the first one."""
    made = beds.command(second, "run", "kubectl", "create", "namespace", "of-the-second-bed")
    assert made.returncode == 0, made.stderr
    with cluster.entered():
        assert "of-the-second-bed" not in cluster.kubectl("get", "namespaces")
    assert lifecycle.condition(bed).problems == ()


def is_replaced_when_nobody_is_in_it(place: Place) -> None:
    """Hold that a bed of other sources stays as long as a process is in it."""
    with (place.checkout / "tests" / "cluster" / "manifests" / "coredns.yaml").open("a") as file:
        file.write("# another one\n")
    former = lifecycle.process(place, "etcd")
    assert former is not None
    log = place.checkout / "up.log"
    with (
        log.open("w") as output,
        running("nsenter", f"--net={place.network}", "sleep", "300") as user,
        running(
            *(sys.executable, "-m", "tests.cluster", "up"), cwd=place.checkout, stderr=output
        ) as again,
    ):
        until(lambda: f"process {user.pid}\n" in log.read_text(), "it says who is in the bed")
        assert lifecycle.process(place, "etcd") == former
        user.kill()
        assert again.wait(timeout=120) == 0, log.read_text()
    assert lifecycle.process(place, "etcd") not in (None, former)


@contextmanager
def running(*argv: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed in the end, if it is not over by then."""
    with subprocess.Popen(argv, **options) as process:
        try:
            yield process
        finally:
            process.kill()


MOMENTS: dict[str, Callable[[Place], bool]] = {
    "before its network": lambda place: place.state.exists(),
    "before its first process": lambda place: os.path.ismount(place.network),
    "while parts start": lambda place: bool(cgroups.members(place.name, "etcd")),
    "when the API server starts": lambda place: bool(cgroups.members(place.name, "apiserver")),
    "when the kubelet starts": lambda place: bool(cgroups.members(place.name, "kubelet")),
}


@pytest.mark.parametrize("moment", list(MOMENTS), ids=lambda text: text.replace(" ", "-"))
def test_down_leaves_nothing_of_an_up_that_was_killed(checkout: Place, moment: str) -> None:
    before = traces(checkout)
    kill_up(checkout, MOMENTS[moment])
    # Before there is a network, all that it leaves is in the checkout.
    assert traces(checkout) - before or moment == "before its network"
    assert checkout.state.exists()
    down = beds.command(checkout, "down")
    assert down.returncode == 0, down.stderr
    assert traces(checkout) - before == set()


def test_a_deleted_checkout_takes_its_bed_along(checkout: Place, tmp_path: Path) -> None:
    before = traces(checkout)
    kill_up(checkout, MOMENTS["when the kubelet starts"])  # the bed itself goes on
    other = Place(tmp_path / "other")
    shutil.copytree(checkout.checkout, other.checkout, ignore=shutil.ignore_patterns("state"))
    until(lambda: is_deleted(checkout.checkout), "the checkout is deleted")
    until(lambda: not processes(checkout), "its processes end")
    assert traces(checkout) - before  # nobody took away its network yet
    assert beds.command(other, "down").returncode == 0
    assert traces(checkout) - before == set()


def is_deleted(folder: Path) -> bool:
    """Delete a folder, unless somebody writes into it meanwhile."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def kill_up(place: Place, moment: Callable[[Place], bool]) -> None:
    """Start `up`, and kill it as soon as `moment` has come."""
    log, argv = place.checkout / "up.log", (sys.executable, "-m", "tests.cluster", "up")
    with (
        log.open("w") as output,
        running(*argv, cwd=place.checkout, stdout=output, stderr=output) as process,
    ):
        until(lambda: moment(place) or process.poll() is not None, "the moment comes")
    assert process.returncode == -signal.SIGKILL, log.read_text()
