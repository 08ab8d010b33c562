"""The bed is a real cluster: pods run, find each other, pull images; and nothing gets out of it."""

from __future__ import annotations

import http.server
import json
import secrets
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.bed import images, lifecycle
from tests.cluster.bed.place import NODE_NAME, REGISTRY_NAME
from tests.cluster.pods import get, outcome, pod, start, until

if TYPE_CHECKING:
    from tests.cluster.access import Cluster
    from tests.cluster.bed.place import Place

OUTSIDE = "203.0.113.7:443"  # from a block for documentation (RFC 5737): nobody's


@pytest.fixture
def serving(cluster: Cluster, namespace: str, probe: str) -> str:
    """A pod and a service in front of it; its address is returned."""
    ports = {"ports": [{"port": 80, "targetPort": 8000}], "selector": {"app": "server"}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": ports}
    server = pod("server", probe, "serve", "8000", "hello from inside")
    start(cluster, namespace, server, service)
    address = get(cluster, namespace, "service", "web")["spec"]["clusterIP"]
    until(lambda: answers(address), "the service has its pod")
    return f"web.{namespace}.svc.cluster.local"


def answers(address: str) -> bool:
    """Return whether the node reaches it: by the same rules as pods, which kube-proxy writes."""
    try:
        socket.create_connection((address, 80), timeout=5).close()
    except OSError:
        return False
    return True


def test_it_is_kubernetes_1_36_with_one_ready_node(cluster: Cluster, bed: Place) -> None:
    assert lifecycle.condition(bed).problems == ()
    version = json.loads(cluster.kubectl("version", "--output=json"))
    assert version["serverVersion"]["gitVersion"] == "v1.36.3"
    nodes = json.loads(cluster.kubectl("get", "nodes", "--output=json"))["items"]
    assert [node["metadata"]["name"] for node in nodes] == [NODE_NAME]
    assert nodes[0]["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.3"


@pytest.mark.usefixtures("bed")
def test_it_has_no_storage_class(cluster: Cluster) -> None:
    assert json.loads(cluster.kubectl("get", "storageclasses", "--output=json"))["items"] == []


def test_a_pod_resolves_a_service_and_reaches_it(
    cluster: Cluster, namespace: str, probe: str, serving: str
) -> None:
    start(
        cluster,
        namespace,
        pod("by-full-name", probe, "get", f"http://{serving}/"),
        pod("by-short-name", probe, "get", "http://web/"),
        pod("resolving", probe, "resolve", serving),
        pod("unknown", probe, "resolve", "example.org"),
    )
    assert outcome(cluster, namespace, "by-full-name") == ("Succeeded", "hello from inside")
    assert outcome(cluster, namespace, "by-short-name") == ("Succeeded", "hello from inside")
    address = get(cluster, namespace, "service", "web")["spec"]["clusterIP"]
    assert outcome(cluster, namespace, "resolving") == ("Succeeded", address)
    phase, text = outcome(cluster, namespace, "unknown")
    assert phase == "Failed"
    assert text.endswith(": server misbehaving")  # CoreDNS has nobody to ask


def test_a_pod_reaches_the_api_server_with_its_account(
    cluster: Cluster, namespace: str, probe: str
) -> None:
    start(
        cluster,
        namespace,
        pod("connecting", probe, "connect", "kubernetes.default:443"),
        pod(
            "mounted",
            probe,
            "files",
            "/var/run/secrets/kubernetes.io/serviceaccount",
            automountServiceAccountToken=True,
        ),
    )
    assert outcome(cluster, namespace, "connecting") == ("Succeeded", "connected")
    phase, files = outcome(cluster, namespace, "mounted")
    assert phase == "Succeeded"
    assert "BEGIN CERTIFICATE" in files
    assert f"\n{namespace}\n" in files


def test_logs_shells_and_forwarded_ports_go_through_the_api_server(
    cluster: Cluster, bed: Place, namespace: str, serving: str
) -> None:
    del serving  # the pod "server"
    run = cluster.kubectl("exec", "server", "--namespace", namespace, "--", "/probe", "environment")
    assert "HOSTNAME=server\n" in run
    forwarding = subprocess.Popen(
        [
            *(str(bed.bin / "kubectl"), f"--kubeconfig={cluster.kubeconfig}"),
            *("--namespace", namespace, "port-forward", "pod/server", ":8000"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with forwarding:
        try:
            assert forwarding.stdout is not None
            port = int(forwarding.stdout.readline().split()[2].rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert connection.makefile("rb").read().endswith(b"hello from inside\n")
        finally:
            forwarding.terminate()


def test_images_are_pulled_by_tag_by_digest_and_by_the_registrys_name(
    cluster: Cluster, namespace: str, bed: Place
) -> None:
    name = f"pulled-{secrets.token_hex(4)}"
    digest = images.push(name, "2", bed.bin / "probe")
    start(
        cluster,
        namespace,
        pod("by-tag", f"{cluster.registry}/{name}:2", "resolve", "localhost"),
        pod("by-digest", f"{cluster.registry}/{name}@{digest}", "resolve", "localhost"),
        pod("by-name", f"{REGISTRY_NAME}/{name}:2", "resolve", "localhost"),
    )
    for way in ("by-tag", "by-digest", "by-name"):
        assert outcome(cluster, namespace, way)[0] == "Succeeded", way
    status = get(cluster, namespace, "pod", "by-tag")["status"]["containerStatuses"][0]
    assert status["imageID"].endswith(f"@{digest}")  # of any of its names


def test_the_kubelet_says_that_an_image_is_missing(cluster: Cluster, namespace: str) -> None:
    image = f"{cluster.registry}/never-pushed:1"
    start(cluster, namespace, pod("missing", image, "sleep"))

    def waiting() -> dict[str, Any]:
        for status in get(cluster, namespace, "pod", "missing")["status"].get(
            "containerStatuses", []
        ):
            if status["state"].get("waiting", {}).get("reason") == "ErrImagePull":
                return dict(status["state"]["waiting"])
        return {}

    assert f"{image}: not found" in until(waiting, "the image is missed")["message"]


def test_a_pod_outside_of_pod_security_is_refused(
    cluster: Cluster, namespace: str, probe: str
) -> None:
    level = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", namespace, level)
    start(cluster, namespace, pod("good", probe, "resolve", "localhost"))
    bad = pod("bad", probe, "sleep", hostNetwork=True)
    with pytest.raises(AssertionError, match='violates PodSecurity "restricted:latest"'):
        start(cluster, namespace, bad)


def test_a_pod_reaches_what_a_test_serves(cluster: Cluster, namespace: str, probe: str) -> None:
    with Listening() as server:
        port = server.addresses[0][1]
        start(cluster, namespace, pod("in", probe, "connect", f"{cluster.host}:{port}"))
        assert outcome(cluster, namespace, "in") == ("Succeeded", "connected")


def test_nothing_gets_out_of_the_bed(
    cluster: Cluster, namespace: str, probe: str, serving: str
) -> None:
    """The addresses of this machine are tried with a server on them, which its own network sees."""
    with cluster.outside(), Listening() as server:
        reached = [socket.create_connection(address, timeout=5) for address in server.addresses]
        for connection in reached:
            connection.close()
        assert reached  # the control: in the machine's network they answer
        targets = [OUTSIDE, *(f"{host}:{port}" for host, port in server.addresses)]
        with cluster.entered():
            for address in server.addresses:
                with pytest.raises(OSError, match=r".+"):
                    socket.create_connection(address, timeout=20)
            names = [f"out-{number}" for number in range(len(targets))]
            pods = [
                pod(name, probe, "connect", target)
                for name, target in zip(names, targets, strict=True)
            ]
            start(cluster, namespace, *pods, pod("in", probe, "connect", f"{serving}:80"))
            assert outcome(cluster, namespace, "in") == ("Succeeded", "connected")
            for name in names:
                assert outcome(cluster, namespace, name)[0] == "Failed", name


class Listening:
    """A server on every address of this machine; `addresses` are two: loopback's, and another."""

    def __enter__(self) -> Listening:
        handler = http.server.BaseHTTPRequestHandler
        self._server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), handler)  # noqa: S104
        port = self._server.server_address[1]
        hosts = {"127.0.0.1"}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.connect(("203.0.113.7", 9))  # sends nothing: it asks for the route
            hosts.add(own.getsockname()[0])
        self.addresses = tuple((host, port) for host in sorted(hosts))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
