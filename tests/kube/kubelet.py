"""What a kubelet says when the API server asks it for logs; and a node at its address.

Only that much of a kubelet: logs of containers, with times, followed as long as the test wants.
"""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.kube.objects import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terraform.apiserver import ApiServer

NODE = "node-with-logs"
_TICK_SECONDS = 0.02


@dataclass
class Written:
    """What a container wrote, line by line with its time; `ended`: it will write no more."""

    lines: list[str] = field(default_factory=list)
    ended: bool = False
    cut: int = 0
    """How often a stream was broken off: each rise breaks those that are open."""

    def write(self, *texts: str, second: int = 0) -> None:
        """Write lines in one second of a time long gone."""
        for text in texts:
            nanos = len(self.lines)
            self.lines.append(f"2026-03-02T10:00:{second:02}.{nanos:09}Z {text}")


class Kubelet:
    """Logs by pod and container; `previous` are those of the start before."""

    def __init__(self) -> None:
        self.logs: dict[tuple[str, str], Written] = {}
        self.previous: dict[tuple[str, str], Written] = {}
        self.asked: list[str] = []

    def log(self, pod: str, container: str = "agent") -> Written:
        """Return the log of a container, an empty one to begin with."""
        return self.logs.setdefault((pod, container), Written())


@contextmanager
def serving(server: ApiServer) -> Iterator[Kubelet]:
    """Have a kubelet, and its node in the API server."""
    kubelet = Kubelet()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler(kubelet))
    listener.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.ca, server.ca.with_suffix(".key"))
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    server.call("POST", "/api/v1/nodes", {"metadata": {"name": NODE}})
    status = {
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": listener.server_address[1]}},
        "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": now()}],
    }
    server.call("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": status})
    try:
        yield kubelet
    finally:
        server.call("DELETE", f"/api/v1/nodes/{NODE}")
        listener.shutdown()
        listener.server_close()
        thread.join()


def _handler(kubelet: Kubelet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            kubelet.asked.append(self.path)
            _, _, _, pod, container = address.path.split("/")
            query = {key: values[-1] for key, values in parse_qs(address.query).items()}
            kept = kubelet.previous if query.get("previous") == "true" else kubelet.logs
            written = kept.get((pod, container))
            if written is None:
                self.send_error(400, "previous terminated container not found")
                return
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                self._send(written, query)
            except OSError:
                self.close_connection = True

        def _send(self, written: Written, query: dict[str, str]) -> None:
            begun, cut = len(written.lines), written.cut
            lines = written.lines[:begun]
            if since := query.get("sinceTime"):
                lines = [line for line in lines if line[:19] >= since[:19]]
            if tail := query.get("tailLines"):
                lines = lines[-int(tail) :] if int(tail) else []
            self._chunk(lines)
            while query.get("follow") == "true":
                if written.cut != cut:
                    self.close_connection = True
                    return
                over = written.ended
                new = written.lines[begun:]
                begun += len(new)
                self._chunk(new)
                if over:
                    break
                time.sleep(_TICK_SECONDS)
            self.wfile.write(b"0\r\n\r\n")

        def _chunk(self, lines: list[str]) -> None:
            data = "".join(f"{line}\n" for line in lines).encode()
            if data:
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
