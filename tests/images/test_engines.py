"""Docker and Buildah build the same recipes: Buildah for real, Docker by its command line.

There is no Docker engine on a machine of the tests; a stand-in for its client writes down how it is
called, and no more is claimed here. `.github/workflows/cluster.yaml` builds with Docker itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from images.builder.layer import OPAQUE, WHITEOUT
from tests.full import needs
from tests.images.script import Script

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGEST = f"sha256:{1:064}"
CLIENT = """#!/bin/sh
printf '%s\\n' "$*" >>"$CALLS"
case "$1 $2" in
"image inspect") echo "$NAME" ;;
"build "*) printf '%s' "${DOCKER_BUILDKIT:-}" >"$CALLS.buildkit"; env >"$CALLS.environment" ;;
esac
"""


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Docker's client first on PATH; the file that it writes its calls into."""
    client = tmp_path / "bin" / "docker"
    client.parent.mkdir()
    calls = tmp_path / "calls"
    text = CLIENT.replace('"$CALLS"', f"'{calls}'").replace('"$CALLS.', f'"{calls}.')
    client.write_text(text.replace("$NAME", f"r.test:5000/team/made@{DIGEST}"))
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{client.parent}{os.pathsep}{os.environ['PATH']}")
    return calls


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """A script whose base is the name of an image: nothing here needs root."""
    return Script(tmp_path, Path("debian:12"))


