"""The process that keeps the rules: `python -m tests.cluster.bed.policies.enforcing KUBECONFIG`."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.cluster.bed.api import Api, ApiError
from tests.cluster.bed.policies import rules

__all__ = ["main"]

_POLICIES = "/apis/networking.k8s.io/v1/networkpolicies"
_PODS = "/api/v1/pods"
_NAMESPACES = "/api/v1/namespaces"


class Watched:
    """All objects of one kind, as the API server last told; `changed` is set when it does."""

    def __init__(self, api: Api, path: str, changed: threading.Event) -> None:
        self._api, self._path, self._changed = api, path, changed
        self._objects: dict[str, dict[str, Any]] | None = None
        threading.Thread(target=self._follow, daemon=True, name=path).start()

    def objects(self) -> list[dict[str, Any]] | None:
        """Return them, or None as long as they were never listed."""
        known = self._objects
        return None if known is None else list(known.values())

    def _follow(self) -> None:
        while True:
            try:
                self._list_and_watch()
            except (ApiError, OSError) as error:
                sys.stderr.write(f"{self._path}: {error}\n")
                time.sleep(0.5)

    def _list_and_watch(self) -> None:
        found = self._api.get(self._path)
        self._tell({item["metadata"]["uid"]: item for item in found["items"]})
        for event in self._api.watch(self._path, found["metadata"]["resourceVersion"]):
            thing, known = event["object"], dict(self._objects or {})
            if event["type"] == "ERROR":
                return  # what it knows is too old: list again
            if event["type"] == "DELETED":
                known.pop(thing["metadata"]["uid"], None)
            else:
                known[thing["metadata"]["uid"]] = thing
            self._tell(known)

    def _tell(self, objects: dict[str, dict[str, Any]]) -> None:
        self._objects = objects  # replaced, never changed: who reads it needs no lock
        self._changed.set()


def main(kubeconfig: str) -> None:
    api, changed, written = Api(Path(kubeconfig)), threading.Event(), ""
    watched = [Watched(api, path, changed) for path in (_POLICIES, _PODS, _NAMESPACES)]
    while True:
        changed.wait()
        changed.clear()
        policies, pods, namespaces = (one.objects() for one in watched)
        if policies is None or pods is None or namespaces is None:
            continue
        labels = {
            item["metadata"]["name"]: item["metadata"].get("labels") or {} for item in namespaces
        }
        policies.sort(key=lambda policy: str(policy["metadata"]["uid"]))
        text = rules.table(policies, rules.pods(pods), labels)
        if text != written:
            _restore(text)
            written = text


def _restore(text: str) -> None:
    """Replace the table; a table that iptables refuses is a mistake of ours, so it ends this."""
    done = subprocess.run(
        ["iptables-restore", "--wait", "--table=security"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"iptables-restore: {done.stderr}\n{text}")


if __name__ == "__main__":
    main(sys.argv[1])
