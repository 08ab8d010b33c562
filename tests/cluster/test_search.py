"""The search for planted secrets finds them however they were stored, and every execve is seen."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.cluster import execs
from tests.cluster.search import Heap, digests, files, forms, mark

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORD = mark()
VALUE = f'é "{WORD}"\n<&>'


def encoded(content: bytes) -> bytes:
    return base64.b64encode(content)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", content)
    return packed.getvalue()


def tarred(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("plan")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def as_release(content: bytes) -> bytes:
    """Return it as Helm stores a template of a chart, in a Secret that the API server shows."""
    release = {"chart": {"templates": [{"data": encoded(content).decode()}]}}
    stored = encoded(encoded(gzip.compress(json.dumps(release).encode())))
    return json.dumps({"kind": "Secret", "data": {"release": stored.decode()}}).encode()


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda value: value,
    "in a URL": lambda value: quote(value.decode(), safe="").encode(),
    "in JSON": lambda value: json.dumps({"a": [value.decode()]}).encode(),
    "in JSON in JSON": lambda value: json.dumps([json.dumps(value.decode())]).encode(),
    "in hexadecimal": lambda value: value.hex().encode(),
    "in Base64": lambda value: b"Basic " + encoded(b"qhub:" + value),
    "one byte later": lambda value: b"Basic " + encoded(b"qhub::" + value),
    "two bytes later": lambda value: b"Basic " + encoded(b"qhub:::" + value),
    "in Base64 twice": lambda value: b"x=" + encoded(b"y=" + encoded(b"z=" + value)),
    "in Base64 for URLs": lambda value: b"x=" + base64.urlsafe_b64encode(value),
    "in gzip": lambda value: gzip.compress(value * 100),
    "in a plan in an archive of plans": lambda value: tarred(zipped(value * 100)),
    "in Base64 of gzip": lambda value: encoded(gzip.compress(value * 100)),
    "in a chart in a release of Helm": as_release,
    "in a state in a Secret": lambda value: json.dumps(
        {"data": {"tfstate": encoded(gzip.compress(value * 100)).decode()}}
    ).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mark_is_found_however_it_is_stored(way: str) -> None:
    heap = Heap()
    heap.add("here", WAYS[way](VALUE.encode()))
    heap.add("there", WAYS[way](VALUE.replace(WORD, mark()).encode()))

    found = heap.places(forms(WORD))

    assert {name.partition("!")[0] for name in found} == {"here"}


def test_a_mark_is_found_in_every_table_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "prefect.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE log (message TEXT, data BLOB)")
    long = "x" * 20_000 + WORD + "x" * 20_000  # on several pages
    database.execute("INSERT INTO log VALUES (?, ?)", (long, None))
    database.execute("INSERT INTO log VALUES (?, ?)", ("", gzip.compress(WORD.encode())))
    database.commit()
    database.close()
    heap = Heap()
    for name, content in files(tmp_path):
        heap.add(name, content)

    found = heap.places(forms(WORD))

    assert {"prefect.db!log", "prefect.db!log 2!gzip"} <= set(found)
    assert heap.places(forms(mark())) == []


def test_a_hash_is_found_in_both_ways_to_write_it() -> None:
    heap = Heap()
    sha256 = "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90"
    heap.add("sha256", f"checksum/secret: {sha256}")
    heap.add("md5", '"content_md5": "Y4TishhLy/WOzPEMp6ZWPA=="')
    assert heap.places(digests(b"alice")) == ["sha256", "md5"]
    assert heap.places(digests(b"bob")) == []


SCRIPT = """
env true one 'two  words' é
(setsid sh -c 'exec true deep') &
{python} -c '
import subprocess, threading
thread = threading.Thread(target=lambda: subprocess.run(["true", "of a thread"]))
thread.start()
thread.join()
'
wait
exit 7
"""


def test_every_execve_is_seen_with_all_its_arguments(tmp_path: Path) -> None:
    script = SCRIPT.replace("{python}", sys.executable)
    done = execs.traced(["sh", "-c", script], cwd=tmp_path, env=dict(os.environ))

    assert (done.status, done.stdout, done.stderr) == (7, "", "")
    seen = set(done.arguments)
    assert ("sh", "-c", script) in seen
    assert {("true", "one", "two  words", "é"), ("true", "deep"), ("true", "of a thread")} <= seen


def test_what_is_traced_ends_with_its_tracer(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with subprocess.Popen(
        [sys.executable, execs.__file__, str(log), "sh", "-c", "echo $$; sleep 1000"],
        stdout=subprocess.PIPE,
        text=True,
    ) as tracer:
        assert tracer.stdout is not None
        assert tracer.stdout.readline()
        tracer.kill()
        assert tracer.stdout.read() == ""  # the last of them that held it has ended
    assert tracer.returncode == -signal.SIGKILL
