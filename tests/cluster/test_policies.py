"""NetworkPolicies are enforced in the bed: each cuts off the pods that it should, and no others."""

from __future__ import annotations

import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.bed import lifecycle, network
from tests.cluster.pods import get, items, make_namespace, pod, remove, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.access import Cluster
    from tests.cluster.bed.place import Place

CONNECT_SECONDS = 2  # what is dropped on the way is never answered
DNS = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}


@dataclass(frozen=True, slots=True)
class Town:
    """A server with the ports 8000, named web, and 8001; a friend and a stranger beside it.

    And an outsider in a namespace of its own, which has the label team=data.
    """

    cluster: Cluster
    namespace: str
    server: str
    friend: str
    networks: Mapping[str, Path]

    def reaches(self, who: str, port: int = 8000, host: str = "") -> bool:
        """Return whether a pod's network leads to the server, or to another address."""
        with network.entered(self.networks[who]):
            try:
                socket.create_connection((host or self.server, port), CONNECT_SECONDS).close()
            except OSError:
                return False
        return True

    def finds(self, who: str, port: int, name: str) -> bool:
        """Return whether a pod of the town can look a name up and connect there."""
        program = ("/probe", "connect", f"{name}:{port}")
        try:
            self.cluster.kubectl("exec", who, "--namespace", self.namespace, "--", *program)
        except AssertionError:
            return False
        return True

    def reached_by(self, port: int = 8000) -> set[str]:
        people = ("friend", "stranger", "outsider")
        with ThreadPoolExecutor(len(people)) as pool:  # who is cut off waits for seconds
            reaching = pool.map(lambda who: self.reaches(who, port), people)
        return {who for who, reaches in zip(people, reaching, strict=True) if reaches}


