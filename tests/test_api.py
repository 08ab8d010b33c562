"""The scripting interface: load, validate, render, with errors that a script can read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import qhub
from qhub.errors import ConfigError, DifferenceError, EditedFilesError

ROOT = Path(qhub.__file__).parents[1]
EXAMPLE = ROOT / "examples" / "existing.yaml"
MAIN = "stages/03-kubernetes-services/main.tf"


def _config(folder: Path, text: str = "", *, name: str = "qhub-config.yaml") -> Path:
    path = folder / name
    path.write_text(text or EXAMPLE.read_text())
    return path


def test_a_script_loads_validates_and_renders(tmp_path: Path) -> None:
    project = qhub.load(EXAMPLE)
    assert isinstance(project, qhub.Project)
    assert project.validate() == project.problems == ()
    assert project.document.file == str(EXAMPLE)
    assert project.config.project_name == project.platform.project == "sales-pipelines"
    written = project.render(tmp_path)
    assert set(written.created) == {*project.bundle, "stages/manifest.json"}
    assert MAIN in written.created
    assert project.render(tmp_path).is_unchanged


def test_the_file_is_named_as_text_or_found_in_a_folder(tmp_path: Path) -> None:
    path = _config(tmp_path, name="qhub-config.yml")
    assert qhub.load(str(path)).document.file == str(path)
    assert qhub.load(tmp_path).document.file == str(path)


def test_the_file_of_the_current_directory_renders_there_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ci").mkdir()
    path = _config(tmp_path / "ci")
    monkeypatch.chdir(tmp_path)
    qhub.load(path).render()
    assert (tmp_path / MAIN).is_file()
    assert not (tmp_path / "ci/stages").exists()
    monkeypatch.chdir(tmp_path / "ci")
    assert qhub.load().config.project_name == "sales-pipelines"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EXAMPLE.read_bytes())))
    project = qhub.load("-")
    assert (project.document.file, project.problems) == ("<stdin>", ())


def test_a_file_that_is_no_mapping_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        qhub.load(_config(tmp_path, "- a\n- list\n"))
    assert [problem.line for problem in caught.value.problems] == [1]


def test_a_wrong_config_is_told_by_problems_and_renders_nothing(tmp_path: Path) -> None:
    path = _config(tmp_path, EXAMPLE.read_text().replace("namespace: pipelines", "namespace: A_B"))
    project = qhub.load(path)
    assert [(problem.path, problem.severity) for problem in project.validate()] == [
        ("namespace", "error")
    ]
    for step in (
        lambda: project.config,
        lambda: project.platform,
        lambda: project.render(tmp_path),
    ):
        with pytest.raises(ConfigError) as caught:
            step()
        assert caught.value.problems == project.problems
    assert not (tmp_path / "stages").exists()


def test_what_is_not_rendered_is_an_error_of_render_alone(tmp_path: Path) -> None:
    path = _config(tmp_path, EXAMPLE.read_text() + "dask_gateway: {enabled: true}\n")
    project = qhub.load(path)
    assert project.problems == ()
    with pytest.raises(ConfigError) as caught:
        project.render(tmp_path)
    line = path.read_text().splitlines().index("dask_gateway: {enabled: true}") + 1
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [
        (line, "dask_gateway.enabled")
    ]
    assert not (tmp_path / "stages").exists()


def test_check_writes_nothing_and_raises_what_differs(tmp_path: Path) -> None:
    project = qhub.load(EXAMPLE)
    with pytest.raises(DifferenceError) as missing:
        project.render(tmp_path, check=True)
    assert set(missing.value.paths) == {*project.bundle, "stages/manifest.json"}
    assert list(tmp_path.iterdir()) == []
    written = project.render(tmp_path)
    assert project.render(tmp_path, check=True).unchanged == written.created
    (tmp_path / MAIN).write_text("edited\n")
    with pytest.raises(DifferenceError) as edited:
        project.render(tmp_path, check=True)
    assert str(edited.value) == f"not what {EXAMPLE} renders: {MAIN}"
    assert edited.value.hint == "render() writes it, with force=True"
    assert edited.value.paths == (MAIN,)


def test_an_edited_file_is_kept_unless_forced(tmp_path: Path) -> None:
    project = qhub.load(EXAMPLE)
    project.render(tmp_path)
    (tmp_path / MAIN).write_text("edited\n")
    with pytest.raises(EditedFilesError) as caught:
        project.render(tmp_path)
    assert caught.value.paths == (MAIN,)
    assert (tmp_path / MAIN).read_text() == "edited\n"
    assert project.render(tmp_path, force=True).changed == (MAIN,)
    assert (tmp_path / MAIN).read_bytes() == project.bundle[MAIN]


def test_nothing_is_printed(tmp_path: Path) -> None:
    program = f"import qhub; qhub.load({str(EXAMPLE)!r}).render({str(tmp_path)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert (tmp_path / MAIN).is_file()
