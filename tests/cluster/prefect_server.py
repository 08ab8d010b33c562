"""A real Prefect 3 server in a namespace: a pod of the flow image, and a Service before it.

    server = prefect_server.start(cluster, namespace, auth="qhub:password")
    server.call("POST", "/work_pools/filter", {})

Its database is a file in the pod and goes with it; that of a former test's server, empty and
migrated, is what it begins with.
"""

from __future__ import annotations

import atexit
import base64
import gzip
import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from tests.cluster import pods
from tests.cluster.images import image
from tests.embedded.server import CACHE

if TYPE_CHECKING:
    from tests.cluster.access import Cluster

__all__ = ["NAME", "Server", "start"]

NAME = "prefect-server"
PORT = 4200
START_SECONDS = 180
_ANSWER_SECONDS = 120
_DATABASE = "/data/prefect.db"
_URL = f"sqlite+aiosqlite:///{_DATABASE}"
# Not `prefect server start`, which is this behind a second process.
_SERVE = f"""
from qhub.embedded.programs import collector
with collector.resting():
    import uvicorn
    from prefect.server.api.server import create_app
    from qhub.embedded.programs import database, savings
    database.prepare("{_URL}")
    savings.prepare()
    app = create_app()
uvicorn.run(app, host="0.0.0.0", port={PORT}, access_log=False)
"""
_START = (
    f"[ -e {_DATABASE} ] || gzip -dc /start/migrated >{_DATABASE} || rm {_DATABASE}; "
    f"exec python -c '{_SERVE}'"
)
# What looks into the database every five seconds, for flow runs that no test has.
_IDLE = ("CLEANUP_RECONCILER", "LATE_RUNS", "PAUSE_EXPIRATIONS", "SCHEDULER")
# What SQLite has not yet written back is in a file of its own; a backup has both, and no less.
_COPY = f"""
import base64, pathlib, sqlite3, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    copy = pathlib.Path(folder, "copy.db")
    with sqlite3.connect("file:{_DATABASE}?mode=ro", uri=True) as source:
        with sqlite3.connect(copy) as target:
            source.backup(target)
    sys.stdout.write(base64.b64encode(copy.read_bytes()).decode())
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: `url` is for pods, `own_url` for this test; both end in /api."""

    cluster: Cluster
    namespace: str
    url: str
    own_url: str
    auth: str | None

    @property
    def environment(self) -> dict[str, str]:
        """Return what Prefect's clients in the network of the test need."""
        password = {} if self.auth is None else {"PREFECT_API_AUTH_STRING": self.auth}
        return {"PREFECT_API_URL": self.own_url, **password}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer; a server that is busy is asked again, if that is safe."""
        request = urllib.request.Request(  # noqa: S310  an address of the tests
            f"{self.own_url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **self._credential()},
        )
        deadline = time.monotonic() + _ANSWER_SECONDS
        while True:
            try:
                with _DIRECT.open(request, timeout=_ANSWER_SECONDS) as response:
                    return json.loads(response.read() or b"null")
            except urllib.error.HTTPError as error:
                # A server on SQLite answers 503 while its services hold the database.
                if error.code < 500 or time.monotonic() > deadline:
                    raise AssertionError(f"{method} {path}: {error.read()!r}") from error
            except OSError as error:
                if method != "GET" or time.monotonic() > deadline:
                    raise AssertionError(f"{method} {path}: {error}") from error
            time.sleep(0.2)

    def every(self, path: str, body: Any = None) -> list[dict[str, Any]]:
        """Return all that a `…/filter` path finds."""
        found: list[dict[str, Any]] = []
        while True:
            asked = {**(body or {}), "limit": 200, "offset": len(found)}
            page = self.call("POST", path, asked)
            found += page
            if len(page) < 200:
                return found

    def database(self) -> bytes:
        """Return the whole database as one SQLite file, with what is in its log."""
        program = ("python", "-c", _COPY)
        text = self.cluster.kubectl("exec", NAME, "-n", self.namespace, "--", *program)
        return base64.b64decode(text)

    def _credential(self) -> dict[str, str]:
        if self.auth is None:
            return {}
        return {"Authorization": f"Basic {base64.b64encode(self.auth.encode()).decode()}"}


def start(cluster: Cluster, namespace: str, *, auth: str | None = None) -> Server:
    """Start a server and return it as soon as it answers; it ends with its namespace.

    `auth` is "user:password", which it then asks for; it reaches the pod by a Secret.
    """
    password = [] if auth is None else [_secret(auth)]
    migrated = [_migrated()] if _CACHED.exists() else []
    made = _pod(image("flow", cluster), auth=auth)
    pods.start(cluster, namespace, *password, *migrated, made, _service())

    def ready() -> bool:
        status = pods.get(cluster, namespace, "pod", NAME)["status"]
        conditions = {one["type"]: one["status"] for one in status.get("conditions", ())}
        return conditions.get("Ready") == "True"

    pods.until(ready, "the Prefect server is ready", seconds=START_SECONDS, pause=0.5)
    address = pods.get(cluster, namespace, "service", NAME)["spec"]["clusterIP"]
    url = f"http://{address}:{PORT}/api"
    own_url = url if cluster.place is not None else _forwarded(cluster, namespace)
    server = Server(cluster, namespace, url, own_url, auth)

    server.call("GET", "/admin/version")  # its Service may take a moment longer
    if not migrated:
        _CACHED.parent.mkdir(parents=True, exist_ok=True)
        unfinished = _CACHED.with_suffix(f".{namespace}")
        unfinished.write_bytes(server.database())
        unfinished.replace(_CACHED)
    return server


_CACHED = CACHE / f"{version('prefect')}.db"  # of the version that the image has, too
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _pod(image_name: str, *, auth: str | None) -> dict[str, Any]:
    plain = {
        "PREFECT_HOME": "/data",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": _URL,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _IDLE},
    }
    variables: list[dict[str, Any]] = [{"name": k, "value": v} for k, v in plain.items()]
    if auth is not None:
        reference = {"secretKeyRef": {"name": NAME, "key": "auth"}}
        name = "PREFECT_SERVER_API_AUTH_STRING"
        variables.append({"name": name, "valueFrom": reference})
    made = pods.pod(NAME, image_name)
    made["spec"] |= {
        "restartPolicy": "Always",
        "enableServiceLinks": False,  # PREFECT_SERVER_… are names of Prefect's own settings
        "volumes": [
            {"name": "data", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {}},
            {"name": "start", "configMap": {"name": NAME, "optional": True}},
        ],
        "securityContext": made["spec"]["securityContext"] | {"runAsUser": 1000, "fsGroup": 1000},
    }
    [container] = made["spec"]["containers"]
    del container["args"]
    container |= {
        "command": ["sh", "-c", _START],
        "env": variables,
        "ports": [{"containerPort": PORT}],
        "resources": {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        "startupProbe": {  # which is over when it has been answered
            "httpGet": {"path": "/api/health", "port": PORT},
            "periodSeconds": 1,
            "timeoutSeconds": 30,
            "failureThreshold": START_SECONDS,  # what is slow on a busy machine is not away
        },
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  an emptyDir
            {"name": "start", "mountPath": "/start", "readOnly": True},
        ],
    }
    container["securityContext"]["readOnlyRootFilesystem"] = True
    return made


def _migrated() -> dict[str, Any]:
    """Return a ConfigMap of a database whose migrations ran already: five seconds saved."""
    data = {"migrated": base64.b64encode(gzip.compress(_CACHED.read_bytes())).decode()}
    metadata = {"name": NAME}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": data}


def _service() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"selector": {"app": NAME}, "ports": [{"port": PORT}]},
    }


def _secret(auth: str) -> dict[str, Any]:
    data = {"auth": base64.b64encode(auth.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": NAME}, "data": data}


def _forwarded(cluster: Cluster, namespace: str) -> str:
    """Return where the server is reached from outside the cluster, as long as the tests run."""
    target = (f"service/{NAME}", f":{PORT}", "--address=127.0.0.1")
    begun = subprocess.Popen(
        [
            "kubectl",
            f"--kubeconfig={cluster.kubeconfig}",
            *("port-forward", "--namespace", namespace, *target),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(begun.kill)
    assert begun.stdout is not None
    said = begun.stdout.readline()  # "Forwarding from 127.0.0.1:40123 -> 4200"
    found = re.search(r"127\.0\.0\.1:(\d+)", said)
    assert found, f"kubectl port-forward says {said!r}"
    return f"http://127.0.0.1:{found[1]}/api"
