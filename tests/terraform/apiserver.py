"""A real Kubernetes API server without a node: quick to start, for all that needs no running pod.

etcd, kube-apiserver and a few controllers, on loopback, from the programs of the test bed, which
are built where they are missing. Deployments get their pods, but no node runs these: `ready_pods`
says that they are. `tests/conftest.py` makes the fixture known; tests that use it are marked
`cluster`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.bed import builds, packages
from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import Place
from tests.full import needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["ApiServer", "RefusedError", "apiserver", "kube", "running"]

ADMIN = "admin"
CONTEXT = "qhub-bed"
NOBODY = "nobody"  # may log in, and no more than that: roles are the tests' business
STARTS = 5  # another program may take a free port before ours does
DEADLINE_SECONDS = 60
_PROGRAMS = ("etcd", "openssl", "setpriv")
# An elliptic curve: each connection costs a signature.
_CERTIFICATE = (
    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7"),
    *("-subj", "/CN=apiserver", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
    *("-addext", "keyUsage=digitalSignature,keyCertSign"),
)
_CONTROLLERS = (
    "deployment-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "serviceaccount-controller",
)


class RefusedError(Exception):
    """The API server's answer to a request that it did not do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class _Connection(http.client.HTTPSConnection):
    """A connection that is closed with the thread that it belongs to."""

    def __del__(self) -> None:
        self.close()


