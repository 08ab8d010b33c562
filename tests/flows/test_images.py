"""`build()`: what goes into the image, and what is refused before anything is built."""

from __future__ import annotations

import json
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cli import main
from qhub.flows import archive, build, builders, project
from qhub.flows.errors import FlowsError, FlowSourceError, ImageError, ParameterError
from tests.flows.engine import DIGEST, Engine, engine
from tests.flows.projects import committed, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")

IMAGE = "127.0.0.1:1/team/etl:1"
FLOW = "from prefect import flow\n@flow\ndef {name}(): ...\n"


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return engine(tmp_path / "engine", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project with two flows, and files that belong into no image."""
    name = request.node.originalname
    return write(
        tmp_path / "project",
        {
            "pyproject.toml": "",
            "etl.py": FLOW.format(name=f"{name}_etl"),
            "report.py": FLOW.format(name=f"{name}_report"),
            "data/cities.csv": "a,b\n",
            ".env": "TOKEN=planted\n",
            "large.bin": "0",
            ".gitignore": "*.bin\n",
            "requirements.txt": "pandas\n-r more/extra.txt  # and\n",
            "more/extra.txt": "-c limits.txt\nhttpx[http2]>=0.27 ; python_version > '3.8'\n",
            "more/limits.txt": "# none\n",
        },
    )


def test_the_image_gets_the_files_of_an_archive(folder: Path, docker: Engine) -> None:
    sha = committed(folder)
    told: list[str] = []
    write(folder, {".env": "TOKEN=planted\n", "notes.md": "new\n"})
    built = build(folder / "etl.py", image=IMAGE, base="r.test/flow:1", push=True, tell=told.append)
    names = project.select(folder).names
    assert set(names) >= {"etl.py", "data/cities.csv", "notes.md"}
    with tarfile.open(docker.context / "code.tar") as tar:
        assert tar.getnames() == sorted(names)
    assert built.code == archive.pack(folder, names).digest
    assert (built.image, built.digest, built.pushed) == (IMAGE, DIGEST, True)
    assert built.reference == f"127.0.0.1:1/team/etl@{DIGEST}"
    assert (built.commit, built.is_dirty) == (sha, True)
    assert built.flows == ("test-the-image-gets-the-files-of-an-archive-etl",)
    (call,) = docker.builds
    assert "--build-arg=BASE=r.test/flow:1" in call
    assert f"--build-arg=CODE={built.code}" in call
    assert "REQUIREMENTS" not in call
    assert f"building {IMAGE} with docker on r.test/flow:1: {len(names)} files" in told
    assert told[-1] == "#5 DONE"


def test_a_secret_is_told_and_left_out(
    folder: Path, docker: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", "planted-" + "key")
    told: list[str] = []
    build(folder / "etl.py", image=IMAGE, base="r.test/flow:1", tell=told.append)
    with tarfile.open(docker.context / "code.tar") as tar:
        names = tar.getnames()
    assert "etl.py" in names  # what is looked through has something in it
    assert not {".env", "large.bin"} & set(names)
    assert (
        ".env looks like a secret and is left out; secrets belong into the platform's config"
    ) in told
    environment = (docker.folder / "environment").read_text()
    assert "PATH=" in environment
    assert "planted-" not in environment


def test_a_build_gets_the_environment_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recipes may run anything; what deploys and flows read is not theirs."""
    for variable in ("PREFECT_API_KEY", "TF_VAR_s3_key", "QHUB_GATEWAY_PASSWORD"):
        monkeypatch.setenv(variable, f"planted-{variable}")
    monkeypatch.setenv("PIP_INDEX_URL", "planted-control")
    write(tmp_path, {"build": "import json, os\nprint(json.dumps(dict(os.environ)))\n"})
    monkeypatch.setattr("qhub.flows.builders.images_folder", lambda: tmp_path)
    seen = builders.run([], quiet)
    planted = {name for name, value in seen.items() if value.startswith("planted-")}
    assert planted == {"PIP_INDEX_URL"}


def test_requirements_come_with_those_that_they_name(folder: Path, docker: Engine) -> None:
    build(folder / "etl.py", image=IMAGE, base="b", requirements="requirements.txt", tell=quiet)
    (call,) = docker.builds
    assert "--build-arg=REQUIREMENTS=requirements.txt" in call
    copied = docker.context / "requirements"
    found = {path.relative_to(copied).as_posix() for path in copied.rglob("*.txt")}
    assert found == {"requirements.txt", "more/extra.txt", "more/limits.txt"}


def test_the_same_code_is_the_same_recipe(folder: Path, docker: Engine) -> None:
    def bytes_of_it() -> dict[str, bytes]:
        build(folder / "etl.py", image=IMAGE, base="b", tell=quiet)
        files = (path for path in docker.context.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in files}

    first = bytes_of_it()
    assert {"Dockerfile", "code.tar"} <= first.keys()
    (folder / "etl.py").touch()
    assert bytes_of_it() == first


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no name": (
        {"image": "127.0.0.1:1/Team/etl"},
        "the image cannot be built: '127.0.0.1:1/Team/etl' is no name of an image",
        "names are lower-case: REGISTRY/TEAM/IMAGE:TAG or REGISTRY/TEAM/IMAGE@sha256:…",
    ),
    "a digest": (
        {"image": f"127.0.0.1:1/team/etl@{DIGEST}"},
        f"the image cannot be built: an image cannot be built under a digest: "
        f"127.0.0.1:1/team/etl@{DIGEST}",
        "name a tag",
    ),
    "requirements that are not there": (
        {"requirements": "none.txt"},
        "there is no requirements file {folder}/none.txt",
        "a path starts where you are, or in the project folder {folder}",
    ),
    "requirements of a folder": (
        {"requirements": "local.txt"},
        "{folder}/local.txt:2: '-e ../own' is a folder or file, which the image's build lacks",
        "the project's own modules are in the image anyway; name packages only",
    ),
    "requirements from outside": (
        {"requirements": "outside.txt"},
        "the requirements file {parent}/outside.txt is not in the project folder {folder}",
        "put it there, or name another folder: project='…'",
    ),
    "a project that lacks the flow": (
        {"project": "data"},
        "{folder}/etl.py is not in the project folder {folder}/data",
        "name another one: project='…'",
    ),
}


