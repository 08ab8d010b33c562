"""The first ten minutes: a fresh copy of the checkout, `make run`, and what it says to do next.

What `make run` installs is the newest that the ranges of the extras allow.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.full import needs
from tests.full.page import local, log_in, picture
from tests.full.platform import Platform, processes, until
from tests.full.webdriver import browsing, requests

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

REPOSITORY = Path(__file__).parents[2]
DEADLINE_SECONDS = 600
FLOW = """
from prefect import flow


@flow
def ticking():
    pass
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, str]]:
    """The platform that `make run` started in a fresh copy, and what that said."""
    needs.program("uv")  # without it pip takes a minute to install everything
    folder = tmp_path_factory.mktemp("fresh")
    copy, home = folder / "qhub", folder / "home"
    for name in checked_in():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target, follow_symlinks=False)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environ |= {"QHUB_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        platform = Platform(copy, home, environ, copy / ".venv" / "bin")
        yield platform, run(copy, environ, "make", "run")
    finally:
        for pid, _ in processes(str(home)):
            os.kill(pid, 9)


def test_make_run_in_a_fresh_copy_ends_with_a_flow_that_ran_on_a_dask_cluster(
    fresh: tuple[Platform, str],
) -> None:
    platform, said = fresh
    for part in ("Completed", "Prefect", "Dask Gateway", "healthy", "qhub ui", "qhub destroy"):
        assert part in said, said
    venv = platform.folder / ".venv"
    assert list(venv.glob("lib/*/site-packages/prefect/__pycache__/*.pyc"))
    assert not list(venv.glob("lib/*/site-packages/checkov"))
    assert "tasks-on-dask" in platform.qhub("flow", "list")


def test_a_second_make_run_changes_nothing(fresh: tuple[Platform, str]) -> None:
    platform, _ = fresh
    assert "nothing had changed" in run(platform.folder, dict(platform.environ), "make", "run")


def test_the_page_asks_for_the_password_and_shows_the_run_of_the_example(
    fresh: tuple[Platform, str], tmp_path: Path
) -> None:
    platform, _ = fresh
    with browsing(tmp_path / "browser", size=(1280, 1100)) as browser:
        browser.open(platform.page)
        browser.wait_for("Login", "Authentication failed")
        picture(browser, "login")
        browser.type("input", "qhub:not-it")
        browser.click("button[type=submit]")
        browser.wait_for("Authentication failed")
        log_in(browser, platform)
        browser.wait_for("Flow Runs", "Task Runs", "2\ntotal", "Completed")
        picture(browser, "dashboard")
        with platform.api() as api:
            run = next(api.every("/flow_runs/filter", {"sort": "START_TIME_ASC"}))
        browser.open(f"{platform.page}/runs/flow-run/{run['id']}")
        browser.wait_for(run["name"], "Completed", "Logs", "Finished in state Completed()")
        browser.wait("document.querySelector('canvas')")  # the graph of the run's tasks
        picture(browser, "flow-run")
    assert [url for url in requests(tmp_path / "browser") if not local(url)] == []


def test_the_newest_packages_fit_and_a_flow_runs_when_its_schedule_says(
    fresh: tuple[Platform, str],
) -> None:
    platform, _ = fresh
    check = (needs.program("uv"), "pip", "check", "--python", ".venv/bin/python")
    run(platform.folder, dict(platform.environ), *check)
    (platform.folder / "clock").mkdir()
    (platform.folder / "clock" / "ticking.py").write_text(FLOW)
    deploy = ("flow", "deploy", "--project", "clock", "clock/ticking.py")
    platform.qhub(*deploy, "--every", "10s")
    # With some versions of SQLAlchemy there is never a run.
    completed = {
        "flows": {"name": {"any_": ["ticking"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    with platform.api() as api:
        until(lambda: api.post("/flow_runs/count", completed), seconds=150)
    platform.qhub("flow", "delete", "ticking", "--yes")


def test_destroy_leaves_nothing(fresh: tuple[Platform, str]) -> None:
    platform, _ = fresh
    platform.qhub("destroy", "--confirm", "pipelines", "--data")
    assert processes(str(platform.home)) == []
    assert list(platform.home.iterdir()) == []


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
