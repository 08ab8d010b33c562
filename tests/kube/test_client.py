"""What QHub reads of a real API server, and how it tells what the server refuses."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster import Cluster, target
from qhub.cluster.errors import (
    ClusterError,
    CredentialsError,
    ForbiddenError,
    RefusedError,
    UnauthorisedError,
    UnreachableError,
)
from tests.kube.kubeconfigs import write
from tests.kube.objects import IMAGE, container_status, ended, now
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

PLANTED = "pl4nted-v4lue"


def reaching(path: Path, namespace: str = "default", *, seconds: float = 5) -> Cluster:
    """Return the cluster of a kubeconfig's current context."""
    environ = {"KUBECONFIG": str(path), "PATH": "/usr/bin:/bin"}
    return Cluster(target(None, namespace, environ), environ=environ, seconds=seconds)


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """Have a port that gives everybody this answer; None: that says nothing at all."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.1)
        over = threading.Event()
        held = []

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                held.append(connection)
                if answer is not None:
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()
            for connection in held:
                connection.close()


def http(status: str, body: str) -> bytes:
    """Return a whole answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_the_version_and_who_we_are(cluster: Cluster) -> None:
    version = cluster.version()
    assert (version.major, version.minor) >= (1, 30)
    assert version.text.startswith(f"v{version.major}.{version.minor}.")
    assert cluster.user() == "admin"


def test_a_namespace_tells_its_labels_and_its_pod_security(
    cluster: Cluster, objects: Objects
) -> None:
    plain = cluster.namespace()
    assert plain is not None
    assert (plain.name, plain.pod_security, plain.is_ours) == (objects.namespace, None, False)
    labels = {
        "pod-security.kubernetes.io/enforce": "restricted",
        "app.kubernetes.io/managed-by": "qhub",
    }
    path = f"/api/v1/namespaces/{objects.namespace}"
    objects.server.call("PATCH", path, {"metadata": {"labels": labels}})
    ours = cluster.namespace(objects.namespace)
    assert ours is not None
    assert (ours.pod_security, ours.is_ours, ours.ends) == ("restricted", True, False)
    assert cluster.namespace("there-is-none") is None


def test_a_secret_gives_bytes_and_is_never_shown(cluster: Cluster, objects: Objects) -> None:
    value = PLANTED.encode() + b"\n\x00\xff"
    data = {"a.key": base64.b64encode(value).decode(), "empty": ""}
    objects.create("v1", "secrets", {"metadata": {"name": "mine"}, "data": data})
    found = cluster.secret("mine")
    assert found is not None
    assert dict(found) == {"a.key": value, "empty": b""}
    assert f"{found} {found!r}" == " ".join(["SecretData(keys=['a.key', 'empty'])"] * 2)
    assert cluster.secret("other") is None


def test_what_is_not_there_is_none_or_nothing(cluster: Cluster) -> None:
    assert cluster.lease("absent") is None
    assert cluster.pod("absent") is None
    assert cluster.release("absent") is None
    assert cluster.object("rbac.authorization.k8s.io/v1", "RoleBinding", "absent") is None
    assert cluster.object("networking.k8s.io/v1", "NetworkPolicy", "absent") is None
    assert cluster.object("no.such.group/v1", "Thing", "absent") is None
    assert (cluster.pods(), cluster.deployments(), cluster.jobs()) == ((), (), ())
    assert (cluster.events(), cluster.quotas(), cluster.releases()) == ((), (), ())


def test_storage_classes_tell_which_is_the_default(cluster: Cluster, objects: Objects) -> None:
    assert cluster.storage_classes() == ()
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    for name, marks in (("fast", default), ("slow", {})):
        body = {
            "metadata": {"name": name, "annotations": marks},
            "provisioner": "example.com/disk",
        }
        objects.create("storage.k8s.io/v1", "storageclasses", body, namespaced=False)
    try:
        found = {one.name: one.is_default for one in cluster.storage_classes()}
        assert found == {"fast": True, "slow": False}
    finally:
        for name in ("fast", "slow"):
            objects.server.call("DELETE", f"/apis/storage.k8s.io/v1/storageclasses/{name}")


def test_a_lease_tells_who_holds_it_since_when(cluster: Cluster, objects: Objects) -> None:
    moment = "2026-11-21T10:11:12.123456Z"
    body = {
        "metadata": {"name": "lock-tfstate", "annotations": {"app.terraform.io/lock-info": "{}"}},
        "spec": {"holderIdentity": "0f3e", "acquireTime": moment, "renewTime": moment},
    }
    objects.create("coordination.k8s.io/v1", "leases", body)
    found = cluster.lease("lock-tfstate")
    assert found is not None
    assert (found.holder, found.acquired_at) == ("0f3e", datetime.fromisoformat(moment))
    assert found.annotations == {"app.terraform.io/lock-info": "{}"}
    assert cluster.lease("lock-tfstate", "default") is None