@pytest.mark.parametrize(("options", "message", "hint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_before_a_build(
    folder: Path, docker: Engine, options: dict[str, Any], message: str, hint: str
) -> None:
    write(folder, {"local.txt": "pandas\n-e ../own\n", "outside.txt": "-r ../outside.txt\n"})
    write(folder.parent, {"outside.txt": ""})
    if "project" in options:
        options = {"project": folder / options["project"]}
    with pytest.raises(FlowsError) as raised:
        build(folder / "etl.py", **{"image": IMAGE, "base": "b", "tell": quiet, **options})
    assert str(raised.value) == message.format(folder=folder, parent=folder.parent)
    assert raised.value.hint == hint.format(folder=folder)
    assert docker.builds == []


def test_a_flow_that_git_ignores_is_refused(folder: Path, docker: Engine) -> None:
    write(folder, {".qhubignore": "etl.py\n"})
    with pytest.raises(FlowsError, match=r"etl\.py, which holds the flow .* is not part of"):
        build(folder / "etl.py", image=IMAGE, base="b", tell=quiet)
    assert docker.calls == []


def test_flows_of_several_projects_are_refused_or_have_a_folder_named(
    folder: Path, docker: Engine
) -> None:
    other = write(folder.parent / "other", {"pyproject.toml": "", "b.py": FLOW.format(name="b")})
    from qhub.flows.loading import load

    flows = [item.flow for path in (folder / "etl.py", other / "b.py") for item in load(str(path))]
    with pytest.raises(FlowSourceError, match="these flows are of several projects"):
        build(flows, image=IMAGE, base="b", tell=quiet)
    assert docker.calls == []
    built = build(flows, image=IMAGE, base="b", tell=quiet, project=folder.parent)
    assert {"project/etl.py", "other/b.py"} <= set(built.files)


def test_options_of_a_wrong_kind_are_told(folder: Path) -> None:
    with pytest.raises(ParameterError) as raised:
        build(folder / "etl.py", image=IMAGE, builder="podman")  # type: ignore[arg-type] # so
    assert str(raised.value) == (
        "build(): builder has to be 'docker', 'buildah' or 'chroot', and is of the type str"
    )


def test_a_build_that_fails_says_so(folder: Path, docker: Engine) -> None:
    docker.fails("ERROR: no matching distribution found for pandsa\n")
    told: list[str] = []
    with pytest.raises(ImageError) as raised:
        build(folder / "etl.py", image=IMAGE, base="b", tell=told.append)
    assert str(raised.value) == "the image cannot be built: docker build ended with status 9"
    assert raised.value.hint == "the lines above say why"
    assert told[-1] == "ERROR: no matching distribution found for pandsa"


def test_without_a_builder_each_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    write(tmp_path, {"docker": "#!/bin/sh\necho 'Cannot connect to the daemon' >&2\nexit 1\n"})
    (tmp_path / "docker").chmod(0o755)
    with pytest.raises(ImageError) as raised:
        builders.choose(None)
    assert str(raised.value) == (
        "there is nothing here to build an image with "
        "(docker: Cannot connect to the daemon; buildah: not on PATH)"
    )
    write(tmp_path, {"buildah": "#!/bin/sh\nexit 0\n"})
    (tmp_path / "buildah").chmod(0o755)
    assert builders.choose(None) == "buildah"
    assert builders.choose("chroot") == "chroot"


@contextmanager
def _closed_registry() -> Iterator[tuple[str, list[str]]]:
    """A registry that lets everybody read and nobody write."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            body = json.dumps({"errors": [{"message": "you may only read"}]}).encode()
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_who_may_not_push_is_told_before_the_build(folder: Path, docker: Engine) -> None:
    with _closed_registry() as (host, asked), pytest.raises(ImageError) as raised:
        build(folder / "etl.py", image=f"{host}/team/etl:1", base="b", push=True, tell=quiet)
    assert asked == ["/v2/team/etl/blobs/uploads/"]
    assert str(raised.value) == (
        f"the image cannot be built: {host}/team/etl: the registry refused: you may only read"
    )
    assert raised.value.hint == f"log in as somebody with the right: docker login {host}"
    assert docker.builds == []


def test_the_base_is_what_the_work_pools_give_their_runs(
    platform: Published, folder: Path, docker: Engine
) -> None:
    with pytest.raises(ImageError) as raised:
        build(folder / "etl.py", image=IMAGE, tell=quiet)
    assert str(raised.value) == ("the platform does not say on which image to build (it has none)")
    names = ("pipelines", "gpu")
    before = {name: platform.get(f"/work_pools/{name}")["base_job_template"] for name in names}
    try:
        _give(platform, "pipelines", "r.test/flow:7")
        build(folder / "etl.py", image=IMAGE, tell=quiet)
        assert "--build-arg=BASE=r.test/flow:7" in docker.builds[0]
        _give(platform, "gpu", "r.test/gpu:7")
        with pytest.raises(ImageError) as raised:
            build(folder / "etl.py", image=IMAGE, tell=quiet)
    finally:
        for name, template in before.items():
            platform.patch(f"/work_pools/{name}", {"base_job_template": template})
    assert str(raised.value) == (
        "the platform does not say on which image to build "
        "(its work pools have several: r.test/flow:7, r.test/gpu:7)"
    )
    assert len(docker.builds) == 1


def _give(platform: Published, pool: str, image: str) -> None:
    """Let a work pool give its runs an image."""
    template = json.loads(json.dumps(platform.get(f"/work_pools/{pool}")["base_job_template"]))
    template["variables"]["properties"]["image"]["default"] = image
    platform.patch(f"/work_pools/{pool}", {"base_job_template": template})


def test_on_the_command_line(
    folder: Path,
    docker: Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)  # with a base none is needed
    arguments = ["flow", "build", "etl.py", "report.py", "--image", IMAGE, "--base", "r.test/f:1"]
    assert main([*arguments, "--push"]) == 0
    out, err = capsys.readouterr()
    reference = f"127.0.0.1:1/team/etl@{DIGEST}"
    assert out == f"{reference}\n"
    assert f"next: qhub flow deploy etl.py report.py --image {reference} --no-build\n" in err
    spaced = write(folder, {"own code/own.py": FLOW.format(name="spaced")}) / "own code/own.py"
    assert main(["flow", "build", "own code/own.py", *arguments[4:], "--push"]) == 0
    assert "next: qhub flow deploy 'own code/own.py' --image " in capsys.readouterr().err
    spaced.unlink()
    assert main([*arguments, "--output", "json"]) == 0
    said = json.loads(capsys.readouterr().out)["built"]
    assert (said["reference"], said["digest"], said["pushed"]) == (IMAGE, None, False)
    assert len(said["flows"]) == 2
    assert not {"folder", "files"} & said.keys()
    docker.fails("denied\n")
    assert main(arguments) == 3
    assert capsys.readouterr().err.endswith(
        "qhub: the image cannot be built: docker build ended with status 9\n"
        "  the lines above say why\n"
    )


def test_the_flow_image_is_built_from_what_is_installed(
    docker: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flow", "image", IMAGE, "--push", "--base", "r.test/python:1"]) == 0
    out, err = capsys.readouterr()
    assert out == f"127.0.0.1:1/team/etl@{DIGEST}\n"
    assert "next, in the config file: default_images: {flow: 127.0.0.1:1/team/etl@sha256:" in err
    assert (docker.context / "checkout" / "qhub" / "flows" / "images.py").is_file()
    assert (docker.context / "checkout" / "images" / "build").is_file()
