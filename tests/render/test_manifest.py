"""The manifest: deterministic, and safe to read whoever wrote it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qhub.errors import QhubError
from qhub.render import manifest
from qhub.render.write import write

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


def test_the_manifest_is_sorted_and_says_what_it_is() -> None:
    assert manifest.dump({"stages/b": b"foo", "a": b""}).decode() == (
        "{\n"
        '  "about": "Written by `qhub render`: the files it made and their SHA-256. '
        'Edits here get lost.",\n'
        '  "format": 1,\n'
        '  "files": {\n'
        '    "a": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",\n'
        f'    "stages/b": "{DIGEST}"\n'
        "  }\n"
        "}\n"
    )


def test_the_order_of_the_files_does_not_matter() -> None:
    assert manifest.dump({"b": b"", "a": b"1"}) == manifest.dump({"a": b"1", "b": b""})


def test_what_was_dumped_is_parsed() -> None:
    files = {"stages/ä": b"foo", 'a"b': b"bar"}
    assert manifest.parse(manifest.dump(files)) == {
        path: manifest.digest(content) for path, content in files.items()
    }


def _document(**changed: object) -> bytes:
    return json.dumps({"format": 1, "files": {"a": DIGEST}, **changed}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"<<<<<<< HEAD\n{}",
        b"[" * 100_000,
        _document(format="1"),
        _document(files=[]),
        _document(files={"a": DIGEST[:-1]}),
        _document(files={"a": 1}),
        _document(files={"../a": DIGEST}),
        _document(files={"/a": DIGEST}),
        _document(files={"a/../../b": DIGEST}),
    ],
    ids=[
        *("empty", "not text", "a list", "merge conflict", "deep", "format", "files is a list"),
        *("short digest", "number", "path above", "absolute path", "path that climbs"),
    ],
)
def test_what_is_no_manifest_of_ours_lists_nothing(content: bytes) -> None:
    assert manifest.parse(_document()) == {"a": DIGEST}
    assert manifest.parse(content) is None


def test_a_forged_manifest_makes_qhub_delete_nothing_outside(tmp_path: Path) -> None:
    folder, victim = tmp_path / "folder", tmp_path / "victim"
    victim.write_bytes(b"foo")
    write({"stages/a": b""}, folder)
    (folder / manifest.MANIFEST).write_bytes(_document(files={"../victim": DIGEST}))
    write({"stages/b": b""}, folder, force=True)
    assert victim.read_bytes() == b"foo"


def test_a_manifest_of_a_later_qhub_is_refused(tmp_path: Path) -> None:
    write({"stages/a": b""}, tmp_path)
    (tmp_path / manifest.MANIFEST).write_bytes(_document(format=2))
    with pytest.raises(QhubError) as caught:
        write({"stages/a": b"new"}, tmp_path, force=True)
    assert str(caught.value) == "stages/manifest.json has format 2; this QHub knows 1 at most"
    assert caught.value.hint == "these files were rendered by a later QHub: upgrade this one"
    assert (tmp_path / "stages/a").read_bytes() == b""
