"""Ways to an API server, and ports at which there is none."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qhub.cluster import Cluster, target
from tests.kube.kubeconfigs import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer


def reaching(path: Path, namespace: str = "default", *, seconds: float = 5) -> Cluster:
    """Return the cluster of a kubeconfig's current context."""
    environ = {"KUBECONFIG": str(path), "PATH": "/usr/bin:/bin"}
    return Cluster(target(None, namespace, environ), environ=environ, seconds=seconds)


@contextmanager
def listening(answer: bytes | None, heard: list[bytes] | None = None) -> Iterator[int]:
    """Have a port that gives everybody this answer; None: that says nothing at all.

    What everybody asks first is added to `heard`.
    """
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
                    asked = connection.recv(65536)
                    if heard is not None:
                        heard.append(asked)
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


def login(apiserver: ApiServer, folder: Path, user: dict[str, Any] | None) -> Path:
    """Return a kubeconfig for the API server with another user."""
    authority = {"certificate-authority": str(apiserver.ca)}
    path = folder / "config"
    return write(path, {"team": user}, current="team", server=apiserver.url, **authority)
