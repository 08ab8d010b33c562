"""Where the bed of one checkout is: its name on the machine, its folders and its addresses.

The name is made from the checkout's path, so that two checkouts have two beds. The addresses may be
the same in all of them: each bed has a network of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "API_PORT",
    "CHECKOUT",
    "CLUSTER_DOMAIN",
    "DNS_ADDRESS",
    "HIDDEN",
    "NODE_ADDRESS",
    "NODE_NAME",
    "OWNERS",
    "PATH",
    "POD_NETWORK",
    "REGISTRY",
    "REGISTRY_NAME",
    "SERVICE_NETWORK",
    "Place",
]

CHECKOUT = Path(__file__).resolve().parents[3]
# Folders that the bed's parts have for themselves, empty and in memory.
HIDDEN = ("/run", "/var/lib", "/var/log")
OWNERS = Path("/run/qhub-beds")
NODE_NAME = "bed"
# From the block for documentation (RFC 5737): nobody's network has it, so a client that is not in
# the bed's namespace finds no server there, and never another one.
NODE_ADDRESS = "192.0.2.1"
API_PORT = 6443
POD_NETWORK = "10.244.0.0/24"
SERVICE_NETWORK = "10.96.0.0/16"
DNS_ADDRESS = "10.96.0.10"
CLUSTER_DOMAIN = "cluster.local"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # of the bed's processes
# containerd and OCI clients speak HTTP to a registry on loopback without being told.
REGISTRY = "127.0.0.1:5000"
REGISTRY_NAME = "registry.qhub.test:5000"  # the same one, for who wants a name in an image's


@dataclass(frozen=True, slots=True)
class Place:
    """The bed of the checkout at `checkout`, an absolute path."""

    checkout: Path = CHECKOUT

    @property
    def name(self) -> str:
        """The name of the network namespace and of the cgroups: "qhub-1f0c88a2"."""
        return f"qhub-{hashlib.sha256(str(self.checkout).encode()).hexdigest()[:8]}"

    @property
    def cache(self) -> Path:
        """What outlives the bed: programs that were built, layers of images, the lock."""
        return self.checkout / ".cache" / "cluster"

    @property
    def bin(self) -> Path:
        return self.cache / "bin"

    @property
    def layers(self) -> Path:
        """The registry's folder: a layer that was pushed once is there after the next `up`."""
        return self.cache / "layers"

    @property
    def lock(self) -> Path:
        return self.cache / "lock"

    @property
    def state(self) -> Path:
        """What of the bed is on disk and ends with it: keys, volumes of pods, logs."""
        return self.cache / "state"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"

    @property
    def keys(self) -> Path:
        return self.state / "keys"

    @property
    def config(self) -> Path:
        return self.state / "config"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def held(self) -> Path:
        """A file here named after a part keeps that part down until the file is gone."""
        return self.state / "held"

    @property
    def source(self) -> Path:
        """The digest of what the running bed was made from."""
        return self.state / "source"

    @property
    def registry(self) -> str:
        """The host and port in the names of images that the bed pulls."""
        return REGISTRY

    @property
    def owner(self) -> Path:
        """A file that holds the checkout's path: the bed of a deleted one is found by it."""
        return OWNERS / self.name

    @property
    def network(self) -> Path:
        """The network namespace, for `nsenter --net=`."""
        return Path("/run/netns") / self.name
