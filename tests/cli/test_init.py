"""`qhub init`: what it writes is right, what it is told wrong is refused, what is there stays."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import time
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qhub.cli import main
from qhub.cli.compose import scalar
from qhub.config.model import ProviderName
from tests.cli import configs
from tests.cli.process import DEADLINE_SECONDS, QHUB, environ, run_qhub

QUESTION = re.compile(
    rb"(Provider|Project name|[Nn]amespace|Region|project|Image|API|Pipeline)[^\n]*: $"
)
CTRL_C = "\x03"
PROVIDERS: tuple[str, ...] = get_args(ProviderName)
BASE = ["--project-name", "pipelines"]
OF_CLOUD = {"gcp": ["--cloud-project", "data-team-1"]}
ON_THIS_MACHINE = ["--namespace", "prod", "--agent", "small", "--agent", "gpu:gpu,training"]
UUID = "9b649228-0419-40e1-9e0d-44954b5c0ab6"
FULL = [
    *("--namespace", "prod", "--prefect-image", "prefecthq/prefect:3.8.8-python3.12-kubernetes"),
    *("--api-url", f"https://api.prefect.cloud/api/accounts/{UUID}/workspaces/{UUID}"),
    *("--flow-image", "registry.example.com/team/flow:1", "--agent", "small"),
    *("--agent", "gpu:gpu,training", "--ci", "github-actions"),
]
WRONG = [
    pytest.param(
        ["--provider", "local", "--project-name", "Bad_Name"],
        "qhub init: --project-name: 'Bad_Name' is not a DNS label such as data-team: a-z, 0-9 and "
        "'-', beginning and ending with a letter or digit, 63 characters at most\n"
        "  see 'qhub init --help'\n",
        id="a project name",
    ),
    pytest.param(
        ["--provider", "local", *BASE, "--agent", "Bad Agent"],
        "qhub init: --agent: 'Bad Agent' is not a DNS label such as data-team: a-z, 0-9 and '-', "
        "beginning and ending with a letter or digit, 63 characters at most\n"
        "  see 'qhub init --help'\n",
        id="an agent's name",
    ),
    pytest.param(
        ["--project-name", ""],
        "qhub init: --project-name is empty\n  see 'qhub init --help'\n",
        id="an empty project name",
    ),
    pytest.param(
        ["--provider", "local"],
        "qhub init: this is no terminal to ask on; give --project-name\n  see 'qhub init --help'\n",
        id="no project name",
    ),
    pytest.param(
        [],
        "qhub init: this is no terminal to ask on; give --project-name\n  see 'qhub init --help'\n",
        id="nothing",
    ),
    pytest.param(
        ["--provider", "gcp", *BASE],
        "qhub init: this is no terminal to ask on; give --cloud-project\n"
        "  see 'qhub init --help'\n",
        id="a cloud without its project",
    ),
    pytest.param(
        [*BASE, "--prefect-image", "prefecthq/prefect:3.8.8", "--ci", "none"],
        "qhub init: with provider embedded there is no --prefect-image, --ci\n"
        "  see 'qhub init --help'\n",
        id="what only a cluster has",
    ),
]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("provider", "more"),
    [
        *((provider, []) for provider in PROVIDERS),
        *((provider, FULL) for provider in PROVIDERS if provider != "embedded"),
        ("embedded", ON_THIS_MACHINE),
    ],
)
def test_what_it_writes_is_valid_without_a_warning(
    provider: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--provider", provider, *BASE, *OF_CLOUD.get(provider, []), *more]) == 0
    capsys.readouterr()
    assert main(["validate", "--strict"]) == 0
    assert capsys.readouterr().out == "qhub-config.yaml: valid\n"


@pytest.mark.parametrize("provider", ["existing", "local"])
def test_what_it_writes_for_a_cluster_that_is_there_renders_without_a_warning(
    provider: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--provider", provider, *BASE]) == 0
    capsys.readouterr()
    assert main(["render"]) == 0
    assert capsys.readouterr().err == ""
    assert Path("stages/03-kubernetes-services/terraform.tfvars.json").is_file()


def test_without_a_provider_it_writes_a_file_for_this_machine_that_renders_without_a_note(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["init", *BASE, *ON_THIS_MACHINE]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines()[-3:] == ["  qhub validate", "  qhub show", "  qhub deploy"]

    assert main(["render"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines()[-2:] == ["next:", "  qhub deploy"]
    assert sorted(path.name for path in Path("stages/embedded/agents").iterdir()) == [
        "gpu.json",
        "small.json",
    ]
    assert Path("stages/embedded/dask_gateway_config.py").is_file()


def test_it_says_what_this_version_does_not_render(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--provider", "aws", *BASE]) == 0
    notes = capsys.readouterr().err.splitlines()
    assert notes[0] == "note: this version of QHub does not render provider 'aws'"


def test_it_says_what_it_wrote_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--provider", "local", *BASE, "-c", "ci/prod.yaml"]) == 0
    assert capsys.readouterr() == (
        "wrote ci/prod.yaml\n"
        "wrote ci/qhub-config.schema.json\n"
        "next:\n"
        "  qhub validate -c ci/prod.yaml\n"
        "  qhub show -c ci/prod.yaml\n"
        "  qhub deploy -c ci/prod.yaml\n",
        "",
    )


def test_it_says_the_same_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--provider", "local", *BASE, "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "written": ["qhub-config.yaml", "qhub-config.schema.json"],
        "next": ["qhub validate", "qhub show", "qhub deploy"],
    }


def test_the_first_line_leads_editors_to_the_schema_beside_the_file(tmp_path: Path) -> None:
    assert main(["init", "--provider", "local", *BASE]) == 0
    first = Path("qhub-config.yaml").read_text().splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    schema = json.loads((tmp_path / match[1]).read_text())
    assert schema["title"] == "qhub-config.yaml"


def test_the_options_stand_in_the_file() -> None:
    assert main(["init", "--provider", "existing", *BASE, *FULL, "--kube-context", "no"]) == 0
    config = yaml.safe_load(Path("qhub-config.yaml").read_text())
    assert config["existing"] == {"kube_context": "no", "create_namespace": True}
    assert config["namespace"] == "prod"
    assert config["prefect"]["api"]["url"].endswith(f"/workspaces/{UUID}")
    assert config["prefect"]["agents"] == [
        {"name": "small"},
        {"name": "gpu", "queues": ["gpu", "training"]},
    ]
    assert config["default_images"] == {"flow": "registry.example.com/team/flow:1"}
    assert config["ci_cd"] == {"type": "github-actions", "branch": "main"}


def test_with_a_dash_the_file_is_printed_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "-c", "-", "--provider", "local", *BASE]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["provider"] == "local"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "there", ["qhub-config.yaml", "qhub-config.yml", "qhub-config.schema.json"]
)
def test_a_file_that_is_there_stays_as_it_is(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configs.write(tmp_path, "mine", there)
    assert main(["init", "--provider", "local", *BASE]) == 5
    assert capsys.readouterr() == (
        "",
        f"qhub: {there} is there already\n  write over it with --force\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert Path(there).read_text() == "mine"


def test_force_writes_over_what_is_there(tmp_path: Path) -> None:
    configs.write(tmp_path, "mine")
    configs.write(tmp_path, "mine", "qhub-config.schema.json")
    assert main(["init", "--provider", "local", *BASE, "--force"]) == 0
    assert main(["validate"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "qhub-config.yaml",
        "qhub-config.schema.json",
    }


@pytest.mark.parametrize(("arguments", "expected"), WRONG)
def test_a_wrong_or_missing_answer_is_wrong_usage(
    arguments: list[str], expected: str, tmp_path: Path
) -> None:
    done = run_qhub("init", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (2, "", expected)
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_asks_and_asks_again_after_a_wrong_answer(tmp_path: Path) -> None:
    answers = ["gpc", "gcp", "", "Bad_Name", "my-pipes", "", "", "", "data-team-1", "", "", "", ""]
    shown, status = _on_a_terminal(["init"], answers, tmp_path)
    assert status == 0, shown
    assert "Error: 'gpc' is not one of 'embedded', 'local'" in shown
    assert "Error: expected a DNS label such as data-team" in shown
    assert shown.count("Error: an answer is needed") == 2
    assert "Kubernetes namespace [dev]: " in shown
    config = yaml.safe_load((tmp_path / "qhub-config.yaml").read_text())
    assert config["project_name"] == "my-pipes"
    assert config["google_cloud_platform"]["project"] == "data-team-1"


def test_on_a_terminal_two_answers_make_a_file_for_this_machine(tmp_path: Path) -> None:
    shown, status = _on_a_terminal(["init"], ["", "my-pipes", ""], tmp_path)
    assert status == 0, shown
    assert "[embedded]: " in shown
    assert "Image" not in shown
    config = yaml.safe_load((tmp_path / "qhub-config.yaml").read_text())
    assert (config["project_name"], config["provider"]) == ("my-pipes", "embedded")


def test_ctrl_c_at_a_question_ends_with_130_and_writes_nothing(tmp_path: Path) -> None:
    shown, status = _on_a_terminal(["init"], [CTRL_C], tmp_path)
    assert status == 130
    assert shown.rstrip().endswith("interrupted")
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def _on_a_terminal(arguments: list[str], answers: list[str], folder: Path) -> tuple[str, int]:
    """Run qhub on a terminal, give an answer at each question; return what it shows."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(QHUB[0], [*QHUB, *arguments], environ({"NO_COLOR": "1"}))  # noqa: S606
    shown = ""
    for answer in answers:
        shown += _until_a_question(terminal)
        os.write(terminal, answer.encode() if answer == CTRL_C else f"{answer}\n".encode())
    shown += _until_a_question(terminal, again=b"" if answers[-1] != CTRL_C else b"\x03")
    os.close(terminal)
    return shown.replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _until_a_question(terminal: int, *, again: bytes = b"") -> str:
    """Return what is shown until the prompt, or until the process ends.

    `again` is typed whenever nothing happens: a ^C between a prompt and the read that follows it
    is lost in CPython's `input`.
    """
    shown = b""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not QUESTION.search(shown):
        assert time.monotonic() < deadline, shown
        if not select.select([terminal], [], [], 0.5)[0]:
            os.write(terminal, again)
            continue
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # Linux tells the end of the other side so
            break
    return shown.decode()


@settings(deadline=None)
@given(st.text() | st.integers() | st.booleans() | st.none())
def test_any_value_is_one_line_that_reads_back(value: object) -> None:
    text = scalar(value)
    assert len(text.splitlines()) == 1
    assert yaml.safe_load(f"key: {text}  # comment") == {"key": value}


@pytest.mark.parametrize("provider", ["existing", "local"])
def test_what_happens_without_a_context_is_said_for_terminals_and_pipelines(
    provider: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-c", "-", "init", "--provider", provider, *BASE]) == 0
    text = " ".join(capsys.readouterr().out.replace("#", "").split())
    assert "a deploy asks for that on a terminal, and is refused without one" in text
    assert main(["-c", "-", "init", "--provider", provider, *BASE, "--kube-context", "team"]) == 0
    text = capsys.readouterr().out
    assert "is refused" not in text
    assert yaml.safe_load(text)[provider]["kube_context"] == "team"


def test_the_lines_to_paste_name_a_file_as_a_shell_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["-c", "our own.yaml", "init", *BASE]) == 0
    assert capsys.readouterr().out.endswith("  qhub deploy -c 'our own.yaml'\n")
