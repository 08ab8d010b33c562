"""`qhub validate`: problems as text and data, and which of them fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qhub.cli import main
from tests.cli import configs
from tests.cli.process import run_qhub

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = """\
qhub-config.yaml:6:3  prefect.imagee
  unknown key 'imagee'; known here: agents, api, enabled, image, overrides, server, storage, version
  did you mean 'image'?
qhub-config.yaml:7:30  existing.create_namespace
  must be true or false, but is the text 'maybe'
  write true or false
"""
LITERAL = configs.GOOD.replace("{from_env: S3_KEY}", "hunter2-literal")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_valid_file_is_said_to_be_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD)
    assert main(["validate"]) == 0
    assert capsys.readouterr() == ("qhub-config.yaml: valid\n", "")


def test_every_problem_is_a_block_of_three_lines_in_file_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.TWO_ERRORS)
    assert main(["validate"]) == 1
    assert capsys.readouterr() == (BLOCKS, "")


def test_the_same_problems_are_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configs.write(tmp_path, configs.TWO_ERRORS)
    assert main(["validate", "--output", "json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    first, second = json.loads(out)["problems"]
    assert first == {
        "file": "qhub-config.yaml",
        "line": 6,
        "column": 3,
        "path": "prefect.imagee",
        "severity": "error",
        "message": "unknown key 'imagee'; known here: agents, api, enabled, image, overrides, "
        "server, storage, version",
        "hint": "did you mean 'image'?",
    }
    assert second["path"] == "existing.create_namespace"


def test_no_problem_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configs.write(tmp_path, configs.GOOD)
    assert main(["--output", "json", "validate"]) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": []}


@pytest.mark.parametrize(("strict", "status"), [([], 0), (["--strict"], 1)], ids=["", "strict"])
def test_a_warning_fails_with_strict_alone(
    strict: list[str], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, LITERAL)
    assert main(["validate", *strict]) == status
    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "qhub-config.yaml:7:11  secrets.S3_KEY\n"
        "  warning: the value of the secret 'S3_KEY' is written in the file\n"
        "  set it in the environment as TF_VAR_s3_key, and write here {from_env: TF_VAR_s3_key}\n"
    )


def test_a_missing_file_is_a_problem_like_any_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["validate", "-c", "nowhere.yaml", "--output", "json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["message"] == "there is no such file"


def test_the_file_comes_from_standard_input(tmp_path: Path) -> None:
    done = run_qhub("validate", "-c", "-", cwd=tmp_path, stdin=configs.TWO_ERRORS.encode())
    assert done.returncode == 1
    assert done.stdout.decode() == BLOCKS.replace("qhub-config.yaml", "<stdin>")


def test_the_name_with_yml_is_found_where_the_other_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD, "qhub-config.yml")
    assert main(["validate"]) == 0
    assert capsys.readouterr().out == "qhub-config.yml: valid\n"


PLACES = [
    pytest.param(["-c", "a.yaml", "validate"], "a.yaml", id="before the command"),
    pytest.param(["validate", "-c", "b.yaml"], "b.yaml", id="after the command"),
    pytest.param(["-c", "a.yaml", "validate", "--config", "b.yaml"], "b.yaml", id="the one after"),
    pytest.param(["--config=a.yaml", "validate"], "a.yaml", id="with an equals sign"),
    pytest.param(["validate", "-cb.yaml"], "b.yaml", id="in one word"),
]


@pytest.mark.parametrize(("arguments", "file"), PLACES)
def test_the_config_file_is_named_before_the_command_or_after_it(
    arguments: list[str], file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD, "a.yaml")
    configs.write(tmp_path, configs.GOOD, "b.yaml")
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"{file}: valid\n"


def test_the_output_after_the_command_wins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, configs.GOOD)
    assert main(["--output", "json", "validate", "--output", "text"]) == 0
    assert capsys.readouterr().out == "qhub-config.yaml: valid\n"
