"""Builds without an engine: what an image holds, what it never holds, and what a build leaves."""

from __future__ import annotations

import gzip
import io
import json
import os
import secrets
import shutil
import signal
import subprocess
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from images.builder import confined
from images.builder.chroot import check_machine
from images.builder.errors import BuildError
from images.builder.layer import TAR
from images.builder.unpacking import unpack
from tests.images.script import Script, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.cluster, pytest.mark.full]

SECRET = "planted-" + "secret"


@pytest.fixture(autouse=True)
def _leaves_nothing(script: Script) -> Iterator[None]:
    """After every build, however it ended: no mount, and nothing of its own folder."""
    before = mounts()
    yield
    assert mounts() == before
    work = script.folder / "cache" / "work"
    assert not work.exists() or list(work.iterdir()) == []


def mounts() -> list[str]:
    """Return what is mounted, but for the network of a test bed, which may come up meanwhile."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if " /run/netns/" not in line]


def layers(archive: Path) -> list[dict[str, tarfile.TarInfo]]:
    """Return the members of each layer of an image's archive, lowest first."""
    return [{item.name: item for item in layer.getmembers()} for layer in opened(archive)]


def opened(archive: Path) -> list[tarfile.TarFile]:
    with tarfile.open(archive) as outer:
        (entry,) = json.loads(content(outer, "manifest.json"))
        found = [content(outer, name) for name in entry["Layers"]]
    return [tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) for data in found]


