"""The search finds a planted text in every kind of place, plain, packed and encoded."""

from __future__ import annotations

import base64
import gzip
import io
import json
import pickle
import sqlite3
import subprocess
import sys
import tarfile
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.full.leaks import Place, Sampler, Search
from tests.full.platform import until

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "planted-3f9c-text"


def _archived(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("flow.py")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"key={TEXT}\n".encode(), id="plain"),
        pytest.param(TEXT.encode("utf-16-le"), id="UTF-16"),
        pytest.param(base64.b64encode(f"user:{TEXT}".encode()), id="base64 behind other text"),
        pytest.param(b'"abc' + base64.urlsafe_b64encode(f"??{TEXT}".encode()), id="base64 in URLs"),
        pytest.param(TEXT.encode().hex().encode(), id="hexadecimal"),
        pytest.param(gzip.compress(TEXT.encode()), id="gzip"),
        pytest.param(_archived(TEXT.encode()), id="file of an archive"),
        pytest.param(pickle.dumps({"secret": [TEXT]}), id="pickle"),
        pytest.param(
            json.dumps(
                {"blob": base64.b64encode(zlib.compress(pickle.dumps(TEXT))).decode()}
            ).encode(),
            id="compressed pickle as base64 in JSON",
        ),
    ],
)
def test_a_text_is_found(content: bytes) -> None:
    search = Search({"planted": TEXT, "other": "nowhere-to-be-found"})
    search.bytes("file", "here", b"before\n" * (content[:1].isalnum()) + content)
    assert search.found == {Place("planted", "file", "here")}


def test_a_text_is_found_in_a_table_of_a_database_and_in_a_file_s_name(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as database, database:
        database.execute("CREATE TABLE run (parameters BLOB)")
        database.execute("INSERT INTO run VALUES (?)", (zlib.compress(TEXT.encode()),))
    (tmp_path / f"{TEXT}.txt").touch()
    search = Search({"planted": TEXT})
    search.files(tmp_path)
    assert Place("planted", "value", "some.db run") in search.found
    assert Place("planted", "name", f"{TEXT}.txt") in search.found


def test_a_text_is_found_in_arguments_and_environment_of_a_process() -> None:
    search = Search({"argv": f"{TEXT}-1", "environ": f"{TEXT}-2"})
    command = [sys.executable, "-c", "input()", f"{TEXT}-1"]
    with Sampler(search, without=lambda _: False):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env={"X": f"{TEXT}-2"})
        try:
            until(lambda: {place.kind for place in search.found} >= {"argv", "environ"}, seconds=9)
        finally:
            process.communicate(b"\n")
    assert {(place.text, place.kind) for place in search.found} == {
        ("argv", "argv"),
        ("environ", "environ"),
    }
