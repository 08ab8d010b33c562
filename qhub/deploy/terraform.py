"""Terraform as QHub runs it: python-terraform's `Terraform`, with our environment and events.

The package's own `cmd` hands on the whole environment of this process and writes `var=` values to
a temporary file. Here the environment is given, values go through it alone, and what Terraform
tells is read while it works. Its output goes to a file, not to a pipe: a Terraform whose qhub was
killed works on to its end, and leaves neither half an object nor a lock.

This module is imported where Terraform is run, and by nothing else.
"""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import python_terraform  # type: ignore[import-untyped]  # noqa: TID253  only where Terraform is run

from qhub.deploy import events, processes
from qhub.deploy.errors import EndedError, TerraformError
from qhub.deploy.interrupts import Interrupts
from qhub.deploy.redact import Redactor
from qhub.deploy.stopping import Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from qhub.deploy.events import Diagnostic, Event

__all__ = ["FLAG", "OLDEST", "Finished", "Terraform", "version"]

OLDEST = (1, 11)
"""The first with write-only arguments."""

_LOOK_SECONDS = 0.05
_LEFT_SECONDS = 10
_QUICK_SECONDS = 120
"""For what works on files and the state alone."""
_LOCK_LEFT = ("Error releasing the state lock", "Failed to save state", "Failed to persist state")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")

FLAG = python_terraform.IsFlagged
"""The value of an option that has none."""