def content(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member
    return member.read()


def config(archive: Path) -> dict[str, object]:
    with tarfile.open(archive) as outer:
        (entry,) = json.loads(content(outer, "manifest.json"))
        document: dict[str, object] = json.loads(content(outer, entry["Config"]))
    return document


def test_an_image_is_its_base_and_a_layer_for_each_step(script: Script, tmp_path: Path) -> None:
    recipe = script.recipe(
        "ENV A=1 B='two words'",
        "COPY --chown=1000:44 one tree /opt/",
        "RUN echo $A $B >/opt/made && chmod 4755 /opt/made && ln /opt/made /opt/linked",
        "RUN rm /etc/old/one && ln -s made /opt/link",
        "WORKDIR /srv/code",
        "USER flow",
        files={"one": "1", "tree/two": "2", "tree/deep/three": "3"},
    )
    archive = tmp_path / "image.tar"
    script.build(recipe, f"--archive={archive}")
    base, copied, made, removed, folder = layers(archive)
    assert "bin/sh" in base
    names = ["opt", "opt/deep", "opt/deep/three", "opt/one", "opt/two"]
    assert list(copied) == names
    assert {(item.uid, item.gid) for item in copied.values()} == {(1000, 44)}
    assert list(made) == ["opt", "opt/linked", "opt/made"]
    assert made["opt/linked"].mode == 0o4755
    assert made["opt/made"].islnk()
    assert list(removed) == ["etc", "etc/old", "etc/old/.wh.one", "opt", "opt/link"]
    assert removed["opt/link"].linkname == "made"
    assert list(folder) == ["srv", "srv/code"]
    everything = [item for layer in (copied, made, removed, folder) for item in layer.values()]
    assert {item.mtime for item in everything} == {315_532_800}
    said = config(archive)["config"]
    assert isinstance(said, dict)
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert said == {"Env": [path, "A=1", "B=two words"], "User": "flow", "WorkingDir": "/srv/code"}


def test_equal_recipes_give_equal_images(script: Script) -> None:
    lines = ("COPY a /a", "RUN echo b >/b && mkdir /c && touch /c/d /c/e")
    first = script.build(script.recipe(*lines, files={"a": "1"}))
    time.sleep(1.1)  # another second on every file's clock
    (script.folder / "recipe" / "a").touch()
    second = script.build(script.recipe(*lines), "--no-cache")
    assert second["stderr"].count("→") == 2
    assert second["digest"] == first["digest"]
    other = script.build(script.recipe(*lines, files={"a": "2"}))
    assert other["digest"] != first["digest"]


def test_a_step_is_made_again_only_after_a_change(script: Script) -> None:
    lines = ("RUN echo a >/a", "COPY b /b", "RUN echo c >/c")
    script.build(script.recipe(*lines, files={"b": "1", "unused": "1"}))
    again = script.build(script.recipe(*lines, files={"unused": "2"}))
    assert [again["stderr"].count(mark) for mark in "→="] == [0, 3]
    changed = script.build(script.recipe(*lines, files={"b": "2"}))
    assert [changed["stderr"].count(mark) for mark in "→="] == [2, 1]
    other = script.build(script.recipe(*lines), "--uncompressed")
    assert [other["stderr"].count(mark) for mark in "→="] == [3, 0]


def test_a_command_sees_its_mounts_and_the_image_nothing_of_them(
    script: Script, tmp_path: Path
) -> None:
    secret = tmp_path / "token"
    secret.write_text(SECRET)
    recipe = script.recipe(
        "RUN --mount=type=secret,id=token,target=/etc/deep/token"
        " --mount=type=cache,id=kept,target=/var/kept"
        " --mount=type=bind,source=tree,target=/src --mount=type=bind,source=one,target=/file"
        " cat /etc/deep/token >/dev/null && cat /src/two /file >/seen && touch /var/kept/here"
        " && ls /var/kept && (echo x >/src/two || echo read-only)",
        "RUN --mount=type=cache,id=kept,target=/elsewhere ls /elsewhere && ls -la /etc /dev",
        "COPY one /control",
        files={"tree/two": "2", "one": SECRET},
    )
    archive = tmp_path / "image.tar"
    said = script.build(recipe, f"--archive={archive}", f"--secret=token={secret}")
    assert "read-only" in said["stderr"]
    assert said["stderr"].count("\nhere\n") == 2
    base, seen, control = layers(archive)
    assert list(seen) == ["seen"]
    held = [content(layer, name) for layer in opened(archive)[1:] for name in layer.getnames()]
    assert list(control) == ["control"]
    assert sum(SECRET.encode() in data for data in held) == 2  # both are copies of the file `one`
    assert SECRET not in said["stderr"]
    assert "etc/deep" not in base


def test_a_secret_is_in_no_layer_and_in_no_kept_step(script: Script, tmp_path: Path) -> None:
    secret, control = tmp_path / "token", "only-" + "control"
    secret.write_text(SECRET)
    recipe = script.recipe(
        "RUN --mount=type=secret,id=token,target=/run/token test -s /run/token && echo done >/made",
        "COPY control /control",
        files={"control": control},
    )
    archive = tmp_path / "image.tar"
    script.build(recipe, f"--archive={archive}", f"--secret=token={secret}", "--uncompressed")
    assert control.encode() in archive.read_bytes()
    assert SECRET.encode() not in archive.read_bytes()
    kept = [path for path in (script.folder / "cache").rglob("*") if path.is_file()]
    assert any(control.encode() in path.read_bytes() for path in kept)
    assert not any(SECRET.encode() in path.read_bytes() for path in kept)


def test_a_secret_that_is_required_and_missing_is_told(script: Script) -> None:
    recipe = script.recipe("RUN --mount=type=secret,id=t,target=/t,required=true true")
    done = script.start(recipe, "--builder=chroot", "--tag=a:1")
    assert done.returncode == 3
    assert "the recipe needs the secret 't': --secret t=FILE" in done.stderr


def test_users_folders_and_groups(script: Script) -> None:
    said = script.build(
        script.recipe(
            "WORKDIR /tmp",
            "USER flow",
            "RUN id && pwd",
            "USER 5:6",
            "RUN id",
            "USER root",
            "RUN id",
        )
    )
    assert "uid=1000(flow) gid=1000(flow) groups=1000(flow),44(video)\n/tmp\n" in said["stderr"]
    assert "uid=5 gid=6 groups=6\n" in said["stderr"]
    assert "uid=0(root) gid=0(root)" in said["stderr"]
    done = script.start(script.recipe("USER nobody", "RUN id"), "--builder=chroot", "--tag=a:1")
    assert (done.returncode, "the image has no user 'nobody'" in done.stderr) == (3, True)


def test_a_command_that_fails_is_told_with_its_status(script: Script) -> None:
    recipe = script.recipe("RUN echo before", "RUN echo why >&2; exit 7", "RUN echo never")
    done = script.start(recipe, "--builder=chroot", "--tag=a:1")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert "why" in lines
    assert "this command ended with status 7: RUN echo why >&2; exit 7" in lines
    assert "→ RUN echo never" not in lines
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    (script.folder / "recipe" / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\nRUN no-program\n")
    done = script.start(recipe, "--builder=chroot", "--tag=a:1")
    assert "status 127" in done.stderr


def test_what_a_command_leaves_running_ends_with_it(script: Script) -> None:
    seconds = unique()
    script.build(script.recipe(f"RUN sleep {seconds} & echo started"))
    until(lambda: not running("sleep", seconds), "the process is gone", seconds=5)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_ended_leaves_no_process(script: Script, number: int) -> None:
    seconds = unique()
    recipe = script.recipe("RUN echo first >/first", f"RUN sleep {seconds}")
    command = script.command(recipe, "--builder=chroot", "--tag=a:1")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until(lambda: running("sleep", seconds), "the command runs")
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    until(lambda: not running("sleep", seconds), "the command is ended", seconds=5)
    made = script.build(script.recipe("RUN echo first >/first"))  # removes what was left
    assert made["stderr"].startswith("= ")


def unique() -> str:
    """Return a number of seconds that tells a command of this test from all others."""
    return str(4000 + secrets.randbelow(1_000_000))


def running(*words: str) -> bool:
    """Tell whether a process of these words runs."""
    wanted = "\0".join(words) + "\0"
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if file.read_text() == wanted:
                return True
        except OSError:
            continue
    return False


def test_an_image_is_a_base_for_others(script: Script, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    lines = (
        "RUN rm /etc/old/one && rm -r /etc/old && mkdir /etc/old && echo new >/etc/old/new",
        "RUN ln -s /etc/old /run && echo x >/etc/x && ln /etc/x /etc/y",
    )
    script.build(script.recipe(*lines), f"--archive={archive}")
    other = Script(tmp_path / "other", archive)
    other.folder.mkdir()
    seen = "RUN ls /etc/old /run/ && stat -c %h /etc/x && echo more >>/run/new && cat /etc/old/new"
    said = other.build(other.recipe(seen))
    assert "/etc/old:\nnew\n\n/run/:\nnew\n2\nnew\nmore\n" in said["stderr"]


def test_a_base_in_the_form_of_older_dockers(script: Script, tmp_path: Path) -> None:
    """Their archives have no OCI index, and layers that are not compressed."""
    archive, older = tmp_path / "image.tar", tmp_path / "older.tar"
    recipe = script.recipe("ENV A=1", "RUN echo hello >/said")
    script.build(recipe, f"--archive={archive}", "--uncompressed")
    with tarfile.open(archive) as source, tarfile.open(older, "w") as target:
        for item in source.getmembers():
            if item.name not in {"index.json", "oci-layout"}:
                target.addfile(item, source.extractfile(item))
    said = script.build(script.recipe('RUN cat /said && echo "A is $A"'), base=str(older))
    assert "hello\nA is 1\n" in said["stderr"]


def test_a_secret_that_is_not_given_leaves_what_the_base_has(script: Script) -> None:
    lines = (
        "RUN echo own >/etc/pip.conf",
        "RUN --mount=type=secret,id=other,target=/etc/pip.conf cat /etc/pip.conf",
        "RUN --mount=type=secret,id=other,target=/etc/none ls /etc/none || echo absent",
    )
    said = script.build(script.recipe(*lines))
    assert "\nown\n" in said["stderr"]
    assert "\nabsent\n" in said["stderr"]


def test_a_place_of_a_mount_that_is_a_link_is_one_inside_the_image(
    script: Script, tmp_path: Path
) -> None:
    """A base may have `/etc/resolv.conf` or `/var/run` as a link to what is elsewhere here."""
    outside = tmp_path / "outside"
    outside.mkdir()
    base = tmp_path / "linked.tar"
    shutil.copy(script.base, base)
    with tarfile.open(base, "a") as archive:
        link(archive, "etc/resolv.conf", str(outside / "resolv.conf"))
        link(archive, "etc/linked", str(outside))
    recipe = script.recipe(
        "RUN --mount=type=cache,id=c,target=/etc/linked/cache echo kept >/etc/linked/cache/here",
        "RUN cat /etc/resolv.conf >/dev/null",
    )
    script.build(recipe, base=str(base))
    assert list(outside.iterdir()) == []
    assert (script.folder / "cache" / "mounts" / "c" / "here").read_text() == "kept\n"


@pytest.mark.parametrize("compressed", [False, True])
def test_no_layer_writes_outside_its_folder(tmp_path: Path, compressed: bool) -> None:  # noqa: FBT001
    outside, root = tmp_path / "outside", tmp_path / "root"
    (outside / "kept").mkdir(parents=True)
    (root / "outside").mkdir(parents=True)  # the same names are there inside
    (root / str(outside).lstrip("/") / "kept").mkdir(parents=True)
    evil = io.BytesIO()
    with tarfile.open(fileobj=evil, mode="w:gz" if compressed else "w") as archive:
        link(archive, "leads", str(outside))
        link(archive, "up", "../../outside")
        for name in ("leads/a", "up/b", "../outside/c", f"{outside}/d", "leads/.wh.kept"):
            archive.addfile(tarfile.TarInfo(name))
    file = tmp_path / "layer"
    file.write_bytes(evil.getvalue())
    unpack(file, TAR + ("+gzip" if compressed else ""), root)
    assert [path.name for path in outside.iterdir()] == ["kept"]
    inside = root / str(outside).lstrip("/")
    assert sorted(path.name for path in inside.iterdir()) == ["a", "d"]
    assert sorted(path.name for path in (root / "outside").iterdir()) == ["b", "c"]


def link(archive: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    archive.addfile(info)


def test_a_damaged_layer_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file, root = tmp_path / "layer", tmp_path / "root"
    file.write_bytes(os.urandom(2000))
    root.mkdir()
    with pytest.raises(BuildError, match="could not unpack layer"):
        unpack(file, TAR, root)
    assert capfd.readouterr().err


def test_what_a_child_does_not_expect_is_not_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("surprise")

    with pytest.raises(BuildError, match="could not try"):
        confined.wait(confined.start(tmp_path, fail), "try")
    assert "surprise" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--base=/nowhere.tar"], 1, "there is no file /nowhere.tar"),
        (["--base=Upper:1"], 1, "'Upper:1' is no name of an image"),
        (["--base=127.0.0.1:1/none:1"], 3, "registry 127.0.0.1:1 does not answer"),
        (["--tag=a@sha256:" + "0" * 64], 1, "an image cannot be built under a digest"),
        (["--build-arg=A=1"], 1, "takes no argument A"),
        (["--build-arg=A"], 1, "'A' is no NAME=VALUE"),
        (["--secret=a=/nowhere"], 1, "there is no file /nowhere"),
        (["--archive=/nowhere/x.tar"], 3, "cannot write or read /nowhere/x.tar"),
    ],
)
def test_what_is_wrong_is_told(
    options: list[str], status: int, message: str, script: Script
) -> None:
    recipe = script.recipe("RUN true")
    done = script.start(recipe, "--builder=chroot", "--tag=a:1", *options)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_it_says_that_it_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BuildError, match="--builder chroot needs root on Linux") as caught:
        check_machine()
    assert caught.value.hint == "start it with sudo, or take --builder docker or buildah"
