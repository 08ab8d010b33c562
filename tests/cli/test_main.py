"""How a command line ends: results, wrong usage, ^C, closed output, and bugs."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import NoReturn

import click
import pytest

from qhub.cli import main
from qhub.cli.group import COMMANDS, qhub
from qhub.cli.version import version
from tests.cli.process import DEADLINE_SECONDS, QHUB, environ, run_qhub

USAGE = [
    pytest.param(
        ["versoin"],
        "qhub: no such command 'versoin'\n  did you mean 'version'?\n",
        id="a misspelt command",
    ),
    pytest.param(
        ["frobnicate"],
        f"qhub: no such command 'frobnicate'\n  the commands are {', '.join(COMMANDS)}\n",
        id="an unknown command",
    ),
    pytest.param(
        ["flow", "lst"],
        "qhub flow: no such command 'lst'\n  did you mean 'list'?\n",
        id="a misspelt subcommand",
    ),
    pytest.param(
        ["validate", "--strct"],
        "qhub validate: no such option '--strct'\n  did you mean '--strict'?\n",
        id="a misspelt option",
    ),
    pytest.param(
        ["--confg", "x", "validate"],
        "qhub: no such option '--confg'\n  did you mean '--config'?\n",
        id="a misspelt option before the command",
    ),
    pytest.param(
        ["validate", "--zzz"],
        "qhub validate: no such option '--zzz'\n  see 'qhub validate --help'\n",
        id="an unknown option",
    ),
    pytest.param(
        ["deploy", "--nope"],
        "qhub deploy: no such option '--nope'\n  see 'qhub deploy --help'\n",
        id="an option that has little in common with one",
    ),
    pytest.param(
        ["show", "--format", "png"],
        "qhub show: invalid value for '--format': 'png' is not one of 'tree', 'mermaid', 'svg'\n"
        "  see 'qhub show --help'\n",
        id="a wrong choice",
    ),
    pytest.param(
        ["validate", "file.yaml"],
        "qhub validate: got unexpected extra argument (file.yaml)\n  see 'qhub validate --help'\n",
        id="an argument too many",
    ),
    pytest.param(
        ["--output", "text"],
        "qhub: missing command\n  see 'qhub --help'\n",
        id="options without a command",
    ),
]


@pytest.mark.parametrize(("arguments", "expected"), USAGE)
def test_wrong_usage_is_told_in_two_lines(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err == expected
    assert captured.out == ""


def test_wrong_usage_is_json_on_stdout_when_json_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["validate", "--strct", "--output", "json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "error": {
            "message": "no such option '--strct'",
            "hint": "did you mean '--strict'?",
            "status": 2,
        }
    }
    assert captured.err == ""


def test_an_empty_name_of_the_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """As of `-c "$UNSET"` in a script."""
    assert main(["validate", "-c", ""]) == 2
    assert capsys.readouterr() == (
        "",
        "qhub validate: the name of the config file is empty\n  see 'qhub validate --help'\n",
    )


SHARED = [
    pytest.param(["--output", "json", "-c", "x.yaml", "flow", "list"], id="before the group"),
    pytest.param(["flow", "--output", "json", "-c", "x.yaml", "list"], id="before the subcommand"),
    pytest.param(["flow", "list", "--output", "json", "-c", "x.yaml"], id="after it"),
    pytest.param(["-c", "y.yaml", "flow", "list", "--output=json", "-cx.yaml"], id="the last one"),
]


@pytest.mark.parametrize("arguments", SHARED)
def test_a_subcommand_takes_shared_options_from_every_place(arguments: list[str]) -> None:
    context = qhub.make_context("qhub", list(arguments))
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(name, rest, parent=context)
    assert context.command_path == "qhub flow list"
    assert context.params == {"output": "json", "config_file": Path("x.yaml")}


@pytest.mark.parametrize("command", [[], ["render"]], ids=["the group", "a command"])
def test_h_is_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    full = capsys.readouterr().out
    assert main([*command, "-h"]) == 0
    assert capsys.readouterr().out == full


def test_without_a_command_the_help_is_shown_as_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Usage: qhub [OPTIONS] COMMAND [ARGS]...\n")
    assert all(f"\n  {name} " in captured.err for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_ends_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[0].startswith(f"Usage: qhub {name} ")
    assert lines[-1].strip().startswith("Example: ")
    assert f"qhub {name}" in lines[-1]


def test_no_color_is_written_into_a_pipe(tmp_path: Path) -> None:
    done = run_qhub("versoin", cwd=tmp_path)
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        pytest.param({}, True, id="a terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
    ],
)
def test_a_terminal_gets_colour_unless_it_does_not_want_it(
    environment: dict[str, str], *, coloured: bool, tmp_path: Path
) -> None:
    ours, theirs = os.openpty()
    plain = {name: value for name, value in environ({}).items() if name != "NO_COLOR"}
    subprocess.run(
        [*QHUB, "versoin"],
        cwd=tmp_path,
        env=plain | {"TERM": "xterm"} | environment,
        stderr=theirs,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 10_000)
    os.close(ours)
    assert b"no such command 'versoin'" in shown
    assert (b"\x1b[31m" in shown) is coloured


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*QHUB, "validate", "-c", "-"],
        cwd=tmp_path,
        env=environ({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    _wait_until_it_reads_stdin(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


def test_what_fails_because_of_an_interrupt_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_in_two(**_shared: object) -> NoReturn:
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("release unlocked lock")  # so does threading

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(version, "callback", cut_in_two)
    assert main(["version"]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert [*tmp_path.iterdir()] == []


def _wait_until_it_reads_stdin(pid: int) -> None:
    """Wait for the read system call on file 0; the kernel shows it as `0 0x0 ...`."""
    call = Path(f"/proc/{pid}/syscall")
    if not call.exists():
        pytest.skip("this system does not show what a process waits for")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if call.read_text().startswith("0 0x0 "):
            return
    pytest.fail("qhub does not read standard input")


def test_a_reader_who_stops_reading_ends_it_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*QHUB, "schema"],
        cwd=tmp_path,
        env=environ({}),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("arguments", [["version"], ["--help"]], ids=["a command", "the help"])
def test_output_onto_a_full_disk_is_told(arguments: list[str], tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("wb") as stdout:
        done = subprocess.run(
            [*QHUB, *arguments],
            cwd=tmp_path,
            env=environ({}),
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == b"qhub: cannot write the output: No space left on device\n"


def test_a_closed_stdout_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *QHUB, "version"],
        cwd=tmp_path,
        env=environ({}),
        stderr=subprocess.PIPE,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bug_ends_with_70_and_a_report_without_any_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF_VAR_s3_key", "from-the-environment")
    monkeypatch.setattr(version, "callback", _planted_bug)

    assert main(["-c", "from-the-environment.yaml", "version"]) == 70

    captured = capsys.readouterr()
    (report,) = tmp_path.glob("qhub-report-*.txt")
    assert captured.out == ""
    assert captured.err == (
        f"qhub: a bug in QHub (KeyError); it is written down, without secrets, in {report}\n"
        "  please open an issue with that file\n"
    )
    text = report.read_text()
    assert "from-the-environment" not in text
    assert "hunter2" not in text
    assert "command: qhub -c (cut out).yaml version\n" in text
    assert "builtins.KeyError raised in (most recent call last):\n" in text
    assert "builtins.ValueError raised in (most recent call last):\n" in text
    assert "in _planted_bug\n" in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def _planted_bug(**_shared: object) -> NoReturn:
    literal = "-".join(["hunter2", "of", "the", "config"])
    try:
        raise ValueError(f"cannot convert {literal!r}")
    except ValueError as error:
        raise KeyError(literal) from error


def test_a_bug_is_json_on_stdout_when_json_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(version, "callback", _planted_bug)
    assert main(["version", "--output", "json"]) == 70
    captured = capsys.readouterr()
    (report,) = tmp_path.glob("qhub-report-*.txt")
    assert json.loads(captured.out) == {
        "error": {
            "message": "a bug in QHub (KeyError); it is written down, without secrets, in "
            f"{report}",
            "hint": "please open an issue with that file",
            "status": 70,
        }
    }
    assert captured.err == ""


def test_a_report_goes_to_the_temporary_folder_where_the_current_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(version, "callback", _planted_bug)
    assert main(["version"]) == 70
    (report,) = tmp_path.glob("qhub-report-*.txt")
    assert str(report) in capsys.readouterr().err
