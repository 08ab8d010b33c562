"""`deploy(image=…, build=…)`: code that is in the image of its runs."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cli import main
from qhub.flows import archive, build, deploy, steps
from qhub.flows.errors import ArchiveError, FlowsError, ImageError, ParameterError
from tests.flows.engine import DIGEST, Engine, engine
from tests.flows.projects import write

if TYPE_CHECKING:
    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")

IMAGE = "127.0.0.1:1/team/etl:1"
REFERENCE = f"127.0.0.1:1/team/etl@{DIGEST}"


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return engine(tmp_path / "engine", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    name = request.node.originalname
    flow = f'from prefect import flow\n@flow(name="{name}")\ndef etl(rows: int = 3): ...\n'
    files = {"pyproject.toml": "", "flows/etl.py": flow, "src/own/__init__.py": ""}
    return write(tmp_path / "project", files)


def _deploy(folder: Path, **options: Any) -> Any:
    (done,) = deploy(folder / "flows" / "etl.py", **{"tell": quiet, **options})
    return done


def _step(platform: Published, done: Any) -> Any:
    (step,) = platform.get(f"/deployments/{done.id}")["pull_steps"]
    return step["qhub.flows.steps.use_image"]


def test_what_was_built_is_deployed_by_its_digest(
    kubernetes: Published, folder: Path, docker: Engine
) -> None:
    built = build(folder / "flows" / "etl.py", image=IMAGE, push=True, tell=quiet)
    assert "--build-arg=BASE=r.test/flow:7" in docker.builds[0]
    done = _deploy(folder, image=built, build=False)
    assert (done.action, done.notes) == ("created", ())
    stored = kubernetes.get(f"/deployments/{done.id}")
    assert stored["job_variables"]["image"] == REFERENCE
    assert stored["entrypoint"] == "flows/etl.py:etl"
    assert _step(kubernetes, done) == {
        "directory": "/opt/flows",
        "image": REFERENCE,
        "sha256": built.code,
        "paths": ["flows", ".", "src"],
    }
    assert stored["version"].startswith(f"{built.code[:12]}+image.")
    assert set(stored["tags"]) == {f"code:{built.code[:12]}", f"image:{REFERENCE}"}
    assert _deploy(folder, image=built).action == "unchanged"  # build=False goes without saying
    assert not list(kubernetes.storage.glob(f"{built.code}*"))  # nothing was packed


def test_the_name_of_an_image_is_taken_as_it_is(kubernetes: Published, folder: Path) -> None:
    done = _deploy(folder, image="r.test/mine:1", build=False)
    step = _step(kubernetes, done)
    assert (step["image"], "sha256" in step) == ("r.test/mine:1", False)
    assert done.version.startswith("image.")
    apart = _deploy(folder, image="r.test/mine:1")
    assert apart.action == "updated"
    assert "+image." in apart.version


def test_deploy_builds_and_pushes(kubernetes: Published, folder: Path, docker: Engine) -> None:
    done = _deploy(folder, image=IMAGE, build=True)
    assert [call.split()[0] for call in docker.calls] == ["version", "build", "push", "image"]
    stored = kubernetes.get(f"/deployments/{done.id}")
    assert stored["job_variables"]["image"] == _step(kubernetes, done)["image"] == REFERENCE


def test_a_flow_that_is_not_in_the_image_is_refused(
    kubernetes: Published, folder: Path, docker: Engine
) -> None:
    assert kubernetes
    built = build(folder / "flows" / "etl.py", image=IMAGE, push=True, tell=quiet)
    assert docker.builds
    flow = "from prefect import flow\n@flow\ndef later(): ...\n"
    write(folder, {"flows/later.py": flow})
    with pytest.raises(ImageError) as raised:
        deploy(folder / "flows" / "later.py", image=built, build=False, tell=quiet)
    file = folder / "flows" / "later.py"
    assert str(raised.value) == f"the flow 'later' of {file} is not in the image {IMAGE}"
    assert raised.value.hint == f"it holds {folder}; build it again with this flow, too"
    other = write(folder.parent / "other", {"pyproject.toml": "", "other.py": flow})
    with pytest.raises(ImageError, match="is not in the image"):
        deploy(other / "other.py", image=built, build=False, tell=quiet)


def test_a_change_since_the_build_and_a_missing_push_are_told(
    kubernetes: Published, folder: Path, docker: Engine
) -> None:
    assert kubernetes
    built = build(folder / "flows" / "etl.py", image=IMAGE, tell=quiet)
    assert not any(call.startswith("push") for call in docker.calls)
    assert built.reference == IMAGE
    (folder / "src" / "own" / "__init__.py").write_text("more = 1\n")
    assert _deploy(folder, image=built, build=False).notes == (
        f"{folder} has changed since the image was built: runs have the code of then",
        f"the image {IMAGE} was not pushed: runs find it only where it was loaded",
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"build": False}, "deploy(): build=False needs the name of the image"),
        ({"build": True}, "deploy(): build=True needs the name of the image"),
        ({"image": "a b"}, "'a b' is no name of an image"),
        ({"build": False, "image": "r.test/Team/a:1"}, "'r.test/Team/a:1' is no name of an image"),
        (
            {"build": False, "image": "r.test/a:1", "storage": "git"},
            "deploy(): the code is in the image, and storage='git' is another place for it",
        ),
        (
            {"build": 1, "image": "r.test/a:1"},
            "deploy(): build has to be True or False, and is of the type int",
        ),
        (
            {"image": 1},
            "deploy(): image has to be a text that is not empty, or what build() returned, "
            "and is of the type int",
        ),
    ],
    ids=str,
)
def test_what_does_not_go_together(folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        _deploy(folder, **options)
    assert str(raised.value) == message


def test_runs_that_are_processes_have_no_code_of_an_image(
    platform: Published,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert platform
    with pytest.raises(FlowsError) as raised:
        _deploy(folder, image="r.test/a:1", build=False)
    assert str(raised.value) == (
        "the runs of this platform are processes, and have no code of the image r.test/a:1"
    )
    monkeypatch.chdir(folder)  # which has no config file
    assert main(["flow", "deploy", "flows/etl.py", "--no-build"]) == 2
    assert "--no-build needs --image IMAGE" in capsys.readouterr().err
    assert main(["flow", "deploy", "flows/etl.py", "--no-build", "--image", "r.test/a:1"]) == 3
    assert "\n  leave --no-build out: the code then" in capsys.readouterr().err


def test_code_without_a_place_is_told_in_the_words_of_python_and_of_the_command_line(
    kubernetes: Published,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    about = kubernetes.get("/variables/name/qhub_platform")["value"]
    kubernetes.patch("/variables/name/qhub_platform", {"value": {**about, "storage": None}})
    with pytest.raises(ArchiveError) as raised:
        _deploy(folder)
    assert "then image='…', build=False), or name a place: storage='git'" in raised.value.hint
    monkeypatch.chdir(folder)
    assert main(["flow", "deploy", "flows/etl.py"]) == 3
    assert capsys.readouterr().err.endswith(
        "qhub: the platform says no place for the code of flows\n"
        "  put it into an image (`qhub flow build`, then --image IMAGE, --no-build), or name a "
        "place: --storage git, or a URL as --storage s3://bucket/flows\n"
    )


def test_names_of_images_are_those_of_config_files() -> None:
    from qhub.config.formats.images import explain_image
    from qhub.flows import image_names

    digest = f"@sha256:{'0a' * 32}"
    right = ["a", "a:1", "a/b/c-d__e.f:v1.2-x", "localhost/a", "R.test:5000/a", "[::1]:5000/a:1"]
    right += [f"r.test/a{digest}", f"r.test/a:1{digest}", "h:1/a"]
    wrong = ["a b", "", "A", "a:", ":1", "a//b", "https://r.test/a", f"a{digest[:-1]}", "a\n"]
    wrong += ["a:1:2", f"a@{digest[1:].upper()}", f"r.test/{'a' * 260}", "-a", "a:.x", "$IMAGE"]
    for name in right:
        assert explain_image(name) is None, name
        image_names.check(name)
    for name in wrong:
        assert explain_image(name) is not None, name
        with pytest.raises(ParameterError):
            image_names.check(name)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose working folder and import path are as before when the test ends."""
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("QHUB_CODE", "QHUB_CODE_DIGEST", "QHUB_CODE_PATH", "QHUB_IMAGE_CODE"):
        monkeypatch.setenv(name, "")