Listener = Callable[["Event | None"], None]
"""Is told each event; and None, about twenty times a second, when there is none."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run of Terraform ended: its status, what it complained of, what else it wrote."""

    status: int
    diagnostics: tuple[Diagnostic, ...]
    stderr: str

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors among the diagnostics."""
        return tuple(told for told in self.diagnostics if told.severity == "error")


def version(environment: Mapping[str, str]) -> tuple[int, ...] | None:
    """Return the version of the Terraform on PATH, None where there is none that works."""
    try:
        done = subprocess.run(
            ["terraform", "version", "-json"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_QUICK_SECONDS,
            check=False,
        )
        said = json.loads(done.stdout)["terraform_version"]
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return None
    return tuple(int(part) for part in re.findall(r"\d+", said.partition("-")[0])[:3])


class Terraform(python_terraform.Terraform):  # type: ignore[misc]  # the package has no types
    """Terraform in the folder of one stage.

    `environment` is all that it gets; `redact` cuts secret values out of what it says. `record` is
    the file that tells the next qhub of a Terraform that still works.
    """

    def __init__(
        self, folder: Path, *, environment: Mapping[str, str], redact: Redactor, record: Path
    ) -> None:
        super().__init__(
            working_dir=str(folder), terraform_bin_path="terraform", is_env_vars_included=False
        )
        self.folder = folder
        self.environment = dict(environment)
        self.redact = redact
        self.record = record

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse what is not there: the package would run any name as a command."""
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    def read_state_file(self, file_path: str | None = None) -> None:
        """Read no state: where it lies is the backend's business."""

    def generate_cmd_string(self, cmd: str, *args: str, **kwargs: Any) -> list[str]:
        """Return the command line; values of variables are refused, here they would be seen."""
        for name, value in kwargs.items():
            if name in {"var", "var_file", "backend_config"} or isinstance(value, dict):
                raise ValueError(f"'{name}' would put values into arguments or a file")
        line: list[str] = super().generate_cmd_string(cmd, *args, **kwargs)
        return line

    def cmd(self, cmd: str, *args: str, **kwargs: Any) -> tuple[int, str, str]:
        """Run a quick command to its end; return status, output and errors.

        Raises `TerraformError` where it cannot be run, or does not come to its end in time.
        """
        line = self.generate_cmd_string(cmd, *args, **kwargs)
        process = self._popen(line, subprocess.PIPE, subprocess.PIPE)
        try:
            self._note(process, cmd)
            out, err = process.communicate(timeout=_QUICK_SECONDS)
        except subprocess.TimeoutExpired:
            raise EndedError(
                f"terraform {cmd} did not end within {_QUICK_SECONDS} s, and was stopped",
                hint="look whether what it reads, its state above all, can be reached",
            ) from None
        finally:
            processes.end_group(process, grace_seconds=_LEFT_SECONDS)
            self._forget(process)
        errors = _ANSI.sub("", err.decode(errors="replace"))
        return process.returncode, out.decode(), self.redact(errors)

    def stream(
        self,
        cmd: str,
        *args: str,
        tell: Listener,
        on_interrupt: Callable[[int, int], None],
        stop: Callable[[], bool] = lambda: False,
        **kwargs: Any,
    ) -> Finished:
        """Run a command that tells events; `tell` gets each when it happens.

        At ^C Terraform is asked to end, once; then `on_interrupt` is told how often there was one
        and which process is waited for, and `KeyboardInterrupt` is raised when Terraform is done.
        The same where `stop` says so, without the `KeyboardInterrupt`; providers that do not stop
        then are not waited for, whoever asked them first.
        Raises `EndedError` where Terraform is killed by somebody else.
        """
        line = self.generate_cmd_string(cmd, *args, json=FLAG, **kwargs)
        out, err = self.record.with_suffix(".out"), self.record.with_suffix(".err")
        with Interrupts() as interrupts:
            process = self._start(line, out, err)
            stopping = Stopping(process, stop)
            diagnostics: list[Diagnostic] = []
            try:
                for event in self._follow(process, out, interrupts, on_interrupt, stopping):
                    if isinstance(event, events.Diagnostic):
                        diagnostics.append(event)
                    tell(event)
            finally:
                processes.end_group(process, grace_seconds=_LEFT_SECONDS)
                if not stopping.is_forced:
                    self._forget(process, diagnostics)
                said = self.redact(_ANSI.sub("", err.read_text(errors="replace")))
                for file in (out, err):
                    file.unlink(missing_ok=True)
            interrupts.settle()
        status = process.returncode
        if status < 0 and not stopping.is_forced:
            raise EndedError(
                f"terraform {cmd} was ended by {_signal(-status)} before it was done",
                diagnostics=diagnostics,
                hint="the next run goes on from there",
            )
        return Finished(status, tuple(diagnostics), said)

    def _start(self, line: list[str], out: Path, err: Path) -> subprocess.Popen[bytes]:
        """Start Terraform with its output to files for their owner alone."""
        with _private(out) as stdout, _private(err) as stderr:
            process = self._popen(line, stdout, stderr)
        self._note(process, line[1])
        return process

    def _note(self, process: subprocess.Popen[bytes], command: str) -> None:
        data = self.environment["TF_DATA_DIR"]
        processes.note(self.record, process.pid, command=command, folder=self.folder, data=data)

    def _forget(
        self, process: subprocess.Popen[bytes], diagnostics: Sequence[Diagnostic] = ()
    ) -> None:
        """Take the note away, unless what was killed or cut off may have left its lock."""
        left = any(told.summary.startswith(_LOCK_LEFT) for told in diagnostics)
        if process.returncode is not None and process.returncode >= 0 and not left:
            self.record.unlink(missing_ok=True)

    def _popen(self, line: list[str], stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        """Start Terraform as the leader of a process group of its own."""
        try:
            return subprocess.Popen(
                line,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                process_group=0,
            )
        except OSError as error:
            raise _not_started(error) from error

    def _follow(
        self,
        process: subprocess.Popen[bytes],
        out: Path,
        interrupts: Interrupts,
        on_interrupt: Callable[[int, int], None],
        stopping: Stopping,
    ) -> Iterator[Event | None]:
        """Yield events until the process has ended, and None where there is none for a moment."""
        seen, rest = 0, b""
        with out.open("rb") as lines:
            while True:
                ended = process.poll() is not None
                rest += lines.read()
                *whole, rest = rest.split(b"\n")
                yield from filter(None, map(self._event, whole))
                if ended:
                    return
                if interrupts.count > seen:
                    seen = interrupts.count
                    on_interrupt(seen, process.pid)
                stopping.look(interrupted=bool(seen))
                if stopping.is_over:
                    return
                if not whole:
                    yield None
                    time.sleep(_LOOK_SECONDS)

    def _event(self, line: bytes) -> Event | None:
        """Return the event of a line, without secret values."""
        event = events.parse(line)
        if not isinstance(event, events.Diagnostic):
            return event
        return replace(event, summary=self.redact(event.summary), detail=self.redact(event.detail))


@contextmanager
def _private(path: Path) -> Iterator[int]:
    """Open a new file for writing, for its owner alone."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _not_started(error: OSError) -> TerraformError:
    if error.errno == errno.E2BIG:
        return TerraformError(
            "Terraform cannot be started: all secret values together are too large for this system",
            hint="put the large ones into Secrets of their own, and name them as existing_secret",
        )
    return TerraformError(
        f"Terraform cannot be started: {error.strerror or error}",
        hint="install Terraform 1.11 or later, so that `terraform version` answers",
    )


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