class ApiServer:
    """One API server in a folder of its own; `running` starts and stops it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.token = secrets.token_hex(16)
        self.ca = folder / "apiserver.crt"
        self.key = folder / "apiserver.key"
        self.kubeconfig = folder / "kubeconfig"
        self._tokens = {ADMIN: self.token, NOBODY: secrets.token_hex(16)}
        self._etcd = _free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._connections = threading.local()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def login(self, user: str = ADMIN, *, context: str = CONTEXT) -> Path:
        """Return a kubeconfig file with which one is ADMIN or NOBODY, in a context of that name."""
        path = self.folder / f"kubeconfig-{user}-{context}"
        path.touch(mode=0o600)
        path.write_text(json.dumps(_kubeconfig(self.url, self.ca, self._tokens[user], context)))
        return path

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | Sequence[Any] | None = None
    ) -> Any:
        """Ask as ADMIN and return the answer; a list is a JSON patch. Raises `RefusedError`."""
        kind = "application/json-patch+json" if method == "PATCH" else "application/json"
        if method == "PATCH" and isinstance(body, dict):
            kind = "application/merge-patch+json"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        asked = (method, path, None if body is None else json.dumps(body).encode(), headers)
        try:
            status, content = self._asked(asked)
        except (ConnectionError, ssl.SSLError):  # closed since it was last used
            status, content = self._asked(asked)
        if status >= 300:
            raise RefusedError(status, _message(content))
        return json.loads(content) if content.startswith(b"{") else content.decode()

    def _asked(self, asked: tuple[str, str, bytes | None, dict[str, str]]) -> tuple[int, bytes]:
        """Ask over the connection of this thread, which is left open where all went well."""
        connection = self._connections.__dict__.pop("mine", None) or self._connection()
        try:
            connection.request(*asked)
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            connection.close()
            raise
        self._connections.mine = connection
        return answer.status, content

    def _connection(self) -> _Connection:
        context = ssl.create_default_context(cafile=str(self.ca))
        return _Connection("127.0.0.1", self.port, timeout=30, context=context)

    def remove_namespace(self, name: str) -> None:
        """Delete a namespace, if it is there, and wait until it is gone."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        path = f"/api/v1/namespaces/{name}"
        while time.monotonic() < deadline:
            try:
                self.call("DELETE", path)
            except RefusedError as error:
                if error.status == 404:
                    return
                if error.status != 409:  # it is going already
                    raise
            time.sleep(0.2)
        raise TimeoutError(f"namespace {name} does not go; see {self.folder}")

    @contextlib.contextmanager
    def ready_pods(self, namespace: str, release: str = "") -> Iterator[None]:
        """Play the node for a while: pods of a namespace are told to run and to be ready.

        Of a Helm release, where one is named.
        """
        path = f"/api/v1/namespaces/{namespace}/pods"
        query = f"&labelSelector=app.kubernetes.io/instance={release}" if release else ""
        over = threading.Event()
        threading.Thread(target=self._play, args=(path, query, over), daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _play(self, path: str, query: str, over: threading.Event) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        condition = {"type": "Ready", "status": "True", "lastTransitionTime": now}
        status = {"phase": "Running", "startTime": now, "conditions": [condition]}
        while not over.wait(0.1):
            # The server is away, or a pod is gone: the next watch tells of all that are there.
            with contextlib.suppress(OSError, http.client.HTTPException, RefusedError, ValueError):
                for pod in self._changed(path, query):
                    if over.is_set():
                        return
                    one = f"{path}/{pod['metadata']['name']}/status"
                    if pod["status"].get("phase") != "Running":
                        self.call("PATCH", one, {"status": status})

    def _changed(self, path: str, query: str) -> Iterator[Any]:
        """Yield the objects that are there, and for some seconds each that comes or changes."""
        with contextlib.closing(self._connection()) as connection:
            headers = {"Authorization": f"Bearer {self.token}"}
            # Version 0 is what the server's cache has. The newest would wait for a write to pods,
            # as etcd 3.4 does not say how far its watches are.
            asked = f"{path}?watch=1&resourceVersion=0&timeoutSeconds=5{query}"
            connection.request("GET", asked, headers=headers)
            for line in connection.getresponse():
                event = json.loads(line)
                if event["type"] in ("ADDED", "MODIFIED"):
                    yield event["object"]

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Have no API server at this address for a while."""
        _end(self._processes.pop("apiserver"))
        try:
            yield
        finally:
            self._start_apiserver()
            self._wait()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Have an API server that takes connections and says nothing for a while."""
        self._processes["apiserver"].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._processes["apiserver"].send_signal(signal.SIGCONT)
            self._wait()

    def start(self) -> None:
        """Start everything and wait until the API server is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files = ("-keyout", str(self.key), "-out", str(self.ca))
        subprocess.run(
            ["openssl", "req", "-x509", *_CERTIFICATE, *files], check=True, capture_output=True
        )
        rows = [f"{self._tokens[ADMIN]},{ADMIN},{ADMIN},system:masters"]
        rows.append(f"{self._tokens[NOBODY]},{NOBODY},{NOBODY}")
        (self.folder / "tokens.csv").write_text("\n".join(rows) + "\n")
        client, peer = (f"http://127.0.0.1:{port}" for port in (self._etcd, _free_port()))
        self._run(
            "etcd",
            shutil.which("etcd") or "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            "--unsafe-no-fsync",  # only a machine that loses its power loses what it has
        )
        self._start_apiserver()
        self._wait()
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(json.dumps(_kubeconfig(self.url, self.ca, self.token, CONTEXT)))
        self._run(
            "controller-manager",
            str(kube()),
            "controller-manager",
            f"--kubeconfig={self.kubeconfig}",
            f"--controllers={','.join(_CONTROLLERS)}",
            "--leader-elect=false",
            "--secure-port=0",
        )

    def stop(self) -> None:
        """End everything; what it kept is left in the folder."""
        for name in ("controller-manager", "apiserver", "etcd"):
            if name in self._processes:
                _end(self._processes.pop(name))

    def _start_apiserver(self) -> None:
        self._run(
            "apiserver",
            str(kube()),
            "apiserver",
            f"--etcd-servers=http://127.0.0.1:{self._etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            f"--tls-cert-file={self.ca}",
            f"--tls-private-key-file={self.key}",
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=RBAC",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            # Nobody makes the accounts that it would ask for.
            "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.ca}",
            f"--service-account-signing-key-file={self.key}",
        )

    def _run(self, name: str, *argv: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            # Whatever becomes of the tests, nothing of this outlives them.
            self._processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "GOGC": "400"},
                start_new_session=True,
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not self._ready():
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise _EndedError(name, self.folder / f"{name}.log")
            if time.monotonic() > deadline:
                raise TimeoutError(f"the API server is not ready; see {self.folder}")
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            return bool(self.call("GET", "/readyz") == "ok")
        except (OSError, RefusedError):
            return False


class _EndedError(Exception):
    """A process of ours ended, as it does when its port is taken."""

    def __init__(self, name: str, log: Path) -> None:
        lines = log.read_text().splitlines()[-5:]
        super().__init__("\n".join([f"{name} ended; {log} says last:", *lines]))


@contextlib.contextmanager
def running(folder: Path) -> Iterator[ApiServer]:
    """Have an API server for a while; `folder` must be new."""
    for attempt in range(1, STARTS + 1):
        server = ApiServer(folder / str(attempt))
        try:
            server.start()
        except _EndedError:
            server.stop()
            if attempt == STARTS:
                raise
            continue
        try:
            yield server
        finally:
            server.stop()
        return


@pytest.fixture(scope="session")
def apiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """Share one API server among all tests of a process; each test has namespaces of its own."""
    kube()
    with running(tmp_path_factory.mktemp("apiserver")) as server:
        yield server


def kube() -> Path:
    """Return the test bed's program of all Kubernetes programs, built for its sources.

    Without what that takes CI fails, and elsewhere the test is skipped.
    """
    place = Place()
    program = place.bin / "kube"
    try:
        if os.geteuid() == 0 and any(shutil.which(name) is None for name in _PROGRAMS):
            packages.install(place, lambda _: None)
        for name in (*_PROGRAMS, *(() if program.exists() else ("go",))):
            needs.program(name)
        builds.build(place, lambda _: None)
    except BedError as error:
        pytest.fail(f"{error}\n{error.hint}", pytrace=False)
    return program


def _kubeconfig(url: str, ca: Path, token: str, context: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "clusters": [
            {"name": context, "cluster": {"server": url, "certificate-authority": str(ca)}}
        ],
        "users": [{"name": context, "user": {"token": token}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
    }


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["message"])
    except (ValueError, KeyError):
        return content.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
