"""How long `qhub deploy` takes beside a bare Terraform in the same stage, and when nothing changes.

`python -m benchmarks.deploy [--pairs N] [FILE]` prints a table, writes the figures as JSON into
FILE, and fails when one is over its limit. Both deploy the same agent from nothing, each time into
a namespace of its own, on the Kubernetes of `tests/cluster`, and wait until it is ready. They take
turns, so that a machine that is busy now and idle later does not decide. About ten minutes on two
idle cores.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.process import QHUB
from tests.cluster import prefect_server
from tests.cluster.access import the_cluster
from tests.cluster.bed import lifecycle
from tests.cluster.images import image
from tests.cluster.place import STAGE, place_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.cluster.access import Cluster
    from tests.cluster.place import Place

PAIRS = 20
MOST_RATIO, MOST_SECONDS = 0.05, 1.0
"""What a deploy may take more than Terraform alone: a part of that, and seconds."""
MOST_SECONDS_UNCHANGED = 5.0
DEADLINE_SECONDS = 600
SECRET = "TF_VAR_s3_key"  # noqa: S105  the name of a variable
QUICK = {"readinessProbe": {"initialDelaySeconds": 1, "periodSeconds": 1}}


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured in seconds, and what its median may be at most."""

    name: str
    values: list[float]
    limit: float | None = None

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)


def main() -> int:
    """Measure everything, print it, and return 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, metavar="N")
    parser.add_argument("file", nargs="?", type=Path)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was made is taken away
    cluster = the_cluster()
    if cluster.place is not None:
        lifecycle.up(cluster.place, lambda _: None)
    with tempfile.TemporaryDirectory(prefix="qhub-bench-") as name, cluster.entered():
        figures = list(_figures(cluster, Path(name), pairs=chosen.pairs))
    print("\n".join(_lines(cluster, figures)))
    if chosen.file:
        report = [asdict(figure) for figure in figures]
        chosen.file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    failed = [f for f in figures if f.limit is not None and f.median > f.limit]
    print("\n".join(f"over its limit: {f.name}, {f.median:.2f} s" for f in failed))
    return 1 if failed else 0


def _figures(cluster: Cluster, folder: Path, *, pairs: int) -> Iterator[Figure]:
    with _namespace(cluster) as name:
        url = prefect_server.start(cluster, name).url
        taken = _pairs(cluster, folder, url, pairs)
        bare, ours = [pair[0] for pair in taken], [pair[1] for pair in taken]
        more = [ours - bare for bare, ours in taken]
        limit = statistics.median(bare) * MOST_RATIO + MOST_SECONDS
        yield Figure("terraform init && terraform apply", bare)
        yield Figure("qhub deploy, from nothing", ours)
        yield Figure("how much more that is", more, limit)
        unchanged = _unchanged(cluster, folder / "unchanged", url, pairs)
        yield Figure("qhub deploy that changes nothing", unchanged, MOST_SECONDS_UNCHANGED)


def _pairs(cluster: Cluster, folder: Path, url: str, pairs: int) -> list[tuple[float, float]]:
    """Return the seconds of Terraform alone and of `qhub deploy`, who begin in turn."""
    found = []
    for number in range(pairs + 1):
        turns = (("bare", _bare), ("qhub", _qhub))
        taken = {}
        for name, run in turns if number % 2 else reversed(turns):
            with _place(cluster, folder / f"{number}-{name}", url) as place:
                taken[name] = run(place)
        print(f"  {number}: {taken['bare']:.2f} s, {taken['qhub']:.2f} s", file=sys.stderr)
        if number:  # the first of each warms caches
            found.append((taken["bare"], taken["qhub"]))
    return found


def _bare(place: Place) -> float:
    """Let Terraform do what a rendered stage says."""
    _run(place, *QHUB, "render")
    stage = place.folder / "stages" / STAGE
    place.environment["KUBE_CONFIG_PATH"] = place.environment["KUBECONFIG"]  # of the providers
    begin = time.perf_counter()
    _run(place, "terraform", "init", "-input=false", folder=stage)
    _run(place, "terraform", "apply", "-auto-approve", "-input=false", "-no-color", folder=stage)
    return time.perf_counter() - begin


def _qhub(place: Place) -> float:
    begin = time.perf_counter()
    _run(place, *QHUB, "deploy", "--yes")
    return time.perf_counter() - begin


def _unchanged(cluster: Cluster, folder: Path, url: str, runs: int) -> list[float]:
    """Deploy once, and then time what has nothing to do."""
    with _place(cluster, folder, url) as place:
        _qhub(place)
        return [_qhub(place) for _ in range(runs)]


@contextmanager
def _place(cluster: Cluster, folder: Path, url: str) -> Iterator[Place]:
    """Have a config file of one agent, who reads a secret, and a namespace for it."""
    with _namespace(cluster) as namespace:
        prefect = {
            "enabled": True,
            "image": image("flow", cluster),
            "api": {"url": url},
            "agents": [{"name": "etl"}],
            "overrides": QUICK,
        }
        values = {"S3_KEY": {"from_env": SECRET}}
        place = place_in(folder, cluster, namespace, prefect=prefect, secrets=values)
        place.environment[SECRET] = secrets.token_hex(16)
        yield place


@contextmanager
def _namespace(cluster: Cluster) -> Iterator[str]:
    """Have a namespace for a while; all of it is gone before the next thing is timed."""
    name = f"bench-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", name)
    try:
        yield name
    finally:
        here = f"--namespace={name}"
        cluster.kubectl("delete", "deployments", "--all", "--wait=false", here)
        cluster.kubectl("delete", "pods", "--all", "--force", "--grace-period=0", here)
        cluster.kubectl("delete", "namespace", name)


def _run(place: Place, *command: str, folder: Path | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder or place.folder,
        env=place.env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def _lines(cluster: Cluster, figures: Sequence[Figure]) -> Iterator[str]:
    where = "the test bed" if cluster.place is not None else str(cluster.kubeconfig)
    yield f"on {where}, until one agent is ready; in seconds: median, least to most"
    for figure in figures:
        limit = "" if figure.limit is None else f"  (limit {figure.limit:.2f})"
        least, most, count = min(figure.values), max(figure.values), len(figure.values)
        spread = f"{least:.2f} to {most:.2f}   of {count}"
        yield f"  {figure.name:34}{figure.median:7.2f}   {spread}{limit}"


if __name__ == "__main__":
    sys.exit(main())