def test_a_pod_tells_its_containers_in_the_order_of_their_start(
    cluster: Cluster, objects: Objects
) -> None:
    objects.pod("one", initContainers=[{"name": "work-pool", "image": IMAGE}], nodeName="node-1")
    state = {"running": {"startedAt": now()}}
    objects.says(
        "one",
        phase="Running",
        conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": now()}],
        initContainerStatuses=[container_status(ended(0, "Completed"), name="work-pool")],
        containerStatuses=[
            container_status(state, ready=True, restartCount=2, lastState=ended(137, "OOMKilled"))
        ],
    )
    (found,) = cluster.pods({"app.kubernetes.io/instance": "qhub-etl"})
    assert (found.name, found.node, found.is_ready, found.restarts) == ("one", "node-1", True, 2)
    first, second = found.containers
    assert (first.name, first.is_init, second.name, second.is_init) == (
        *("work-pool", True),
        *("agent", False),
    )
    assert first.state is not None
    assert (first.state.kind, first.state.exit_code) == ("terminated", 0)
    assert second.last is not None
    assert (second.last.reason, second.last.exit_code) == ("OOMKilled", 137)
    assert cluster.pods({"app.kubernetes.io/instance": "other"}) == ()
    assert cluster.pod("one") == found


def test_long_lists_come_whole(
    cluster: Cluster, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.cluster.connection._PAGE", "5")
    for number in range(12):
        objects.pod(f"pod-{number:02}")
    assert [pod.name for pod in cluster.pods()] == [f"pod-{number:02}" for number in range(12)]


def test_events_of_some_objects_come_in_order(cluster: Cluster, objects: Objects) -> None:
    one, other = (objects.pod(name, nodeName="node-1") for name in ("one", "other"))
    objects.event("Pod", one, "BackOff", "first")
    objects.event("Pod", other, "BackOff", "of another")
    objects.event("Pod", one, "Failed", "second")
    found = cluster.events([one["metadata"]["uid"]])
    assert [(event.reason, event.message) for event in found] == [
        ("BackOff", "first"),
        ("Failed", "second"),
    ]
    assert found[0].name == "one"
    many = [one["metadata"]["uid"], *(str(number) for number in range(30))]
    assert cluster.events(many) == found
    assert len(cluster.events()) == 3


def test_what_we_may_is_told(apiserver: ApiServer, objects: Objects) -> None:
    with reaching(apiserver.login(NOBODY), objects.namespace) as nobody:
        assert nobody.user() == NOBODY
        assert not nobody.allowed("create", "apps", "deployments", objects.namespace)
        assert nobody.allowed("create", "authorization.k8s.io", "selfsubjectaccessreviews", None)
        role = {
            "metadata": {"name": "some"},
            "rules": [
                {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create"]},
                {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
            ],
        }
        objects.create("rbac.authorization.k8s.io/v1", "roles", role)
        binding = {
            "metadata": {"name": "some"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "some"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": NOBODY}],
        }
        objects.create("rbac.authorization.k8s.io/v1", "rolebindings", binding)
        deadline = time.monotonic() + 10
        while not nobody.allowed("create", "apps", "deployments", objects.namespace):
            assert time.monotonic() < deadline
        assert not nobody.allowed("create", "apps", "deployments", None)
        assert not nobody.allowed("delete", "apps", "deployments", objects.namespace)
        assert nobody.allowed("get", "", "pods/log", objects.namespace)
        assert not nobody.allowed("get", "", "pods", objects.namespace)


def test_what_is_forbidden_is_told_with_who_and_where(
    apiserver: ApiServer, objects: Objects
) -> None:
    with reaching(apiserver.login(NOBODY), objects.namespace) as nobody:
        with pytest.raises(ForbiddenError) as raised:
            nobody.deployments()
        assert str(raised.value) == (
            f"user 'nobody' may not list deployments.apps in namespace '{objects.namespace}'"
        )
        assert raised.value.hint == (
            "ask who runs the cluster for a role that allows it; then `kubectl auth can-i list "
            f"deployments.apps -n {objects.namespace} --context qhub-bed` says yes"
        )
        assert raised.value.status == 3
        with pytest.raises(ForbiddenError, match=r"may not list storageclasses\S* in the whole cl"):
            nobody.storage_classes()
        with pytest.raises(ForbiddenError, match="may not get secrets in namespace"):
            nobody.secret("mine")


def login(apiserver: ApiServer, folder: Path, user: dict[str, Any] | None) -> Path:
    """Return a kubeconfig for the API server with another user."""
    authority = {"certificate-authority": str(apiserver.ca)}
    path = folder / "config"
    return write(path, {"team": user}, current="team", server=apiserver.url, **authority)


@pytest.mark.parametrize(
    ("user", "hint"),
    [
        (
            {"token": "wrong"},
            "user 'team-user' of the kubeconfig has a token that is wrong or expired: put a new "
            "one there",
        ),
        (None, "context 'team' has no credential: log in to the cluster"),
        (
            {"exec": {"command": "echo", "args": ['{"status": {"token": "wrong"}}']}},
            "log in again with 'echo', which gives the credential",
        ),
        (
            {"username": "me", "password": "wrong"},
            "user 'team-user' of the kubeconfig has a password, which the server does not take",
        ),
    ],
    ids=["a token", "none", "a command", "a password"],
)
def test_a_credential_that_the_server_does_not_take_is_told(
    user: dict[str, Any] | None, hint: str, apiserver: ApiServer, tmp_path: Path
) -> None:
    with reaching(login(apiserver, tmp_path, user)) as cluster:
        with pytest.raises(UnauthorisedError) as raised:
            cluster.pods()
        assert str(raised.value) == (
            f"the API server {apiserver.url} does not accept the credential of context 'team'"
        )
        assert raised.value.hint == hint
        assert "wrong" not in str(raised.value)


def test_a_token_that_expired_is_told_with_its_time(apiserver: ApiServer, tmp_path: Path) -> None:
    claims = json.dumps({"exp": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()}).encode()
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"
    with (
        reaching(login(apiserver, tmp_path, {"token": token})) as cluster,
        pytest.raises(UnauthorisedError) as raised,
    ):
        cluster.pods()
    assert (
        str(raised.value) == "the credential of context 'team' expired at 2026-01-02 03:04:05 UTC"
    )


def test_a_credential_that_ends_is_fetched_anew(
    apiserver: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.cluster.connection._KEPT_SECONDS", 0.0)

    def told(token: str, until: datetime) -> str:
        status = {"token": token, "expirationTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({"status": status})

    later = datetime.now(UTC) + timedelta(hours=1)
    said = tmp_path / "said"
    said.write_text(told(apiserver.token, datetime.now(UTC)))
    program = tmp_path / "plugin"
    program.write_text(f"#!/bin/sh\necho . >> {tmp_path}/count\ncat {said}\n")
    program.chmod(0o755)
    user = {"exec": {"command": str(program)}}

    def count() -> int:
        return len((tmp_path / "count").read_text().split())

    with reaching(login(apiserver, tmp_path, user)) as cluster:
        cluster.version()
        cluster.version()
        assert count() == 2  # it would end within a minute
        said.write_text(told(apiserver.token, later))
        cluster.version()
        cluster.version()
        assert count() == 3
        # Also where the server takes it no longer, whatever was said of its end.
        assert cluster._api._open is not None
        headers = cluster._api._open.headers
        assert isinstance(headers, dict)
        headers["authorization"] = "Bearer revoked"
        cluster.pods()
        assert count() == 4


@pytest.mark.parametrize("token", ["two\nlines", "pl\u00e4nt\u20ac"], ids=["lines", "letters"])
def test_a_token_that_cannot_be_sent_is_told_without_it(
    token: str, apiserver: ApiServer, tmp_path: Path
) -> None:
    with (
        reaching(login(apiserver, tmp_path, {"token": token})) as cluster,
        pytest.raises(CredentialsError, match="has characters that cannot be sent") as raised,
    ):
        cluster.version()
    assert raised.value.__cause__ is None
    assert token not in str(raised.value)


def test_a_server_that_is_away_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"https://127.0.0.1:{port}"
        )
        begun = time.monotonic()
        with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert time.monotonic() - begun < 2
    assert str(raised.value) == (
        f"the API server https://127.0.0.1:{port} of context 't' does not run: the connection is "
        "refused"
    )
    assert raised.value.hint == "start the cluster, or name its context"


def test_a_server_without_a_word_is_given_up(tmp_path: Path) -> None:
    with listening(None) as port:
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"http://127.0.0.1:{port}"
        )
        begun = time.monotonic()
        with reaching(path, seconds=1) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert 0.9 < time.monotonic() - begun < 3
    assert "does not answer within 1 s" in str(raised.value)
    assert "VPN" in raised.value.hint


def test_a_server_that_stops_in_the_middle_is_given_up(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"
    with listening(cut) as port:
        path = write(
            tmp_path / "config", {"t": None}, current="t", server=f"http://127.0.0.1:{port}"
        )
        with reaching(path, seconds=2) as cluster, pytest.raises(UnreachableError) as raised:
            cluster.version()
    assert "cannot be reached" in str(raised.value)


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"t": None}, current="t", server="https://no-such.invalid")
    with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
        cluster.version()
    assert "cannot be found: its name is unknown here" in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (http("200 OK", "<html>hello"), "is no Kubernetes API server: it answers 200 <html>hello"),
        (http("404 Not Found", "nothing"), "is no Kubernetes API server: it answers 404 nothing"),
        (
            http("404 Not Found", "404 page not found"),
            "is no Kubernetes API server: it tells no version",
        ),
        (http("302 Found", ""), "is no Kubernetes API server: it answers 302"),
    ],
    ids=["a page", "404", "a server of Go", "elsewhere"],
)
def test_what_is_no_api_server_is_told(answer: bytes, message: str, tmp_path: Path) -> None:
    with listening(answer) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert str(raised.value) == f"{server} {message}"


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    body = json.dumps({"kind": "Status", "message": "etcd is not well"})
    with listening(http("503 Service Unavailable", body)) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        begun = time.monotonic()
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert time.monotonic() - begun > 0.8
    assert str(raised.value) == f"the API server {server} answers 503: etcd is not well"
    assert raised.value.hint == "try again when it has recovered"


def test_what_stands_before_a_server_is_taken_at_its_word(tmp_path: Path) -> None:
    with listening(http("502 Bad Gateway", "upstream is away")) as port:
        server = f"http://127.0.0.1:{port}"
        path = write(tmp_path / "config", {"t": None}, current="t", server=server)
        with reaching(path) as cluster, pytest.raises(RefusedError) as raised:
            cluster.version()
    assert str(raised.value) == f"the API server {server} answers 502: upstream is away"


def test_a_certificate_of_another_authority_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"t": None}, current="t", server=apiserver.url)
    with reaching(path) as cluster, pytest.raises(UnreachableError) as raised:
        cluster.version()
    assert "is not signed by the authority of context 't'" in str(raised.value)
    named = {"certificate-authority": str(apiserver.ca), "tls-server-name": "other.example.com"}
    path = write(tmp_path / "config", {"t": None}, current="t", server=apiserver.url, **named)
    with reaching(path) as cluster, pytest.raises(UnreachableError, match="is for another name"):
        cluster.version()


def test_a_damaged_certificate_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    damaged = base64.b64encode(b"no certificate").decode()
    user = {"client-certificate-data": damaged, "client-key-data": damaged}
    with (
        reaching(login(apiserver, tmp_path, user)) as cluster,
        pytest.raises(UnreachableError, match="a certificate or key of context 'team' is damaged"),
    ):
        cluster.version()


def test_http_to_a_server_of_https_is_told(apiserver: ApiServer, tmp_path: Path) -> None:
    server = apiserver.url.replace("https", "http")
    path = write(tmp_path / "config", {"t": None}, current="t", server=server)
    with reaching(path) as cluster, pytest.raises(ClusterError) as raised:
        cluster.version()
    assert "Client sent an HTTP request to an HTTPS server" in str(raised.value)


def test_nothing_is_left_behind(apiserver: ApiServer, tmp_path: Path) -> None:
    authority = {"certificate-authority-data": base64.b64encode(apiserver.ca.read_bytes()).decode()}
    path = write(
        tmp_path / "config",
        {"t": {"token": apiserver.token}},
        current="t",
        server=apiserver.url,
        **authority,
    )
    with reaching(path) as cluster:
        cluster.version()
        folder = cluster._api._folder
        assert folder is not None
        inside = Path(folder.name)
        assert inside.is_dir()
        assert inside.stat().st_mode & 0o077 == 0
    assert not inside.exists()


