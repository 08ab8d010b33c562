"""The ranges of the extras hold: resolved afresh, the oldest of them work together.

That the newest do is in test_first_minutes.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.full import needs
from tests.full.platform import deployed, until

pytestmark = pytest.mark.full

REPOSITORY = Path(__file__).parents[2]
DEADLINE_SECONDS = 600
FLOW = """
from prefect import flow, task
from qhub.flows import dask_task_runner


@task
def double(number):
    return 2 * number


@flow(task_runner=dask_task_runner(workers=1), log_prints=True)
def doubled():
    print("doubled", double.submit(21).result())
"""
IMPORTED = """
import dask_gateway_server.app, distributed, prefect.server.api.server, uvicorn
from qhub.embedded.runs import warm
warm.import_libraries()
"""
WHERE = "import qhub; print(qhub.__file__)"
NAMES = """
import importlib.util, pathlib
import qhub.flows
for name in qhub.flows.__all__:
    assert getattr(qhub.flows, name), name
assert not importlib.util.find_spec("supervisor")
assert not importlib.util.find_spec("dask_gateway_server")
print(pathlib.Path(qhub.flows.__file__).parents[1])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = needs.program("uv")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(REPOSITORY))
    (made,) = folder.glob("qhub-*.whl")
    return made


def test_the_oldest_that_embedded_takes_runs_a_scheduled_flow_on_dask(
    wheel: Path, tmp_path: Path
) -> None:
    python = installed(tmp_path / "venv", f"{wheel}[embedded]", "lowest-direct")
    run(str(python), "-Ic", IMPORTED)  # compiled once, not by each program that starts
    project = tmp_path / "project"
    project.mkdir()
    (project / "doubling.py").write_text(FLOW)
    with deployed(project, bin=python.parent, migrated=False) as platform:
        assert run(str(python), "-Ic", WHERE).startswith(str(tmp_path))
        platform.qhub("flow", "deploy", "doubling.py", "--every", "10s")

        # One that nobody asked for: with some versions of SQLAlchemy there is none.
        completed = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
        with platform.api() as api:
            [done, *_] = until(lambda: [*api.every("/flow_runs/filter", completed)], seconds=150)
            logs = {"logs": {"flow_run_id": {"any_": [done["id"]]}}}
            # The last lines come a little after the state.
            until(
                lambda: "doubled 42" in [one["message"] for one in api.every("/logs/filter", logs)]
            )
        platform.qhub("flow", "delete", "doubled", "--yes")


def test_what_flows_brings_is_enough_to_write_flows(wheel: Path, tmp_path: Path) -> None:
    python = installed(tmp_path / "venv", f"{wheel}[flows]", "highest")
    assert run(str(python), "-I", "-c", NAMES).startswith(str(tmp_path))


def installed(folder: Path, what: str, resolution: str) -> Path:
    """Install into an environment of its own, which must be consistent; return its Python."""
    uv, python = needs.program("uv"), folder / "bin" / "python"
    run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    install = (uv, "pip", "install", "--quiet", "--python", str(python))
    run(*install, "--resolution", resolution, what)
    run(uv, "pip", "check", "--quiet", "--python", str(python))
    return python


def run(*command: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, env=environ
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout
