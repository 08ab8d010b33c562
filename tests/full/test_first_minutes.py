"""The first ten minutes: a fresh copy of the checkout, `make run`, and what it says to do next."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.full import needs
from tests.full.platform import Platform, processes

pytestmark = pytest.mark.full

REPOSITORY = Path(__file__).parents[2]
DEADLINE_SECONDS = 600


def test_make_run_in_a_fresh_copy_ends_with_a_flow_that_ran_on_a_dask_cluster(
    tmp_path: Path,
) -> None:
    needs.program("uv")  # without it pip takes a minute to install everything
    copy, home = tmp_path / "qhub", tmp_path / "home"
    for name in checked_in():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target, follow_symlinks=False)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environ |= {"QHUB_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    platform = Platform(copy, home, environ, copy / ".venv" / "bin")
    try:
        said = run(copy, environ, "make", "run")
        for part in ("Completed", "Prefect", "Dask Gateway", "healthy", "qhub ui", "qhub destroy"):
            assert part in said, said
        assert list((copy / ".venv").glob("lib/*/site-packages/prefect/__pycache__/*.pyc"))
        assert not list((copy / ".venv").glob("lib/*/site-packages/checkov"))
        assert "tasks-on-dask" in platform.qhub("flow", "list")
        again = run(copy, environ, "make", "run")
        assert "nothing had changed" in again
        platform.qhub("destroy", "--confirm", "pipelines", "--data")
        assert processes(str(home)) == []
        assert list(home.iterdir()) == []
    finally:
        for pid, _ in processes(str(home)):
            os.kill(pid, 9)


def checked_in() -> list[str]:
    """Return what a clone would have, with what is not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name]
    return [name for name in names if os.path.lexists(REPOSITORY / name)]


def run(folder: Path, environ: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout
