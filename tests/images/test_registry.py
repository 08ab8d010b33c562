"""Pushing to a real registry and pulling from it; with a log-in, and when it fails."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from images.builder.errors import RegistryError
from images.builder.image import machine
from images.builder.reference import parse
from images.builder.registry import INDEX, MANIFEST, Manifest, Registry
from tests.images.gate import Gate
from tests.images.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.cluster, pytest.mark.full]


def test_a_pushed_image_is_pulled_and_run(script: Script, registry: str, tmp_path: Path) -> None:
    tag = f"{registry}/team/made:1"
    recipe = script.recipe("ENV WHO=world", "RUN echo hello >/said", "USER flow")
    made = script.build(recipe, f"--tag={tag}", "--push")
    assert made["image"] == tag
    assert made["reference"] == f"{registry}/team/made@{made['digest']}"
    with urllib.request.urlopen(f"http://{registry}/v2/team/made/manifests/1") as answer:
        data = answer.read()
        assert answer.headers["Docker-Content-Digest"] == made["digest"]
    assert [item["digest"] for item in json.loads(data)["layers"]] == [
        item["digest"] for item in made["layers"]
    ]
    other = Script(tmp_path / "other", script.base)
    other.folder.mkdir()
    seen = other.recipe('RUN id && cat /said && echo "$WHO"')
    for base in (tag, made["reference"]):
        said = other.build(seen, "--no-cache", base=base)["stderr"]
        assert "uid=1000(flow)" in said
        assert "hello\nworld\n" in said


def test_an_index_gives_the_image_of_this_machine(script: Script, registry: str) -> None:
    made = script.build(
        script.recipe("RUN echo this >/which"), f"--tag={registry}/team/many:this", "--push"
    )
    repository = Registry(parse(f"{registry}/team/many"))
    size = len(repository.manifest(made["digest"]).data)
    this = {"mediaType": MANIFEST, "digest": made["digest"], "size": size, "platform": machine()}
    other = {**this, "platform": {"os": "linux", "architecture": "s390x"}}
    for tag, entries in (("all", [other, this]), ("others", [other])):
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        repository.tag(tag, Manifest(INDEX, json.dumps(document).encode()))
    recipe = script.recipe("RUN cat /which")
    assert "\nthis\n" in script.build(recipe, base=f"{registry}/team/many:all")["stderr"]
    base = f"{registry}/team/many:others"
    done = script.start(recipe, "--builder=chroot", "--tag=a:1", base=base)
    assert done.returncode == 1
    assert f"{base} has no image for linux/" in done.stderr


def test_only_what_is_new_travels(script: Script, registry: str) -> None:
    tag = f"--tag={registry}/team/grown:1"
    script.build(script.recipe("COPY a /a", files={"a": "1" * 100_000}), tag, "--push")
    again = script.build(script.recipe("COPY a /a"), tag, "--push")
    assert "0.0 MB sent" in again["stderr"]


def test_the_result_is_one_line(script: Script, registry: str) -> None:
    recipe = script.recipe("RUN true")
    done = script.start(recipe, "--builder=chroot", f"--tag={registry}/team/line", "--push")
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{registry}/team/line@sha256:")


def test_an_image_that_is_not_there(script: Script, registry: str) -> None:
    done = script.start(
        script.recipe("RUN true"), "--builder=chroot", "--tag=a:1", base=f"{registry}/team/none:1"
    )
    assert done.returncode == 3
    assert f"{registry}/team/none:1: the registry has no such image" in done.stderr


@pytest.fixture(params=["basic", "bearer"])
def gate(request: pytest.FixtureRequest, registry: str) -> Iterator[Gate]:
    """The registry behind a log-in."""
    with Gate(registry, scheme=request.param, user="pusher", password="s3cret") as found:  # noqa: S106
        yield found


def log_in(folder: Path, gate: Gate, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = base64.b64encode(f"pusher:{password}".encode()).decode()
    (folder / "auth.json").write_text(json.dumps({"auths": {gate.host: {"auth": auth}}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(folder / "auth.json"))


def test_a_registry_with_a_log_in(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(tmp_path, gate, "s3cret", monkeypatch)
    repository = Registry(parse(f"{gate.host}/team/locked"))
    data = f"behind {gate.host}".encode()  # the registry has one store of blobs for all
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert repository.push(digest, data)
    assert not repository.push(digest, data)
    blob = {"mediaType": "application/octet-stream", "digest": digest, "size": len(data)}
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": blob, "layers": [blob]}
    manifest = Manifest(MANIFEST, json.dumps(document).encode())
    repository.tag("1", manifest)
    found = Registry(parse(f"{gate.host}/team/locked:1"))
    assert found.manifest("1") == manifest
    found.fetch(digest, tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == data
    assert gate.refused > 0  # it does ask


@pytest.mark.parametrize("password", ["wrong", None])
def test_a_wrong_log_in_is_told_and_not_shown(
    gate: Gate, password: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if password:
        log_in(tmp_path, gate, password, monkeypatch)
    with pytest.raises(RegistryError) as caught:
        Registry(parse(f"{gate.host}/team/locked")).push("sha256:" + "0" * 64, b"")
    assert f"docker login {gate.host}" in caught.value.hint
    assert "wrong" not in str(caught.value)


def test_a_log_in_does_not_follow_to_another_host(
    gate: Gate, registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registries send readers of blobs to a storage, which must not get the password."""
    log_in(tmp_path, gate, "s3cret", monkeypatch)
    repository = Registry(parse(f"{gate.host}/team/moved"))
    digest = f"sha256:{hashlib.sha256(b'moved').hexdigest()}"
    repository.push(digest, b"moved")
    with Gate(registry, scheme="none") as storage:
        gate.blobs_at = storage.host
        repository.fetch(digest, tmp_path / "blob")
        assert (tmp_path / "blob").read_bytes() == b"moved"
        assert storage.asked
        assert not any("Authorization" in headers for headers in storage.asked)
        assert any("Authorization" in headers for headers in gate.asked)


def test_a_blob_that_comes_damaged_is_not_kept(registry: str, tmp_path: Path) -> None:
    repository = Registry(parse(f"{registry}/team/damaged"))
    digest = f"sha256:{hashlib.sha256(b'whole').hexdigest()}"
    repository.push(digest, b"whole")
    with (
        Gate(registry, scheme="none", damage=True) as gate,
        pytest.raises(RegistryError, match="came damaged"),
    ):
        Registry(parse(f"{gate.host}/team/damaged")).fetch(digest, tmp_path / "blob")
    assert list(tmp_path.iterdir()) == []


def test_a_push_is_tried_again(registry: str) -> None:
    digest = f"sha256:{hashlib.sha256(b'again').hexdigest()}"
    with Gate(registry, scheme="none", failures=2) as gate:
        assert Registry(parse(f"{gate.host}/team/again")).push(digest, b"again")
    assert Registry(parse(f"{registry}/team/again")).has(digest)
    with (
        Gate(registry, scheme="none", failures=99) as gate,
        pytest.raises(RegistryError, match="answered 503 to POST"),
    ):
        Registry(parse(f"{gate.host}/team/other")).push(f"sha256:{0:064}", b"again")
