"""`qhub version`, `qhub schema`, `qhub completion`: they print one thing."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema  # noqa: TID253 the tests' own
import pytest
import yaml

from qhub import __version__, bundle
from qhub.cli import main
from tests.cli.process import environ


def test_version_names_qhub_and_python(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"qhub {__version__}", f"python {platform.python_version()}"]


def test_version_is_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version", "--output", "json"]) == 0
    versions = json.loads(capsys.readouterr().out)
    assert versions == {
        "qhub": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def test_the_version_is_an_option_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"qhub {__version__}\n"


@pytest.mark.parametrize("output", ["text", "json"])
def test_schema_prints_the_packages_schema_with_the_values_of_the_chart(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "--output", output]) == 0
    schema = json.loads(capsys.readouterr().out)
    file = bundle.folder("schemas") / "qhub-config.schema.json"
    assert schema["properties"] == json.loads(file.read_text(encoding="utf-8"))["properties"]
    assert {"envVars", "replicas", "networkPolicy"} <= set(
        schema["$defs"]["overrides"]["properties"]
    )


def test_editors_accept_what_qhub_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    validator = jsonschema.Draft202012Validator(json.loads(capsys.readouterr().out))
    examples = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
    assert examples
    for example in examples:
        assert list(validator.iter_errors(yaml.safe_load(example.read_text()))) == [], example


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell, "--output", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert report == {"shell": shell, "script": script.rstrip("\n")}
    assert f"_QHUB_COMPLETE={shell}_complete" in script


COMPLETED = [
    pytest.param("re", ["render"], id="a command"),
    pytest.param("render --f", ["--force"], id="an option"),
    pytest.param("show --format ", ["tree", "mermaid", "svg"], id="a choice"),
]


@pytest.mark.parametrize(("words", "expected"), COMPLETED)
def test_the_script_completes_in_a_real_bash(
    words: str, expected: list[str], tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not on PATH")
    qhub = tmp_path / "qhub"
    qhub.write_text('#!/bin/sh\nexec "$PYTHON" -m qhub "$@"\n')
    qhub.chmod(0o755)
    program = f"""
        eval "$(qhub completion bash)"
        COMP_WORDS=(qhub {words}{'""' if words.endswith(" ") else ""})
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _qhub_completion qhub
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = environ({"PYTHON": sys.executable})
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    done = subprocess.run(
        [bash, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == expected, done.stderr