def test_who_is_closed_takes_nothing_from_others(apiserver: ApiServer, tmp_path: Path) -> None:
    data = base64.b64encode(apiserver.ca.read_bytes()).decode()
    path = write(
        tmp_path / "config",
        {"t": {"token": apiserver.token}},
        current="t",
        server=apiserver.url,
        **{"certificate-authority-data": data},
    )
    with reaching(path) as one:
        one.version()
        with reaching(path) as other:
            other.version()
        one._api._opened().pool.clear()  # what connects anew reads the files anew
        assert one.version().major == 1
    with pytest.raises(ClusterError, match="is closed"):
        one.version()


def test_a_log_that_cannot_be_had_is_told(cluster: Cluster, objects: Objects) -> None:
    objects.pod("one")
    assert list(cluster.logs("one", "agent")) == []  # no node has it yet
    with pytest.raises(RefusedError, match="container other is not valid for pod one"):
        list(cluster.logs("one", "other"))
    objects.pod("two", nodeName="node-that-is-gone")
    with pytest.raises(RefusedError, match="node-that-is-gone"):
        list(cluster.logs("two", "agent"))


def test_several_threads_share_one_connection(
    cluster: Cluster, objects: Objects, until: Callable[[Callable[[], object]], None]
) -> None:
    objects.pod("one")
    until(lambda: cluster.pods())
    answers = cluster.several(lambda _: len(cluster.pods()), range(40))
    assert answers == (1,) * 40
