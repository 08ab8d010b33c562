"""Small servers that stand where a test has no real ones: the API of Prefect 1, and Kubernetes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

Answer = tuple[int, dict[str, Any]]
FLOW_RUN: Final = "11111111-2222-3333-4444-555555555555"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """What a stub was asked, in order."""

    requests: list[Request] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, request: Request) -> None:
        """Remember a request."""
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def wait_for(self, wanted: Callable[[Request], bool], seconds: float) -> Request:
        """Return the first request that is wanted; raise `TimeoutError` if none comes."""
        with self.changed:
            if not self.changed.wait_for(lambda: any(map(wanted, self.requests)), seconds):
                raise TimeoutError(f"no such request in {seconds} s; there were {self.requests}")
            return next(filter(wanted, self.requests))


@contextmanager
def serve(
    answer: Callable[[Request], Answer], host: str = "127.0.0.1"
) -> Iterator[tuple[str, Recorder]]:
    """Answer requests on a free port of this machine; yields the address and what was asked."""
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            request = Request(self.command, self.path, dict(self.headers), body)
            status, content = answer(request)
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            recorder.add(request)

        do_GET = do_POST = do_DELETE = handle_one  # noqa: N815  names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}", recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# A Job that has not begun: an agent looks at its pods then, and at their events.
PENDING: Final[dict[str, Any]] = {
    "/jobs": {
        "metadata": {
            "name": "prefect-job-1",
            "labels": {"prefect.io/identifier": "1", "prefect.io/flow_run_id": FLOW_RUN},
        },
        "status": {"active": 1},
    },
    "/pods": {"metadata": {"name": "prefect-job-1-x"}, "status": {"phase": "Pending"}},
}


def kubernetes(request: Request) -> Answer:
    """Answer as Kubernetes does where Jobs are created and do not begin."""
    if request.method == "POST" and request.path.endswith("/jobs"):
        made = dict(request.body)
        metadata = made["metadata"]
        metadata.setdefault("name", f"{metadata.get('generateName', 'job-')}x")
        metadata.setdefault("namespace", request.path.split("/")[-2])
        return 201, made
    items = [
        item for name, item in PENDING.items() if request.path.partition("?")[0].endswith(name)
    ]
    return 200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}


def write_kubeconfig(file: Path, server: str) -> None:
    """Write a kubectl configuration for a server that asks for no credential."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "stub", "cluster": {"server": server}}],
        "users": [{"name": "stub", "user": {"token": "stub"}}],
        "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "stub"}}],
        "current-context": "stub",
    }
    file.write_text(json.dumps(content), encoding="utf-8")


@dataclass(slots=True)
class PrefectOne:
    """The API of Prefect 1 with one flow run, which is given out once."""

    flow_run: dict[str, Any]
    given: bool = False

    def __call__(self, request: Request) -> Answer:
        """Answer a query by the first field in it that is known."""
        query = request.body.get("query", "")
        answers: dict[str, Callable[[], Any]] = {
            "register_agent": lambda: {"id": "agent-1"},
            "get_runs_in_queue": self.queue,
            "set_flow_run_states": lambda: {
                "states": [{"id": FLOW_RUN, "status": "SUCCESS", "message": None}]
            },
            "write_run_logs": lambda: {"success": True},
            "auth_info": lambda: {"api_token_scope": "RUNNER", "tenant_id": "tenant-1"},
            "tenant": lambda: [{"id": "tenant-1"}],
            "flow_run_by_pk": lambda: self.flow_run,
            "flow_run": lambda: [self.flow_run],
            "hello": lambda: "hi",
        }
        name = next(name for name in answers if name in query)
        return 200, {"data": {name: answers[name]()}}

    def queue(self) -> dict[str, Any]:
        """Return the flow run at the first question, nothing later."""
        ids = [] if self.given else [FLOW_RUN]
        self.given = True
        return {"flow_run_ids": ids}


def flow_run(
    *, run_config: dict[str, Any] | None, environment: dict[str, Any] | None
) -> dict[str, Any]:
    """Return a scheduled flow run as the API of Prefect 1 describes it."""
    scheduled = {"type": "Scheduled", "message": "", "start_time": "2021-06-16T00:00:00+00:00"}
    return {
        "id": FLOW_RUN,
        "name": "neat-otter",
        "version": 1,
        "state": "Scheduled",
        "serialized_state": scheduled,
        "parameters": {},
        "scheduled_start_time": "2021-06-16T00:00:00+00:00",
        "run_config": run_config,
        "task_runs": [],
        "flow": {
            "id": "flow-1",
            "name": "etl",
            "environment": environment,
            "storage": {
                "type": "Docker",
                "registry_url": "team",
                "image_name": "flow",
                "image_tag": "1",
                "flows": {"etl": "/opt/etl.prefect"},
                "prefect_version": "0.14.22",
            },
            "version": 1,
            "core_version": "0.14.22",
        },
    }
