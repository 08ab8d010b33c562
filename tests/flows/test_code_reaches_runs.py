"""What was deployed is what runs: in a process of its own, as a worker starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows import deploy, logs, run
from tests.flows.projects import (
    LOCAL_SUBMODULES,
    execute,
    git,
    with_submodule,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.conftest import Published

pytestmark = [pytest.mark.full, pytest.mark.usefixtures("modules")]

TELL = """
    import os
    from prefect import flow
    {imports}

    @flow(log_prints=True)
    def {name}(rows: int = 1):
        print("told", rows, VALUE, os.environ["QHUB_CODE_DIGEST"][:12], os.path.exists("etl.py"))
"""


def _run(platform: Published, name: str, folder: Path, **more: str) -> str:
    """Run a deployed flow and return the line that it printed."""
    begun = run(name, {"rows": 7}, watch=False)
    told = execute(begun.id, platform.environment | more, folder)
    state = platform.get(f"/flow_runs/{begun.id}")["state"]
    assert state["type"] == "COMPLETED", f"{state}\n{told}"
    (line,) = [line.message for line in logs(begun.id, search="told ")]
    return line


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"pyproject.toml": "", "helper.py": "VALUE = 'first'\n"})


def test_a_new_version_runs_its_code_whatever_is_edited_later(
    platform: Published, project: Path, tmp_path: Path
) -> None:
    text = TELL.format(imports="from helper import VALUE", name="renewed")
    write(project, {"etl.py": text})
    (first,) = deploy(project / "etl.py")
    write(project, {"helper.py": "VALUE = 'second'\n"})
    (second,) = deploy(project / "etl.py")
    assert (second.action, second.changed) == ("updated", ("version", "tags", "code"))
    assert second.id == first.id
    write(project, {"helper.py": "VALUE = 'third'\n", "etl.py": "raise SystemExit(1)\n"})
    assert _run(platform, "renewed", tmp_path / "1") == f"told 7 second {second.version} True"


@pytest.mark.parametrize("layout", ["flat", "src"])
def test_a_package_with_relative_imports(
    platform: Published, project: Path, tmp_path: Path, layout: str
) -> None:
    home = "src/" if layout == "src" else ""
    name = f"of_{layout}"
    imports = "from .deep.values import VALUE; from helper import VALUE as other"
    write(
        project,
        {
            f"{home}shop_{layout}/__init__.py": "",
            f"{home}shop_{layout}/flows.py": TELL.format(imports=imports, name=name),
            f"{home}shop_{layout}/deep/__init__.py": "",
            f"{home}shop_{layout}/deep/values.py": "VALUE = 'deep'\n",
        },
    )
    (done,) = deploy(project / home / f"shop_{layout}" / "flows.py")
    assert _run(platform, name, tmp_path / "1") == f"told 7 deep {done.version} False"


def test_a_pushed_commit_with_a_submodule(
    platform: Published, project: Path, tmp_path: Path
) -> None:
    imports = "from helper import VALUE as own; from vendored.rate import VALUE as rate; "
    text = TELL.format(imports=f"{imports}VALUE = own + rate", name="cloned")
    write(project, {"flows/etl.py": text})
    library = write(tmp_path / "library", {"rate.py": "VALUE = '-rate'\n"})
    sha = with_submodule(project, library, "flows/vendored")
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(project, "remote", "add", "origin", remote.as_uri())
    git(project, "push", "-q", "origin", "main")
    done: Any
    (done,) = deploy(project / "flows" / "etl.py", storage="git")
    assert done.version == sha[:12]
    write(project, {"helper.py": "VALUE = 'second'\n"})
    git(project, "commit", "-qam", "second")
    git(project, "push", "-q", "origin", "main")
    write(library, {"rate.py": "VALUE = '-second'\n"})
    git(library, "commit", "-qam", "second")
    told = _run(platform, "cloned", tmp_path / "1", **LOCAL_SUBMODULES)
    assert told == f"told 7 first-rate {sha[:12]} False"


def test_the_log_of_a_task_is_found_by_its_name(
    platform: Published, project: Path, tmp_path: Path
) -> None:
    text = """
        from prefect import flow, get_run_logger, task

        @task
        def load(city):
            get_run_logger().warning("loading %s", city)

        @task
        def save():
            get_run_logger().info("saving")

        @flow
        def with_tasks():
            load("Berlin"); load("Paris"); save()
    """
    deploy(write(project, {"tasks.py": text}) / "tasks.py")
    begun = run("with_tasks", watch=False)
    execute(begun.id, platform.environment, tmp_path / "1")
    found = logs(begun.id, task="load", level="WARNING")
    assert [line.message for line in found] == ["loading Berlin", "loading Paris"]
    assert len({line.task for line in found}) == 2
    one = found[1].task
    assert [line.message for line in logs(begun.id, task=one, level=30)] == ["loading Paris"]
    assert "saving" not in {line.message for line in logs(begun.id, task="load")}


def test_a_run_whose_archive_is_damaged_says_so_and_a_deploy_puts_it_back(
    platform: Published, project: Path, tmp_path: Path
) -> None:
    write(project, {"etl.py": TELL.format(imports="from helper import VALUE", name="lost")})
    (done,) = deploy(project / "etl.py")
    step = platform.get(f"/deployments/{done.id}")["pull_steps"][0]
    digest = step["qhub.flows.steps.pull_archive"]["sha256"]
    stored = platform.storage / f"{digest}.tar.gz"
    whole = stored.read_bytes()
    stored.write_bytes(b"no gzip")
    begun = run("lost", watch=False)
    told = execute(begun.id, platform.environment, tmp_path / "1")  # a worker sets the state
    assert f"{digest}.tar.gz is damaged" in told
    assert "deploy the flow again" in told
    logged = [line.message for line in logs(begun.id, level="ERROR")]
    assert any("is damaged" in message for message in logged)
    assert deploy(project / "etl.py")[0].action == "unchanged"
    assert stored.read_bytes() == whole
    stored.unlink()
    assert deploy(project / "etl.py")[0].action == "unchanged"
    assert stored.read_bytes() == whole