def network_of(uid: str) -> Path:
    """Return the network of a pod, by one of its processes, as this machine counts them."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended
            if uid in (process / "cgroup").read_text():
                return process / "ns" / "net"
    raise AssertionError(f"no process of pod {uid}")


@pytest.fixture(scope="module")
def town(cluster: Cluster, probe: str) -> Iterator[Town]:
    names = [f"town-{secrets.token_hex(3)}" for _ in range(2)]
    make_namespace(cluster, names[0])
    make_namespace(cluster, names[1], {"team": "data"})
    server = pod("server", probe, "serve", "8000", "web")
    (container,) = server["spec"]["containers"]
    second = {**container, "name": "second", "args": ["serve", "8001", "second"]}
    server["spec"]["containers"].append(second)
    container["ports"] = [{"name": "web", "containerPort": 8000}]
    people = [pod(name, probe, "sleep") for name in ("friend", "stranger")]
    start(cluster, names[0], server, *people)
    start(cluster, names[1], pod("outsider", probe, "sleep"))
    until(lambda: all_run(cluster, names), "the pods run")
    found = {one["metadata"]["name"]: one for name in names for one in items(cluster, name, "pods")}
    networks = {name: network_of(one["metadata"]["uid"]) for name, one in found.items()}
    address, friend = (found[name]["status"]["podIP"] for name in ("server", "friend"))
    yield Town(cluster, names[0], address, friend, networks)
    for name in names:
        remove(cluster, "namespace", name)


@pytest.fixture(autouse=True)
def no_policies(town: Town) -> Iterator[None]:
    """Every test begins in an open town."""
    assert town.reached_by() == {"friend", "stranger", "outsider"}
    yield
    for policy in items(town.cluster, town.namespace, "networkpolicies"):
        remove(town.cluster, "networkpolicy", policy["metadata"]["name"], town.namespace)
    until(lambda: town.reached_by() == {"friend", "stranger", "outsider"}, "the town is open")


def all_run(cluster: Cluster, namespaces: list[str]) -> bool:
    found = [items(cluster, name, "pods") for name in namespaces]
    return all(pod["status"]["phase"] == "Running" for pods in found for pod in pods)


def decree(town: Town, app: str = "server", **spec: Any) -> None:
    """Make a policy for the pods of one name; the rules follow within a moment."""
    document = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"policy-{secrets.token_hex(3)}"},
        "spec": {"podSelector": {"matchLabels": {"app": app}}, **spec},
    }
    start(town.cluster, town.namespace, document)


PODS = {"podSelector": {"matchLabels": {"app": "friend"}}}
NOT_STRANGER = {"key": "app", "operator": "NotIn", "values": ["stranger"]}
# Who may be let in by what; the second is the port that is tried.
INGRESS = {
    "nobody": ([], 8000, set()),
    "everybody": ([{}], 8000, {"friend", "stranger", "outsider"}),
    "pods of the namespace by label": ([{"from": [PODS]}], 8000, {"friend"}),
    "pods of the namespace by expression": (
        [{"from": [{"podSelector": {"matchExpressions": [NOT_STRANGER]}}]}],
        8000,
        {"friend"},
    ),
    "pods of other namespaces": (
        [{"from": [{"namespaceSelector": {"matchLabels": {"team": "data"}}}]}],
        8000,
        {"outsider"},
    ),
    "pods of other namespaces by label": (
        [{"from": [{"namespaceSelector": {"matchLabels": {"team": "data"}}, **PODS}]}],
        8000,
        set(),
    ),
    "two sources": (
        [{"from": [PODS, {"namespaceSelector": {"matchLabels": {"team": "data"}}}]}],
        8000,
        {"friend", "outsider"},
    ),
    "a port by number": ([{"ports": [{"port": 8000}]}], 8000, {"friend", "stranger", "outsider"}),
    "not the other port": ([{"ports": [{"port": 8000}]}], 8001, set()),
    "a port by name": ([{"from": [PODS], "ports": [{"port": "web"}]}], 8000, {"friend"}),
    "not the port without that name": ([{"ports": [{"port": "web"}]}], 8001, set()),
    "a range of ports": (
        [{"from": [PODS], "ports": [{"port": 7999, "endPort": 8001}]}],
        8001,
        {"friend"},
    ),
    "another protocol": ([{"ports": [{"port": 8000, "protocol": "UDP"}]}], 8000, set()),
}


@pytest.mark.parametrize("case", list(INGRESS), ids=lambda text: text.replace(" ", "-"))
def test_ingress_lets_in(town: Town, case: str) -> None:
    rules, port, expected = INGRESS[case]
    decree(town, ingress=rules)
    if expected != {"friend", "stranger", "outsider"}:
        until(lambda: not town.reaches("stranger", port), "the stranger is cut off")
    assert town.reached_by(port) == expected


def test_ingress_lets_in_a_block_without_its_exception(town: Town) -> None:
    block = {"ipBlock": {"cidr": "10.244.0.0/16", "except": [f"{town.friend}/32"]}}
    decree(town, ingress=[{"from": [block]}])
    until(lambda: not town.reaches("friend"), "the friend is cut off")
    assert town.reached_by() == {"stranger", "outsider"}


def test_policies_add_up(town: Town) -> None:
    decree(town, ingress=[])
    until(lambda: not town.reaches("friend"), "the friend is cut off")
    decree(town, ingress=[{"from": [PODS]}])
    until(lambda: town.reaches("friend"), "the friend is let in")
    assert town.reached_by() == {"friend"}


def test_egress_is_cut_but_for_what_it_allows(town: Town) -> None:
    """The server stays open for others, and the friend can be reached."""
    decree(town, "friend", policyTypes=["Egress"], egress=[DNS])
    until(lambda: not town.reaches("friend"), "the friend cannot leave")
    assert town.reached_by() == {"stranger", "outsider"}
    assert town.finds("friend", 53, "kube-dns.kube-system.svc.cluster.local")
    assert not town.finds("friend", 443, "kubernetes.default.svc.cluster.local")


def test_egress_to_pods_by_the_name_of_their_port(town: Town) -> None:
    decree(town, "friend", policyTypes=["Egress"], egress=[{"ports": [{"port": "web"}]}])
    until(lambda: not town.reaches("friend", 8001), "the friend is cut off from the second port")
    assert town.reaches("friend", 8000)


def test_the_kubelet_probes_a_pod_that_nobody_may_reach(town: Town, probe: str) -> None:
    decree(town, "probed", ingress=[])
    probed = pod("probed", probe, "serve", "8000", "text")
    (container,) = probed["spec"]["containers"]
    container["readinessProbe"] = {"tcpSocket": {"port": 8000}, "periodSeconds": 1}
    start(town.cluster, town.namespace, probed)

    def ready() -> bool:
        status = get(town.cluster, town.namespace, "pod", "probed")["status"]
        conditions = {one["type"]: one["status"] for one in status.get("conditions", [])}
        return conditions.get("Ready") == "True"

    until(ready, "the pod is ready")
    address = get(town.cluster, town.namespace, "pod", "probed")["status"]["podIP"]
    assert not town.reaches("friend", 8000, address)


def test_without_the_stand_in_nothing_is_cut_off(town: Town, bed: Place) -> None:
    """The control: it is the stand-in that cuts off, and not the bed's network as such."""
    decree(town, ingress=[])
    until(lambda: not town.reaches("friend"), "the friend is cut off")
    held = bed.held / "policies"
    held.touch()
    try:
        until(lambda: lifecycle.process(bed, "policies") is None, "the stand-in is gone")
        assert not town.reaches("friend")  # its rules outlive it
        cleared = town.cluster.inside(["iptables", "--table", "security", "--flush"])
        assert cleared.returncode == 0, cleared.stderr
        assert town.reaches("friend")
        assert len(items(town.cluster, town.namespace, "networkpolicies")) == 1
    finally:
        held.unlink()
    until(lambda: not town.reaches("friend"), "the friend is cut off again")
