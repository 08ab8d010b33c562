"""`qhub render`: what it says of what it wrote, and when it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qhub.cli import main
from tests.cli import configs

if TYPE_CHECKING:
    from pathlib import Path

STAGE = "stages/03-kubernetes-services"
NEXT = f"""\
next:
  set the secrets: qhub secrets list tells which are missing
  qhub deploy
  or, to run Terraform yourself, follow {STAGE}/README.md
"""


@pytest.fixture(autouse=True)
def _in_a_folder_with_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configs.write(tmp_path, configs.GOOD)


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Render once; return the files that are there then."""
    assert main(["render"]) == 0
    capsys.readouterr()
    found = (tmp_path / "stages").rglob("*")
    return sorted(path.relative_to(tmp_path).as_posix() for path in found if path.is_file())


def test_a_file_without_agents_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qhub-config.yaml").write_text("project_name: pipelines\nprovider: existing\n")
    assert main(["render"]) == 0
    assert capsys.readouterr().err == (
        "note: no agent is deployed; set prefect.enabled to true for one\n"
    )


def test_it_counts_what_it_did_and_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render"]) == 0
    count = sum(path.is_file() for path in (tmp_path / "stages").rglob("*"))
    assert count > 20
    assert capsys.readouterr() == (
        f"stages: {count} created, 0 changed, 0 removed, 0 unchanged\n{NEXT}",
        "",
    )


def test_a_second_time_nothing_changes(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render"]) == 0
    said = capsys.readouterr().out
    assert said == f"stages: 0 created, 0 changed, 0 removed, {len(files)} unchanged\n{NEXT}"


def test_verbose_names_every_file(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--verbose"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1 : len(files) + 1] == [f"  unchanged  {path}" for path in files]


def test_the_result_is_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configs.write(tmp_path, configs.WARNED)
    assert main(["render", "--output", "json", "--dir", "build"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    report = json.loads(out)
    assert f"{STAGE}/main.tf" in report.pop("created")
    (problem,) = report.pop("problems")
    assert (problem["path"], problem["severity"]) == ("domain", "warning")
    assert report == {
        "changed": [],
        "removed": [],
        "unchanged": [],
        "carried": [],
        "kept": [],
        "dir": "build",
        "next": [
            "set the secrets: qhub secrets list tells which are missing",
            "qhub deploy --dir build",
            f"or, to run Terraform yourself, follow build/{STAGE}/README.md",
        ],
    }
    assert (tmp_path / "build" / STAGE / "main.tf").is_file()


def test_a_warning_goes_beside_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.WARNED)
    assert main(["render"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("stages: ")
    assert err.startswith("qhub-config.yaml:3:1  domain\n  warning: this version of QHub ")


@pytest.mark.parametrize("before", [True, False], ids=["before the command", "after it"])
def test_the_folder_is_named_before_the_command_or_after_it(
    *, before: bool, tmp_path: Path
) -> None:
    option = ["--dir", "elsewhere"]
    assert main([*option, "render"] if before else ["render", *option]) == 0
    assert (tmp_path / "elsewhere" / STAGE / "main.tf").is_file()
    assert not (tmp_path / "stages").exists()


def test_check_of_a_current_folder_says_so(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "--check"]) == 0
    told = f"{len(files)} files are what qhub-config.yaml renders\n"
    assert capsys.readouterr() == (told, "")


def test_check_names_what_differs_and_writes_nothing(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited, missing = tmp_path / STAGE / "main.tf", tmp_path / STAGE / "outputs.tf"
    edited.write_text("# mine\n")
    missing.unlink()
    assert main(["render", "--check"]) == 1
    assert capsys.readouterr() == (
        f"missing    {STAGE}/outputs.tf\nedited     {STAGE}/main.tf\n",
        "qhub: stages is not what qhub-config.yaml renders\n  write it: qhub render --force\n",
    )
    assert edited.read_text() == "# mine\n"
    assert not missing.exists()
    assert f"{STAGE}/main.tf" in files


def test_check_of_a_changed_config_names_the_files_it_would_change(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD.replace("prefect.example", "other.example"))
    assert main(["render", "--check", "--output", "json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "error": {
            "message": "stages is not what qhub-config.yaml renders",
            "hint": "write it: qhub render",
            "status": 1,
            "paths": [f"{STAGE}/values/pipelines.yaml", "stages/manifest.json"],
            "missing": [],
            "different": [f"{STAGE}/values/pipelines.yaml", "stages/manifest.json"],
            "edited": [],
            "left_over": [],
        }
    }
    assert f"{STAGE}/values/pipelines.yaml" in files


@pytest.mark.usefixtures("files")
def test_an_edited_file_is_kept_unless_forced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / STAGE / "main.tf"
    original = edited.read_text()
    edited.write_text("# mine\n")
    assert main(["render"]) == 5
    assert capsys.readouterr() == (
        "",
        "qhub: nothing was written: these files were edited since QHub wrote them, or are not "
        "its own: "
        f"{STAGE}/main.tf\n"
        "  move an edit into the config, a file of your own away, or overwrite it with --force\n",
    )
    assert edited.read_text() == "# mine\n"
    assert main(["render", "--force"]) == 0
    assert edited.read_text() == original


def test_a_wrong_config_is_told_on_stderr_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.TWO_ERRORS)
    assert main(["render"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qhub-config.yaml:6:3  prefect.imagee\n")
    assert not (tmp_path / "stages").exists()


def test_what_is_not_rendered_is_an_error_with_its_line_and_json_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_api = configs.GOOD.replace("  api: {url: http://prefect.example/api}\n", "")
    configs.write(tmp_path, without_api)
    assert main(["render", "--output", "json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    (problem,) = json.loads(out)["problems"]
    assert (problem["line"], problem["path"], problem["severity"]) == (3, "prefect", "error")
    assert not (tmp_path / "stages").exists()


def test_a_folder_that_cannot_be_written_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    assert main(["render", "--dir", "taken/inside"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qhub: cannot write ")
