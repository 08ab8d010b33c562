"""A planted secret is where it belongs, and nowhere else of what a deploy leaves or shows."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qhub.deploy.redact import Redactor
from tests.deploy.place import AUTH, PLANTED, S3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

CONTROL = "control-that-is-stored"
FORMS = [form.encode() for form in Redactor.of(PLANTED.values()).forms]


class Arguments:
    """Notes the arguments of every process that begins and is seen between `with` and its end."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._before = set(Path("/proc").iterdir())
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Arguments:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            for process in set(Path("/proc").iterdir()) - self._before:
                try:
                    self.seen.add((process / "cmdline").read_bytes())
                except OSError:
                    continue


@pytest.mark.parametrize("state", ["local", "remote"])
def test_a_secret_is_in_its_secret_and_nowhere_else(state: str, place: Place) -> None:
    overrides = {"envVars": {"CONTROL": CONTROL}}
    place.write(
        terraform_state={"type": state},
        prefect={**place.config["prefect"], "overrides": overrides},
    )
    with Arguments() as arguments:
        shown = place.run("plan", "--out", "plans.tar")
        shown += place.run("deploy", "--plan", "plans.tar")
        shown += json.dumps(place.report("deploy", more={"S3_KEY": S3 + "!"}))
        shown += place.run("secrets", "check", status=4)
        place.run("deploy")

    stored = dict(_files(place)) | dict(_objects(place)) | {"shown": shown.encode()}
    assert any(b"terraform\0apply" in seen for seen in arguments.seen), "the control of arguments"
    stored |= {f"arguments {number}": seen for number, seen in enumerate(arguments.seen)}

    assert sum(CONTROL.encode() in content for content in stored.values()) > 3
    leaks = [name for name, content in stored.items() if any(form in content for form in FORMS)]
    assert leaks == []
    assert place.secret("qhub-etl-token") == {"token": AUTH}


def _files(place: Place) -> Iterator[tuple[str, bytes]]:
    """Yield every file below the place's folder; archives and plans unpacked."""
    root = place.folder.parent
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and "mirror" not in path.parts:
            yield from _unpacked(str(path.relative_to(root)), path.read_bytes())


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield from _unpacked(f"{name}!{inner}", packed.read(inner))
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                file = archive.extractfile(entry)
                assert file is not None
                yield from _unpacked(f"{name}!{entry.name}", file.read())


def _objects(place: Place) -> Iterator[tuple[str, bytes]]:
    """Yield every object of the namespace, decoded, but the Secrets that are meant to hold it."""
    for kind in ("configmaps", "events", "pods", "serviceaccounts"):
        yield kind, json.dumps(place.get(kind), ensure_ascii=False).encode()
    path = f"/apis/apps/v1/namespaces/{place.namespace}"
    for kind in ("deployments", "replicasets"):
        yield kind, json.dumps(place.server.call("GET", f"{path}/{kind}")).encode()
    namespaces = (place.namespace, "qhub-state")
    for namespace in namespaces:
        listed = place.server.call("GET", f"/api/v1/namespaces/{namespace}/secrets")
        for secret in listed["items"]:
            name = secret["metadata"]["name"]
            if name.startswith("qhub-"):
                continue
            for key, value in secret["data"].items():
                yield f"{name}.{key}", _decoded(base64.b64decode(value))


def _decoded(content: bytes) -> bytes:
    """Return what Helm, or Terraform's state, packed into a Secret."""
    for unpack in (lambda c: gzip.decompress(base64.b64decode(c)), gzip.decompress):
        try:
            return unpack(content)
        except (OSError, ValueError):
            continue
    return content
