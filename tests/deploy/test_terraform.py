"""Terraform as QHub runs it: its environment, its events, and its end in every way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qhub.deploy import processes
from qhub.deploy.errors import EndedError, TerraformError
from qhub.deploy.events import Begun, Diagnostic, Done, Event, Planned
from qhub.deploy.redact import Redactor
from qhub.deploy.terraform import FLAG, OLDEST, Terraform, version
from tests.deploy.waiting import until
from tests.terraform.standin import cli_config, tool

if TYPE_CHECKING:
    from collections.abc import Callable

PLANTED = "planted-value-of-terraform"
# Built into Terraform: needs no provider. The command is a test's, for work that takes a while.
MODULE = """
variable "secret" {
  type      = string
  ephemeral = true
  sensitive = true
}
resource "terraform_data" "this" {
  input = "a"
}
"""
SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "echo $$ > pid; for i in $(seq 100); do [ -e go ] && exit 0; sleep 0.1; done"
  }
}
"""


@pytest.fixture
def made(tmp_path: Path) -> Terraform:
    """Return Terraform in a folder with a module, initialised."""
    folder, data = tmp_path / "stage", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    (folder / "main.tf").write_text(MODULE)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TF_DATA_DIR": str(data),
        "TF_VAR_secret": PLANTED,
        "TF_CLI_CONFIG_FILE": str(cli_config(tmp_path / "rc", None)),
        "CHECKPOINT_DISABLE": "1",
    }
    tool("terraform")
    terraform = Terraform(
        folder,
        environment=environment,
        redact=Redactor.of([PLANTED]),
        record=data / "running.json",
    )
    assert terraform.cmd("init", input=False)[0] == 0
    return terraform


def _stream(
    terraform: Terraform, command: str, *args: str, **options: Any
) -> tuple[int, list[Event]]:
    told: list[Event] = []

    def tell(event: Event | None) -> None:
        if event is not None:
            told.append(event)

    finished = terraform.stream(
        command, *args, tell=tell, on_interrupt=lambda *_: None, input=False, **options
    )
    return finished.status, told


def test_events_tell_what_happens_to_each_object(made: Terraform) -> None:
    status, told = _stream(made, "apply", auto_approve=FLAG)

    assert status == 0
    address = "terraform_data.this"
    assert Planned(address, "create", "") in told
    assert Begun(address, "create") in told
    assert [(e.address, e.action) for e in told if isinstance(e, Done)] == [(address, "create")]


def test_an_error_is_a_diagnostic_with_its_place(made: Terraform) -> None:
    (made.folder / "wrong.tf").write_text('output "x" {\n  value = terraform_data.nobody.id\n}\n')

    status, told = _stream(made, "plan")

    assert status == 1
    (found,) = [event for event in told if isinstance(event, Diagnostic)]
    assert (found.severity, found.where) == ("error", "wrong.tf:2")
    assert found.summary == "Reference to undeclared resource"


def test_its_environment_is_what_it_is_given_and_nothing_else(
    made: Terraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOT_FOR_TERRAFORM", "secret of somebody else")
    (made.folder / "main.tf").write_text(
        MODULE + 'resource "terraform_data" "told" {\n  provisioner "local-exec" {\n'
        '    command = "env -0 > seen"\n  }\n}\n'
    )

    assert _stream(made, "apply", auto_approve=FLAG)[0] == 0

    seen = dict(
        entry.split("=", 1) for entry in (made.folder / "seen").read_text().split("\0") if entry
    )
    of_a_shell = {"PWD", "OLDPWD", "SHLVL", "_"}
    own = {name for name in seen if name.startswith(("TF_", "CHECKPOINT", "OTEL", "TRACEPARENT"))}
    assert seen.keys() - of_a_shell - own == {"PATH", "HOME"}
    assert seen["TF_VAR_secret"] == PLANTED


@pytest.mark.parametrize(
    "option",
    [
        pytest.param({"var": {"secret": PLANTED}}, id="var"),
        pytest.param({"var_file": "values.tfvars"}, id="var-file"),
        pytest.param({"backend_config": {"token": PLANTED}}, id="backend-config"),
        pytest.param({"anything": {"secret": PLANTED}}, id="any mapping"),
    ],
)
def test_values_are_refused_as_arguments_or_files(made: Terraform, option: object) -> None:
    before = set(made.folder.parent.rglob("*"))

    with pytest.raises(ValueError, match="would put values into arguments or a file"):
        made.cmd("plan", **option)  # type: ignore[arg-type]  # as python-terraform takes them

    assert set(made.folder.parent.rglob("*")) == before
    assert made.temp_var_files.files == []


def test_no_name_becomes_a_command(made: Terraform) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'destroy_everything'"):
        made.destroy_everything()  # type: ignore[unreachable, unused-ignore]


def test_a_value_in_what_terraform_says_is_cut_out(made: Terraform) -> None:
    (made.folder / "wrong.tf").write_text(f'output "x" {{\n  value = {PLANTED}.id\n}}\n')

    status, told = _stream(made, "plan")

    assert status == 1
    assert PLANTED not in repr(told)
    assert "(secret)" in repr(told)


def test_a_second_terraform_is_started_in_no_group_of_ours(made: Terraform) -> None:
    _slow(made)
    with _in_background(made) as run:
        pid = _noted(made).pid
        assert os.getpgid(pid) == pid != os.getpgid(0)
        (made.folder / "go").touch()
    assert run() == 0
    assert not made.record.exists()


def test_asked_to_stop_terraform_ends_what_it_began_and_gives_the_lock_back(
    made: Terraform,
) -> None:
    _slow(made)
    stopped: list[bool] = []

    def stop() -> bool:
        if stopped:
            (made.folder / "go").touch()  # it was asked by now
        elif (made.folder / "pid").exists():
            stopped.append(True)
        return bool(stopped)

    finished = made.stream(
        "apply",
        tell=lambda _event: None,
        on_interrupt=lambda *_: None,
        stop=stop,
        auto_approve=FLAG,
        input=False,
    )

    assert finished.status == 1
    assert not list(made.folder.glob("*.lock.info"))
    assert made.cmd("state list")[:2] == (0, "terraform_data.slow\nterraform_data.this\n")


PROGRAM = """
import json, sys
from pathlib import Path
from qhub.deploy.redact import Redactor
from qhub.deploy.terraform import FLAG, Terraform

folder, environment = json.loads(sys.argv[1])
folder = Path(folder)
terraform = Terraform(
    folder, environment=environment, redact=Redactor(), record=folder.parent / "data/running.json"
)
told = lambda count, pid: print("interrupt", count, pid, flush=True)
try:
    terraform.stream(
        "apply", tell=lambda _e: None, on_interrupt=told, auto_approve=FLAG, input=False
    )
    print("done", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def _process(made: Terraform) -> subprocess.Popen[str]:
    """Start a qhub of its own that applies."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, json.dumps([str(made.folder), made.environment])],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["^C", "SIGTERM"])
def test_an_interrupt_reaches_terraform_which_stores_what_it_did(
    made: Terraform, number: signal.Signals
) -> None:
    _slow(made)
    with _process(made) as qhub:
        until((made.folder / "pid").exists, what="the slow work")
        pid = _noted(made).pid
        os.killpg(qhub.pid, number)  # as a terminal does
        assert qhub.stdout is not None
        assert qhub.stdout.read() == f"interrupt 1 {pid}\ninterrupted\n"
    assert "terraform_data.this\n" in made.cmd("state list")[1]
    assert not made.record.exists()


STUBBORN = """#!/usr/bin/env bash
# In the place of a Terraform that takes its time: notes each signal, and ends when it may.
trap 'echo INT >> signals' INT
trap 'echo TERM >> signals' TERM
touch pid
for i in $(seq 600); do [ -e go ] && exit 0; sleep 0.05; done
"""


def test_a_second_interrupt_tells_how_to_wait_and_terraform_gets_the_first_alone(
    made: Terraform, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(STUBBORN)
    program.chmod(0o755)
    made.environment["PATH"] = f"{program.parent}:{made.environment['PATH']}"
    with _process(made) as qhub:
        until((made.folder / "pid").exists, what="its start")
        pid = _noted(made).pid
        assert qhub.stdout is not None
        for count in (1, 2, 3):
            os.killpg(qhub.pid, signal.SIGINT)
            assert qhub.stdout.readline() == f"interrupt {count} {pid}\n"
        (made.folder / "go").touch()
        assert qhub.stdout.read() == "interrupted\n"
    assert (made.folder / "signals").read_text() == "INT\n"


def test_terraform_works_on_when_qhub_is_killed_and_is_known_as_an_orphan(made: Terraform) -> None:
    _slow(made)
    with _process(made) as qhub:
        until((made.folder / "pid").exists, what="the slow work")
        found = _noted(made)
        qhub.kill()
    assert found.alive
    assert found.command == "apply"
    (made.folder / "go").touch()
    until(lambda: not found.alive, what="its end")
    assert made.cmd("state list")[1].splitlines() == ["terraform_data.slow", "terraform_data.this"]


def test_a_killed_terraform_is_told_and_leaves_no_process_behind(made: Terraform) -> None:
    _slow(made)
    with _in_background(made) as run:
        until((made.folder / "pid").exists, what="the slow work")
        child = int((made.folder / "pid").read_text())
        found = _noted(made)
        os.kill(found.pid, signal.SIGKILL)
    with pytest.raises(EndedError, match="terraform apply was ended by SIGKILL"):
        run()
    assert not _lives(child)
    assert processes.orphan(made.record) == found, "the next run must know whose lock it may meet"


def test_the_output_of_terraform_is_for_its_owner_alone_and_goes_with_it(made: Terraform) -> None:
    _slow(made)
    with _in_background(made) as run:
        until(made.record.exists, what="the note")
        files = made.record.parent.glob("running.*")
        modes = {file.name: file.stat().st_mode & 0o777 for file in files}
        (made.folder / "go").touch()
    assert run() == 0
    assert modes["running.out"] == modes["running.err"] == 0o600
    assert list(made.record.parent.glob("running.*")) == []


def test_values_that_are_too_large_together_are_told(made: Terraform) -> None:
    many = {f"TF_VAR_v{number}": "x" * 120_000 for number in range(60)}
    made.environment.update(many)

    with pytest.raises(TerraformError, match="all secret values together are too large") as caught:
        made.cmd("plan")

    assert "existing_secret" in caught.value.hint


def test_a_missing_terraform_is_told(made: Terraform, tmp_path: Path) -> None:
    made.terraform_bin_path = str(tmp_path / "none")
    with pytest.raises(TerraformError, match="Terraform cannot be started: No such file"):
        made.cmd("plan")
    assert version({"PATH": str(tmp_path)}) is None


def test_the_version_is_read(tmp_path: Path) -> None:
    found = version({"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert found is not None
    assert found >= OLDEST


def _noted(made: Terraform) -> processes.Orphan:
    """Return the process that is at work; it may be so before it is noted."""
    return until(lambda: processes.orphan(made.record), what="the note")


def _lives(pid: int) -> bool:
    """Tell whether a process is there, and not only waits for who made it to ask for its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _slow(made: Terraform) -> None:
    (made.folder / "slow.tf").write_text(SLOW)


class _in_background:  # noqa: N801  reads like a function
    """Apply in a thread; called after the end, gives the status or raises what it ended with."""

    def __init__(self, made: Terraform) -> None:
        self._made = made
        self._result: list[int | BaseException] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Callable[[], int]:
        self._thread.start()
        return self._ended

    def __exit__(self, *_: object) -> None:
        self._thread.join(60)

    def _run(self) -> None:
        try:
            self._result.append(_stream(self._made, "apply", auto_approve=FLAG)[0])
        except EndedError as error:
            self._result.append(error)

    def _ended(self) -> int:
        (result,) = self._result
        if isinstance(result, BaseException):
            raise result
        return result