@pytest.mark.usefixtures("at")
def test_a_run_goes_to_the_code_of_its_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"etl.py": "", "src/own.py": ""})
    monkeypatch.setenv("QHUB_IMAGE_CODE", "5" * 64)
    told = steps.use_image(str(tmp_path), [".", "src"], sha256="5" * 64, image="r.test/a:1")
    assert told == {"directory": str(tmp_path)}
    assert Path.cwd() == tmp_path
    assert sys.path[:2] == [str(tmp_path), str(tmp_path / "src")]
    assert os.environ["QHUB_CODE"] == "r.test/a:1"
    assert os.environ["QHUB_CODE_DIGEST"] == "5" * 64
    assert os.environ["QHUB_CODE_PATH"] == f"{tmp_path}{os.pathsep}{tmp_path / 'src'}"


@pytest.mark.usefixtures("at")
def test_a_run_in_an_image_with_other_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImageError, match=r"^the image r\.test/a:1 has no code in /"):
        steps.use_image(str(tmp_path), sha256="5" * 64, image="r.test/a:1")
    write(tmp_path, {"etl.py": ""})
    with pytest.raises(ImageError, match="holds code that qhub did not put there, and 55555"):
        steps.use_image(str(tmp_path), sha256="5" * 64)
    monkeypatch.setenv("QHUB_IMAGE_CODE", "6" * 64)
    with pytest.raises(ImageError, match="holds code 666666666666, and 555555555555 was deployed"):
        steps.use_image(str(tmp_path), sha256="5" * 64)
    steps.use_image(str(tmp_path))  # of an image that nobody vouched for


@pytest.mark.parametrize(
    ("name", "link"),
    [("../evil", ""), ("/evil", ""), ("a/link", "../../evil"), ("a/link", "/evil")],
)
def test_an_archive_is_unpacked_by_an_older_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, link: str
) -> None:
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    source = write(tmp_path / "source", {"a/etl.py": "x = 1\n"})
    (source / "a" / "link").symlink_to("etl.py")
    good, bad = io.BytesIO(), io.BytesIO()
    archive.write(source, ["a/etl.py", "a/link"], good)
    archive.unpack(good.getvalue(), tmp_path / "good")
    assert (tmp_path / "good" / "a" / "link").read_text() == "x = 1\n"
    with tarfile.open(fileobj=bad, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = (tarfile.SYMTYPE, link) if link else (tarfile.REGTYPE, "")
        tar.addfile(info)
    with pytest.raises(ArchiveError, match="leads out of the code"):
        archive.unpack(bad.getvalue(), tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
