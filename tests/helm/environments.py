"""Virtual environments with the Prefect versions that the chart's agents run.

Each lies under `.cache/venvs/`, named after its interpreter and its pins, and is made once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.helm.engine import REPOSITORY

CACHE: Final = REPOSITORY / ".cache" / "venvs"
INSTALL_SECONDS: Final = 540


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter and what is installed for it."""

    python: str
    pins: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        content = "\n".join((self.python, *self.pins))
        return CACHE / hashlib.sha256(content.encode()).hexdigest()[:16]


# 0.14 needs a name that urllib3 2 has dropped; 1.4 cannot read its own objects with marshmallow 4.
PREFECT_0 = Environment("3.8", ("prefect[kubernetes]==0.14.22", "urllib3<2"))
PREFECT_1 = Environment("3.10", ("prefect[kubernetes]==1.4.1", "marshmallow<4"))
# With fastapi 0.156 and later the server of 3.8.8 does not start.
PREFECT_3 = Environment("3.12", ("prefect==3.8.8", "prefect-kubernetes==0.8.0", "fastapi<0.155"))


def interpreter(environment: Environment) -> Path:
    """Return the environment's Python, made if need be.

    Without the interpreter that it needs a test is skipped; where `CI` is set it fails.
    """
    done, python = environment.folder / "complete", environment.folder / "bin" / "python"
    with locked(environment.folder.with_suffix(".lock")):
        if not (done.exists() and python.exists()):  # a link to an interpreter that may have gone
            base = find_python(environment.python)
            if base is None:
                missing(f"no Python {environment.python} found; install it to run this test")
            shutil.rmtree(environment.folder, ignore_errors=True)
            install(environment, str(base))
            done.touch()
    return python


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock while the block runs: tests may run in several processes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def missing(reason: str) -> None:
    """Skip the test, or fail it where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def find_python(version: str) -> str | None:
    """Return an interpreter of that version that runs, or None."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    managed = sorted((root / "versions").glob(f"{version}.*/bin/python"))
    return next(filter(runs, [f"python{version}", *map(str, managed)]), None)


def runs(python: str) -> bool:
    """Tell whether this is an interpreter, not the stand-in of a version manager without one."""
    if not shutil.which(python):
        return False
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def install(environment: Environment, base: str) -> None:
    """Make the environment, with uv where it is there; what is imported is compiled then.

    To compile all packages takes longer than all tests with them.
    """
    folder = str(environment.folder)
    python = str(environment.folder / "bin" / "python")
    if shutil.which("uv"):
        call(["uv", "venv", "--quiet", "--relocatable", "--python", base, folder])
        call(["uv", "pip", "install", "--quiet", "--python", python, *environment.pins])
    else:
        call([base, "-m", "venv", folder])
        call([python, "-m", "pip", "install", "--quiet", "--no-compile", *environment.pins])


def call(command: list[str]) -> None:
    """Run a command; what it said is in the error when it fails."""
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
    )
    if result.returncode:
        message = (
            f"{' '.join(command)} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        )
        raise RuntimeError(message)
