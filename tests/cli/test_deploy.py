"""`qhub deploy`, `destroy` and `connect` as far as they go without starting a platform."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qhub
from qhub.cli import main
from qhub.cli.progress import Steps
from qhub.deploy.errors import ProviderError
from qhub.embedded.errors import ForeignPlatformError, MissingSecretsError
from tests.cli.process import QHUB, environ

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(qhub.__file__).parents[1]
CONFIG = "project_name: pipelines\nnamespace: dev\nprovider: embedded\nprefect: {enabled: true}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a config file, and a home in which no platform is."""
    (tmp_path / "qhub-config.yaml").write_text(CONFIG)
    monkeypatch.setenv("QHUB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _add(folder: Path, text: str) -> None:
    path = folder / "qhub-config.yaml"
    path.write_text(path.read_text() + text)


def _untouched(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] == ["qhub-config.yaml"]


def test_what_is_for_this_machine_tells_another_provider(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "qhub-config.yaml").write_text((ROOT / "examples" / "existing.yaml").read_text())
    assert main(["connect"]) == 3
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "qhub: provider 'existing' does not run on this machine: only 'embedded' does",
        "  `qhub deploy` deploys it to its cluster, `qhub status` and `qhub logs` look there",
    ]
    assert _untouched(folder)


@pytest.mark.parametrize(
    "arguments", [("plan",), ("secrets", "list"), ("secrets", "check")], ids=" ".join
)
def test_what_is_for_a_cluster_tells_provider_embedded(
    arguments: Sequence[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(arguments)) == 3
    assert capsys.readouterr().err.splitlines() == [
        "qhub: provider 'embedded' runs on this machine: there is no cluster to look into",
        "  `qhub deploy` changes what differs, and says what it was; `qhub status` tells what "
        "differs, and which secrets are missing",
    ]
    assert _untouched(folder)


@pytest.mark.parametrize(
    ("arguments", "config", "option"),
    [
        pytest.param(("deploy", "--stage", "x"), None, "--stage", id="embedded: --stage"),
        pytest.param(("deploy", "--plan", "x"), None, "--plan", id="embedded: --plan"),
        pytest.param(("deploy", "--adopt"), "existing.yaml", "--adopt", id="existing: --adopt"),
        pytest.param(("destroy", "--data"), "existing.yaml", "--data", id="existing: --data"),
    ],
)
def test_an_option_of_another_provider_is_wrong_usage(
    arguments: Sequence[str],
    config: str | None,
    option: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if config is not None:
        (folder / "qhub-config.yaml").write_text((ROOT / "examples" / config).read_text())
    assert main(list(arguments)) == 2
    assert f"{option} means nothing to provider" in capsys.readouterr().err
    assert _untouched(folder)


def test_a_config_can_hold_deployments_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _add(folder, "prevent_deploy: true\n")
    assert main(["deploy", "--output", "json"]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["message"] == "qhub-config.yaml holds deployments back: prevent_deploy is true"
    assert _untouched(folder)


def test_missing_secrets_are_told_all_at_once_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _add(folder, "secrets: {A: {from_env: NOT_SET}, B: {from_file: not/there}}\n")
    assert main(["deploy"]) == 3
    told = capsys.readouterr().err
    assert "  A (environment variable NOT_SET): not set, or empty\n" in told
    assert "  B (file not/there): No such file or directory\n" in told
    assert _untouched(folder)


@pytest.mark.parametrize("home", ["home", "/dev/null", "/proc/x"])
def test_a_home_that_cannot_be_written_is_told_and_nothing_is_started(
    home: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "home").write_text("a file")
    chosen = folder / home
    monkeypatch.setenv("QHUB_HOME", str(chosen))
    assert main(["deploy"]) == 3
    told = capsys.readouterr().err
    assert "cannot write" in told
    assert f"  QHUB_HOME is {chosen}: set it to a folder that can be written, or unset it" in told
    assert not (folder / "stages").exists()
    assert main(["status"]) == 4
    assert str(chosen) in capsys.readouterr().out.splitlines()[-1]


def test_the_platform_of_another_config_file_is_not_taken_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = folder / "other" / "qhub-config.yaml"
    other.parent.mkdir()
    other.write_text(CONFIG)
    state = folder / "home" / "pipelines-dev"
    state.mkdir(parents=True)
    (state / "deployed-from").write_text(str(other))
    assert main(["deploy"]) == 3
    assert capsys.readouterr().err.splitlines()[-2:] == [
        f"qhub: pipelines (dev) was deployed from {other}",
        "  choose another project_name or namespace, or take it over with --adopt",
    ]
    with pytest.raises(ForeignPlatformError):
        qhub.load(folder).deploy()
    assert [path.name for path in state.iterdir()] == ["deployed-from"]
    assert not (folder / "stages").exists()


def test_what_is_not_deployed_needs_no_destroying(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["destroy"]) == 0
    assert capsys.readouterr().out == "pipelines (dev) is not deployed on this machine\n"
    assert main(["destroy", "--output", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["state"] == str(folder / "home" / "pipelines-dev")
    assert not report["existed"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            (), "this is no terminal to ask on; give --confirm pipelines", id="no terminal"
        ),
        pytest.param(
            ("--confirm", "other"),
            "'other' is not the project's name, pipelines; nothing was done",
            id="another name",
        ),
    ],
)
def test_destroying_is_confirmed_by_the_projects_name(
    arguments: Sequence[str],
    told: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = folder / "home" / "pipelines-dev"
    state.mkdir(parents=True)
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert main(["destroy", *arguments]) == 2
    assert f"qhub destroy: {told}\n" in capsys.readouterr().err
    assert list(state.iterdir()) == []


def test_a_folder_that_no_deploy_made_is_not_removed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = folder / "home" / "pipelines-dev" / "precious"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    assert main(["destroy", "--confirm", "pipelines", "--data"]) == 3
    assert "is not the state of a platform, and was not removed" in capsys.readouterr().err
    assert precious.read_text() == "mine"


def test_a_terminal_is_asked_and_sees_the_steps(folder: Path) -> None:
    (folder / "home" / "pipelines-dev").mkdir(parents=True)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*QHUB, "destroy"],
        cwd=folder,
        env=environ({"TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    with process, os.fdopen(ours, "r+b", buffering=0) as terminal:
        said = _until(terminal.fileno(), b"to go on: ")
        assert b"This stops pipelines; what it keeps stays. Its name" in said
        terminal.write(b"pipelines\n")
        said = _until(terminal.fileno(), b"kept")
        assert process.wait(30) == 0
    assert b"pipelines (dev) did not run" in said


def test_connecting_to_what_does_not_run_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connect", "--", "true"]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "qhub: the platform pipelines (dev) was not deployed on this machine",
        f"  qhub deploy starts it; it is looked for in {folder / 'home' / 'pipelines-dev'}",
    ]
    assert _untouched(folder)


def test_a_pipe_gets_one_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps()
    with steps.step("start"):
        steps.note("by the way")
    with pytest.raises(ValueError, match="broken"), steps.step("fail"):
        raise ValueError("broken")
    assert capsys.readouterr().err.splitlines() == [
        "note: by the way",
        "done    start",
        "failed  fail",
    ]


def test_several_steps_may_be_open_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps()
    one, other = steps.step("one"), steps.step("other")
    with one, other:
        pass
    first, second = steps.step("first"), steps.step("second")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert capsys.readouterr().err.splitlines() == [
        *("done    other", "done    one", "done    first", "done    second")
    ]


def test_a_terminal_sees_how_many_steps_go_on() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0), os.fdopen(theirs, "w") as terminal:
        steps = Steps(terminal)
        with steps.step("one"), steps.step("other"), steps.step("third"):
            said = _until(ours, b"(and 2 more)")
    assert b"        one  0." in said


def test_a_pipe_is_told_of_a_step_that_takes_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qhub.cli.progress._SILENT_SECONDS", 0.05)
    steps = Steps()
    told = ""
    with steps.step("wait for the pods"):
        while "wait" not in told:
            told += capsys.readouterr().err
    assert told.splitlines()[0] == "        wait for the pods  0 s"


def test_a_terminal_sees_a_step_go_on() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0), os.fdopen(theirs, "w") as terminal:
        steps = Steps(terminal)
        with steps.step("start the server"):
            said = _until(ours, b"start the server  0.2 s")
        said += _until(ours, b"\x1b[K")
    assert said.startswith(b"\r\x1b[K        start the server  0.1 s")


def _until(descriptor: int, wanted: bytes) -> bytes:
    """Read until that was written."""
    said = b""
    deadline = time.monotonic() + 30
    while wanted not in said:
        assert time.monotonic() < deadline, said
        if select.select([descriptor], [], [], 1)[0]:
            said += os.read(descriptor, 10_000)
    return said


def test_a_script_deploys_and_destroys_by_the_same_rules(folder: Path) -> None:
    assert qhub.load().destroy().existed is False
    _add(folder, "secrets: {A: {from_env: NOT_SET}}\n")
    with pytest.raises(MissingSecretsError, match=r"A \(environment variable NOT_SET\)"):
        qhub.load().deploy()
    for step in (qhub.load().plan, qhub.load().secrets):
        with pytest.raises(ProviderError, match="provider 'embedded' runs on this machine"):
            step()
    assert _untouched(folder)
