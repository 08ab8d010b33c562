"""The cluster that the tests talk to: our bed, or the one that QHUB_TEST_KUBECONFIG names.

A test's thread is in the bed's network while it runs, with all that it starts: qhub, Terraform and
clients reach the API server as they would reach any other. `Cluster.outside` leaves it for what
needs the machine's network, an image's build for one.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.cluster import target
from qhub.cluster.connection import Connection
from qhub.cluster.errors import ClusterError
from tests.cluster.bed import network
from tests.cluster.bed.place import NODE_ADDRESS, REGISTRY, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

__all__ = ["Cluster", "the_cluster"]

_DEADLINE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster and how to reach it.

    `registry` is the host and port in the names of images that it pulls, `host` the address by
    which its pods reach what a test serves; `place` is our bed's, None for another cluster.
    """

    kubeconfig: Path
    registry: str
    host: str
    place: Place | None

    def inside(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        timeout: float = _DEADLINE_SECONDS,
        **popen: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command where the cluster can be reached, whatever status it ends with.

        Its environment is `env` as it is; without one, ours with KUBECONFIG set.
        """
        entry = [] if self.place is None else ["nsenter", f"--net={self.place.network}", "--"]
        return subprocess.run(
            [*entry, *argv],
            env={**os.environ, "KUBECONFIG": str(self.kubeconfig)} if env is None else dict(env),
            timeout=timeout,
            check=False,
            **{"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, **popen},
        )

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """Run kubectl and return what it prints; it must end well."""
        program = shutil.which("kubectl") if self.place is None else str(self.place.bin / "kubectl")
        argv = [program or "kubectl", f"--kubeconfig={self.kubeconfig}", *args]
        given: dict[str, Any] = {} if stdin is None else {"input": stdin, "stdin": None}
        done = self.inside(argv, **given)
        if done.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    @contextmanager
    def api(self) -> Iterator[Connection]:
        """Enclose requests to the API server: a process of kubectl costs ten times as much."""
        with self.entered():
            try:
                yield _connection(self.kubeconfig, self.kubeconfig.stat().st_mtime_ns)
            except ClusterError as error:
                raise AssertionError(str(error)) from error

    @property
    def context(self) -> str:
        """The name of the kubeconfig's context."""
        with self.api() as api:
            return api.target.context

    def entered(self) -> AbstractContextManager[None]:
        """Let this thread be in the cluster's network."""
        return nullcontext() if self.place is None else network.entered(self.place.network)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Let this thread be in the machine's network, where the packages' registries are."""
        if self.place is None:
            yield
            return
        with network.entered(Path(f"/proc/self/fd/{_machine}")):
            yield


def the_cluster() -> Cluster:
    """Return the cluster of this run; our bed's need not be up yet."""
    if other := os.environ.get("QHUB_TEST_KUBECONFIG"):
        registry = os.environ.get("QHUB_TEST_REGISTRY", "localhost:5001")
        host = os.environ.get("QHUB_TEST_HOST", "host.docker.internal")
        return Cluster(Path(other).absolute(), registry, host, None)
    place = Place()
    return Cluster(place.kubeconfig, REGISTRY, NODE_ADDRESS, place)


@functools.lru_cache
def _connection(kubeconfig: Path, _written: int) -> Connection:
    """Return the connection to a cluster; a bed that was made again is another one."""
    environ = {**os.environ, "KUBECONFIG": str(kubeconfig)}
    return Connection(target(None, "default", environ), environ=environ)


# The network that this process began in, held by an open file; elsewhere than on Linux, none.
_OWN = Path("/proc/thread-self/ns/net")
_machine = os.open(_OWN, os.O_RDONLY) if _OWN.exists() else -1
