"""The parts of the bed: of each its command line, its configuration and when it counts as ready.

They run in the bed's own namespaces (`inside.py`), so they have the usual paths, /var/lib/kubelet
and /run/containerd, and yet these are nobody else's.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster.bed.place import (
    API_PORT,
    CLUSTER_DOMAIN,
    DNS_ADDRESS,
    NODE_ADDRESS,
    NODE_NAME,
    POD_NETWORK,
    REGISTRY,
    REGISTRY_NAME,
    SERVICE_NETWORK,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.bed.place import Place

__all__ = ["PAUSE_IMAGE", "Part", "parts", "write_configuration"]

CONTAINERD = Path("/run/containerd/containerd.sock")
CNI_PROGRAMS = Path("/usr/lib/cni")
PAUSE_IMAGE = f"{REGISTRY}/pause:1"


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the bed. It is started when the parts named in `after` are ready.

    `ready` is a port on loopback or a socket that takes connections, or a page of
    the API server that answers with status 200; None: as soon as it runs.
    """

    name: str
    argv: tuple[str, ...]
    after: tuple[str, ...] = ()
    ready: int | Path | str | None = None


def parts(place: Place) -> tuple[Part, ...]:
    """Return all parts in the order in which they are started."""
    kube, keys, config = str(place.bin / "kube"), place.keys, place.config
    client = {name: f"{keys}/{name}.kubeconfig" for name in _CLIENTS}
    return (
        Part("etcd", ("etcd", *_flags(_ETCD)), ready=2379),
        Part(
            "containerd", ("containerd", "--config", f"{config}/containerd.toml"), ready=CONTAINERD
        ),
        Part(
            "registry",
            (str(place.bin / "registry"), ":5000", str(place.layers), f"{place.state}/manifests"),
            ready=5000,
        ),
        Part(
            "apiserver",
            (kube, "apiserver", *_flags(_api_server(keys))),
            after=("etcd",),
            ready="/readyz",
        ),
        Part(
            "controller-manager",
            (kube, "controller-manager", *_flags(_controllers(keys, client["controller-manager"]))),
            after=("apiserver",),
        ),
        Part(
            "scheduler",
            (kube, "scheduler", *_flags(_scheduler(client["scheduler"]))),
            after=("apiserver",),
        ),
        Part(
            "proxy",
            (kube, "proxy", f"--config={config}/proxy.json"),
            after=("apiserver",),
        ),
        Part(
            "kubelet",
            (
                kube,
                "kubelet",
                f"--config={config}/kubelet.json",
                f"--kubeconfig={client['kubelet']}",
                f"--hostname-override={NODE_NAME}",
                f"--node-ip={NODE_ADDRESS}",
            ),
            after=("apiserver", "containerd"),
        ),
        Part(
            "policies",
            (
                *(sys.executable, "-m", "tests.cluster.bed.policies.enforcing"),
                f"{keys}/policies.kubeconfig",
            ),
            after=("apiserver",),
        ),
    )


def write_configuration(place: Place) -> None:
    """Write the files that the command lines name."""
    folder = place.config
    folder.mkdir(parents=True)
    (folder / "containerd.toml").write_text(_containerd(folder))
    _json(folder / "kubelet.json", _kubelet(place))
    _json(folder / "proxy.json", _proxy(place))
    (folder / "resolv.conf").write_text("")
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{NODE_ADDRESS} {_host(REGISTRY_NAME)}\n")
    _json(folder / "cni" / "10-bed.conflist", _CNI)
    for registry in (REGISTRY, REGISTRY_NAME):
        hosts = folder / "registries" / registry / "hosts.toml"
        hosts.parent.mkdir(parents=True)
        hosts.write_text(f'[host."http://{REGISTRY}"]\n')


_CLIENTS = ("controller-manager", "scheduler", "kubelet", "proxy")

# In memory: it lasts as long as the bed, and its many small writes need no disk.
_ETCD = {
    "data-dir": "/run/etcd",
    "listen-client-urls": "http://127.0.0.1:2379",
    "advertise-client-urls": "http://127.0.0.1:2379",
    "listen-peer-urls": "http://127.0.0.1:2380",
    "initial-advertise-peer-urls": "http://127.0.0.1:2380",
    "initial-cluster": "default=http://127.0.0.1:2380",
    "log-level": "warn",
    "logger": "zap",
}


def _api_server(keys: Path) -> dict[str, object]:
    return {
        "advertise-address": NODE_ADDRESS,
        "secure-port": API_PORT,
        "etcd-servers": "http://127.0.0.1:2379",
        "tls-cert-file": keys / "apiserver.crt",
        "tls-private-key-file": keys / "apiserver.key",
        "client-ca-file": keys / "ca.crt",
        "token-auth-file": keys / "tokens.csv",
        "kubelet-client-certificate": keys / "apiserver-client.crt",
        "kubelet-client-key": keys / "apiserver-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": f"https://kubernetes.default.svc.{CLUSTER_DOMAIN}",
        "service-account-key-file": keys / "service-accounts.pub",
        "service-account-signing-key-file": keys / "service-accounts.key",
        "service-cluster-ip-range": SERVICE_NETWORK,
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        "profiling": "false",
    }


def _controllers(keys: Path, kubeconfig: str) -> dict[str, object]:
    return {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": "127.0.0.1",
        "service-account-private-key-file": keys / "service-accounts.key",
        "root-ca-file": keys / "ca.crt",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        "profiling": "false",
    }


def _scheduler(kubeconfig: str) -> dict[str, object]:
    return {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": "127.0.0.1",
        "leader-elect": "false",
        "profiling": "false",
    }


def _kubelet(place: Place) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(place.keys / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{place.name}",
        "failCgroupV1": False,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        # The disk is the developer's: nothing is evicted or collected because it is full.
        "evictionHard": {},
        "imageGCHighThresholdPercent": 100,
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "clusterDNS": [DNS_ADDRESS],
        "clusterDomain": CLUSTER_DOMAIN,
        "resolvConf": str(place.config / "resolv.conf"),
        "serializeImagePulls": False,
        "maxPods": 200,
    }


def _proxy(place: Place) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clusterCIDR": POD_NETWORK,
        "hostnameOverride": NODE_NAME,
        "clientConnection": {"kubeconfig": str(place.keys / "proxy.kubeconfig")},
        # The machine's limits stay as they are.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }


# Not `bridge`: between pods of one bridge, packets to a service would go past iptables.
_CNI: dict[str, Any] = {
    "cniVersion": "0.4.0",
    "name": "bed",
    "plugins": [
        {
            "type": "ptp",
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": POD_NETWORK}]],
                "routes": [{"dst": "0.0.0.0/0"}],
                "dataDir": "/run/cni",
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}


def _containerd(config: Path) -> str:
    # restrict_oom_score_adj: without CAP_SYS_RESOURCE no process may have a lower one.
    return f"""version = 2
[grpc]
  address = "{CONTAINERD}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "{PAUSE_IMAGE}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{CNI_PROGRAMS}"
    conf_dir = "{config}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{config}/registries"
"""


def _flags(values: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(f"--{name}={value}" for name, value in values.items())


def _json(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")


def _host(address: str) -> str:
    return address.rpartition(":")[0]