def test_dockers_command_line(
    script: Script, called: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "proxy-" + "password"
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{password}@127.0.0.1:1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12345")
    (tmp_path / "token").write_text("t")
    recipe = script.recipe("ARG PINS", "RUN true", files={"file": "1"})
    done = script.start(
        recipe,
        *("--builder=docker", "--tag=r.test:5000/team/made:1", "--push", "--output=json"),
        *("--build-arg=PINS=a b", f"--secret=token={tmp_path / 'token'}"),
        f"--archive={tmp_path / 'made.tar'}",
    )
    assert done.returncode == 0, done.stderr
    build, save, push, inspect = called.read_text().splitlines()
    words = build.split(" --")
    assert words[0] == "build"
    assert "build-arg=BASE=debian:12" in words
    assert "build-arg=PINS=a b" in words
    assert "build-arg=SOURCE_DATE_EPOCH=12345" in words
    assert "build-arg=HTTPS_PROXY" in words  # its value Docker takes from the environment
    assert f"secret=id=token,src={tmp_path / 'token'}" in words
    last = words[-1].split()
    assert last[0] == "tag=r.test:5000/team/made:1"
    assert last[1].startswith(f"{script.folder}/cache/work/")
    assert last[1].endswith("/context")
    assert f"file={last[1]}/Dockerfile" in words
    assert save == f"save --output={tmp_path / 'made.tar'} r.test:5000/team/made:1"
    assert push == "push r.test:5000/team/made:1"
    assert inspect.startswith("image inspect --format=")
    said = json.loads(done.stdout)
    assert said["image"] == "r.test:5000/team/made:1"
    assert said["digest"] == DIGEST
    assert said["reference"] == f"r.test:5000/team/made@{DIGEST}"
    assert password not in called.read_text()
    environment = called.with_name("calls.environment").read_text()
    assert password in environment  # the engine needs it
    assert called.with_name("calls.buildkit").read_text() == "1"


def test_without_a_push_there_is_no_digest(script: Script, called: Path) -> None:
    done = script.start(script.recipe("RUN true"), "--builder=docker", "--tag=team/made")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "docker.io/team/made:latest\n"
    assert len(called.read_text().splitlines()) == 1


def test_an_engine_that_fails_is_told(script: Script, called: Path) -> None:
    client = called.with_name("bin") / "docker"
    client.write_text('#!/bin/sh\necho "denied" >&2\nexit 9\n')
    done = script.start(script.recipe("RUN true"), "--builder=docker", "--tag=r.test/made:1")
    assert done.returncode == 3
    assert done.stderr == "denied\ndocker build ended with status 9\n  the lines above say why\n"


def test_an_engine_that_is_not_there(script: Script, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("docker", "buildah"):
        done = script.start(
            script.recipe("RUN true"),
            *(f"--builder={name}", "--tag=a:1"),
            env={"PATH": str(tmp_path / "empty")},
        )
        assert done.returncode == 3
        assert f"{name} is not on PATH" in done.stderr
        assert "or take --builder" in done.stderr


def test_engines_get_no_recipe_that_others_refuse(script: Script, called: Path) -> None:
    for line, message in (("ADD a /", "ADD is not understood"), ("RUN <<EOF", "here-documents")):
        done = script.start(script.recipe(line), "--builder=docker", "--tag=a:1")
        assert done.returncode == 1
        assert message in done.stderr
    done = script.start(
        script.recipe("RUN true"), "--builder=docker", "--tag=a:1", "--build-arg=A=1"
    )
    assert done.returncode == 1
    assert not called.exists()


@pytest.mark.cluster
@pytest.mark.full
def test_buildah_and_chroot_build_the_same(
    base: Path, registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs.program("buildah")
    own = tmp_path / "containers.conf"
    own.write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{tmp_path / "graph"}"\n'
        f'runroot = "{tmp_path / "run"}"\n'
    )
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(own))
    monkeypatch.setenv("BUILDAH_ISOLATION", "chroot")
    (tmp_path / "token").write_text("hidden")
    script = Script(tmp_path, base)
    recipe = script.recipe(
        "ARG GREETING=hi",
        "ARG SOURCE_DATE_EPOCH",
        "ENV A=1 PATH=/opt/bin:$PATH",
        "COPY --chown=1000:44 one tree /opt/",
        "COPY one /etc/renamed",
        "WORKDIR /srv/code",
        "RUN --mount=type=secret,id=token,target=/run/token"
        " --mount=type=bind,source=tree,target=/src --mount=type=cache,id=c,target=/var/cache/c"
        " cat /run/token >/dev/null && cat /src/two >seen && echo $GREETING $A >>seen"
        " && rm -r /etc/old && mkdir /etc/old && echo new >/etc/old/new"
        " && ln seen linked && ln -s seen link && chmod 4711 seen",
        "USER flow",
        "RUN echo $HOME >/tmp/home",
        files={"one": "1", "tree/two": "2\n", "tree/deep/three": "3"},
    )
    found = {}
    for builder in ("buildah", "chroot"):
        tag = f"{registry}/same/{builder}:1"
        done = script.start(
            recipe,
            *(f"--builder={builder}", f"--tag={tag}", "--push", "--output=json"),
            *("--build-arg=GREETING=hello", f"--secret=token={tmp_path / 'token'}"),
        )
        assert done.returncode == 0, done.stderr
        digest = json.loads(done.stdout)["digest"]
        archive = tmp_path / f"{builder}.tar"
        # pulled back by digest: what the registry has is what counts
        again = Script(tmp_path / builder, base)
        again.folder.mkdir()
        again.build(
            again.recipe("RUN true"),
            f"--archive={archive}",
            base=f"{registry}/same/{builder}@{digest}",
        )
        found[builder] = (tree(archive), settings(archive))
    assert found["buildah"][1] == found["chroot"][1]
    ours, theirs = found["chroot"][0], found["buildah"][0]
    assert ours["srv/code/seen"][0] == 0o4711
    assert "etc/old/one" not in ours
    places = {
        *("run", "run/token", "src", "var", "var/cache", "var/cache/c", "sys"),
        *("etc/hostname", "etc/hosts", "etc/resolv.conf"),
    }
    leftover = {name for name in theirs if name not in ours}
    assert leftover <= places, leftover  # Buildah leaves the places of its mounts
    assert {name: theirs[name] for name in ours} == ours


def settings(archive: Path) -> dict[str, Any]:
    with tarfile.open(archive) as outer:
        (entry,) = json.loads(read(outer, "manifest.json"))
        config: dict[str, Any] = json.loads(read(outer, entry["Config"]))["config"]
    return {name: config.get(name) for name in ("Env", "User", "WorkingDir", "Cmd", "Entrypoint")}


def tree(archive: Path) -> Mapping[str, tuple[int, int, int, str]]:
    """Return what an image holds: mode, owners and content by name, layers applied."""
    found: dict[str, tuple[int, int, int, str]] = {}
    with tarfile.open(archive) as outer:
        (entry,) = json.loads(read(outer, "manifest.json"))
        for name in entry["Layers"]:
            with tarfile.open(fileobj=io.BytesIO(read(outer, name))) as layer:
                apply(layer, found)
    return found


def apply(layer: tarfile.TarFile, found: dict[str, tuple[int, int, int, str]]) -> None:
    for item in layer.getmembers():
        name = item.name.removeprefix("./").strip("/")
        folder, _, leaf = name.rpartition("/")
        if leaf == OPAQUE:
            for other in [key for key in found if key.startswith(f"{folder}/")]:
                del found[other]
        elif leaf.startswith(WHITEOUT):
            gone = f"{folder}/{leaf.removeprefix(WHITEOUT)}".lstrip("/")
            for other in [key for key in found if key == gone or key.startswith(f"{gone}/")]:
                del found[other]
    for item in layer.getmembers():
        name = item.name.removeprefix("./").strip("/")
        if not name or WHITEOUT in name:
            continue
        if item.isreg() or item.islnk():
            source = layer.extractfile(item)
            assert source
            said = hashlib.sha256(source.read()).hexdigest()
            item = layer.getmember(item.linkname) if item.islnk() else item
        else:
            said = item.linkname if item.issym() else "folder"
        found[name] = (item.mode & 0o7777, item.uid, item.gid, said)


def read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member
    return member.read()
