"""From policies, pods and namespaces to iptables rules: text in, text out.

The rules are a whole table of their own, `security`, which nobody else on a node uses; so they are
replaced at once and leave no old chain behind. A packet passes the chain of its sender's egress,
then that of its receiver's ingress; what one of them does not allow is dropped. Answers, and what
the node itself sends, pass: the kubelet probes pods under every policy.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.cluster.bed.policies.selectors import selects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Pod", "pods", "table"]

Direction = Literal["ingress", "egress"]
_TYPES: dict[Direction, str] = {"ingress": "Ingress", "egress": "Egress"}
_PEERS: dict[Direction, str] = {"ingress": "from", "egress": "to"}


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod with an address of its own; `ports` are its named ones: name, protocol and number."""

    namespace: str
    name: str
    address: str
    labels: Mapping[str, str]
    ports: tuple[tuple[str, str, int], ...]


def pods(documents: Iterable[Mapping[str, Any]]) -> tuple[Pod, ...]:
    """Return the pods with an address of their own; that of a finished one may be another's."""
    found = []
    for document in documents:
        metadata, spec, status = document["metadata"], document["spec"], document["status"]
        address = status.get("podIP")
        finished = status.get("phase") in ("Succeeded", "Failed")
        if address and not finished and not spec.get("hostNetwork"):
            ports = [
                (port["name"], port.get("protocol", "TCP"), port["containerPort"])
                for container in spec["containers"]
                for port in container.get("ports", [])
                if "name" in port
            ]
            labels = metadata.get("labels") or {}
            pod = Pod(metadata["namespace"], metadata["name"], address, labels, tuple(ports))
            found.append(pod)
    return tuple(sorted(found, key=lambda pod: (pod.namespace, pod.name)))


def table(
    policies: Sequence[Mapping[str, Any]],
    known: Sequence[Pod],
    namespaces: Mapping[str, Mapping[str, str]],
) -> str:
    """Return what iptables-restore reads; `namespaces` has the labels of each by its name."""
    chains: list[str] = []
    rules = [
        "-A FORWARD -j QHUB-POLICIES",
        "-A INPUT -j QHUB-POLICIES",
        "-A QHUB-POLICIES -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN",
    ]
    directions: tuple[Direction, ...] = ("egress", "ingress")
    for direction in directions:
        side = "-d" if direction == "ingress" else "-s"
        for pod in known:
            applying = [policy for policy in policies if _applies(policy, pod, direction)]
            if not applying:
                continue
            chain = _chain(pod, direction)
            chains.append(f":{chain} - [0:0]")
            rules.append(f"-A QHUB-POLICIES {side} {pod.address}/32 -j {chain}")
            for policy in applying:
                allowed = _allowed(policy, pod, direction, known, namespaces)
                rules += [f"-A {chain} {match}-j RETURN" for match in dict.fromkeys(allowed)]
            rules.append(f"-A {chain} -j DROP")
    head = [
        "*security",
        *(f":{name} ACCEPT [0:0]" for name in ("INPUT", "FORWARD", "OUTPUT")),
        ":QHUB-POLICIES - [0:0]",
    ]
    return "\n".join([*head, *chains, *rules, "COMMIT", ""])


def _applies(policy: Mapping[str, Any], pod: Pod, direction: Direction) -> bool:
    spec = policy["spec"]
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]
    return (
        policy["metadata"]["namespace"] == pod.namespace
        and _TYPES[direction] in types
        and selects(spec.get("podSelector") or {}, pod.labels)
    )


def _allowed(
    policy: Mapping[str, Any],
    pod: Pod,
    direction: Direction,
    known: Sequence[Pod],
    namespaces: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    """Yield the matches of the packets that a policy allows."""
    side = "-s" if direction == "ingress" else "-d"
    namespace = policy["metadata"]["namespace"]
    for rule in policy["spec"].get(direction) or []:
        ports = rule.get("ports") or []
        for peer in rule.get(_PEERS[direction]) or [None]:
            for network, other in _peers(peer, namespace, known, namespaces):
                receiver = pod if direction == "ingress" else other
                for port in _ports(ports, receiver):
                    yield f"{side} {network} {port}"


def _peers(
    peer: Mapping[str, Any] | None,
    namespace: str,
    known: Sequence[Pod],
    namespaces: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[str, Pod | None]]:
    """Yield the networks of a peer, and of those that are pods which; None is everybody."""
    if peer is not None and (block := peer.get("ipBlock")):
        for network in _networks(block):
            yield network, None
        return
    if peer is None:
        yield "0.0.0.0/0", None
    for other in known:  # of everybody, too: for the ports that go by name
        if peer is None or _is_peer(peer, other, namespace, namespaces):
            yield f"{other.address}/32", other


def _is_peer(
    peer: Mapping[str, Any],
    other: Pod,
    namespace: str,
    namespaces: Mapping[str, Mapping[str, str]],
) -> bool:
    of_namespaces = peer.get("namespaceSelector")
    if of_namespaces is None and other.namespace != namespace:
        return False
    labels = namespaces.get(other.namespace, {})
    if of_namespaces is not None and not selects(of_namespaces, labels):
        return False
    return selects(peer.get("podSelector") or {}, other.labels)


def _ports(ports: Sequence[Mapping[str, Any]], receiver: Pod | None) -> Iterator[str]:
    """Yield a match for each port, with a space at its end; a named one is the receiver's."""
    if not ports:
        yield ""
    for port in ports:
        protocol, number = port.get("protocol", "TCP"), port.get("port")
        if number is None:
            yield f"-p {protocol.lower()} "
        elif isinstance(number, int):
            last = port.get("endPort")
            yield f"-p {protocol.lower()} --dport {number}{f':{last}' if last else ''} "
        elif receiver is not None:
            for name, of_protocol, found in receiver.ports:
                if (name, of_protocol) == (number, protocol):
                    yield f"-p {protocol.lower()} --dport {found} "


def _networks(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield the networks of a block without those that it excepts; the bed has only IPv4."""
    left = [ipaddress.ip_network(block["cidr"], strict=False)]
    for text in block.get("except") or []:
        hole = ipaddress.ip_network(text, strict=False)
        left = [part for network in left for part in _without(network, hole)]
    return (str(network) for network in left if network.version == 4)


def _without(network: Any, hole: Any) -> list[Any]:
    if not network.overlaps(hole):
        return [network]
    return list(network.address_exclude(hole)) if hole.subnet_of(network) else []


def _chain(pod: Pod, direction: Direction) -> str:
    text = f"{pod.namespace}/{pod.name}".encode()
    return f"QHUB-{_TYPES[direction].upper()[:2]}-{hashlib.sha256(text).hexdigest()[:16]}"
