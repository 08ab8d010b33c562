from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.embedded.platforms import FINAL, Agents, agent, until
from tests.embedded.runs.conftest import SAMPLE

if TYPE_CHECKING:
    from tests.embedded.server import Server

pytestmark = pytest.mark.full


def described(agents: Agents, file: Path, leave: str = "", **variables: Any) -> dict[str, Any]:
    """Return what a run saw of itself, and its id; it leaves something behind when told so."""
    run = agents.run(
        agents.deploy("flows.py:describe", SAMPLE, **variables), file=str(file), leave=leave
    )
    agents.wait(run, "Completed")
    seen: dict[str, Any] = json.loads(file.read_text())
    return {**seen, "run": run}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("described")


@pytest.fixture(scope="module")
def earlier(agents: Agents, folder: Path) -> dict[str, Any]:
    """A run that changes of its process what it can."""
    return described(agents, folder / "earlier", leave="behind")


@pytest.fixture(scope="module")
def usual(agents: Agents, folder: Path, earlier: dict[str, Any]) -> dict[str, Any]:
    """A run after it, without job variables."""
    assert earlier["run"]
    return described(agents, folder / "usual")


@pytest.fixture(scope="module")
def special(agents: Agents, folder: Path) -> dict[str, Any]:
    """A run with job variables of its own."""
    env = {
        "MINE": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PYTHONPATH": "/of/mine",
        "http_proxy": "http://127.0.0.1:9",  # nobody is there
        "NO_PROXY": "corp.example",
    }
    return described(agents, folder / "special", env=env, cpu_limit="500m")


def test_a_run_sees_the_platform_the_variables_and_the_secrets(
    agents: Agents, special: dict[str, Any]
) -> None:
    environment = special["environment"]
    state = agents.server.layout.root
    assert environment["PREFECT_API_URL"] == agents.server.api
    assert environment["QHUB_STATE"] == str(state)
    assert environment["QHUB_AGENT"] == "pipelines"
    assert environment["QHUB_SECRETS_DIR"] == str(state / "secrets" / "pipelines")
    assert environment["DASK_GATEWAY__AUTH__KWARGS__USERNAME"] == "pipelines"
    assert (environment["FROM_CONFIG"], environment["S3_KEY"]) == ("yes", "planted")
    assert environment["MINE"] == "1"
    assert not {"not-a-variable", "BINARY", "NULL"} & environment.keys()


def test_a_run_has_a_process_of_its_own(agents: Agents, usual: dict[str, Any]) -> None:
    log = agents.server.layout.run_log(usual["run"])
    assert usual["session"][0] == usual["session"][1] != agents.process
    assert usual["descriptors"] == ["/dev/null", str(log), str(log)]
    assert usual["argv"] == ["prefect.engine"] or usual["argv"][0].endswith("engine.py")
    assert usual["umask"] == 0o077
    assert usual["terminate"]
    assert "printed by the flow" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    identity, _, _ = agents.call(f"/flow_runs/{usual['run']}")["infrastructure_pid"].partition(":")
    assert int(identity) == usual["session"][0]


def test_a_run_holds_nothing_open_that_its_agent_has_open(agents: Agents, tmp_path: Path) -> None:
    run = agents.run(agents.deploy("flows.py:until_told", SAMPLE), file=str(tmp_path / "told"))
    until((tmp_path / "told.running").exists)
    assert agents.process is not None
    theirs = opened(agents.process.pid) | opened(agents.worker)
    assert {kind.partition(":")[0] for kind in theirs} >= {"socket"}
    assert str(agents.records.root / "agent.lock") in theirs
    assert theirs & opened(agents.identity(run).pid) == set()
    (tmp_path / "told").touch()
    agents.wait(run, "Completed")


def opened(pid: int) -> set[str]:
    """Return the files, pipes and sockets that a process has open; all have /dev/null."""
    links = Path(f"/proc/{pid}/fd").iterdir()
    named = {str(link.readlink()) for link in links if link.is_symlink()}
    return {name for name in named if not name.startswith(("/dev/null", "anon_inode:"))}


def test_a_run_sees_nothing_of_an_earlier_one(
    earlier: dict[str, Any], usual: dict[str, Any]
) -> None:
    assert usual["left"] == [None, None]
    assert "LEFT" not in usual["environment"]
    assert "/behind" not in usual["path"]
    assert earlier["random"] != usual["random"]
    assert earlier["session"] != usual["session"]


def test_the_working_folder_is_gone_after_the_run(agents: Agents, usual: dict[str, Any]) -> None:
    run = usual["run"]
    until(lambda: not (agents.records.working / run).exists(), what="its folder to go")
    until(lambda: agents.records.read(run) is None, what="its note to go")


def test_settings_of_a_job_count_though_prefect_was_imported_before(
    usual: dict[str, Any], special: dict[str, Any]
) -> None:
    assert (usual["logging"], special["logging"]) == ("INFO", "WARNING")
    assert "/of/mine" in special["path"]


def test_a_run_is_bound_to_as_many_cpus_as_its_limit(
    usual: dict[str, Any], special: dict[str, Any]
) -> None:
    here = len(os.sched_getaffinity(0))
    assert (usual["cpus"], special["cpus"]) == (here, 1)
    if here > 1:
        assert special["environment"]["OMP_NUM_THREADS"] == "1"


def test_memory_over_the_limit_is_an_error_of_the_flow(agents: Agents) -> None:
    deployment = agents.deploy("flows.py:allocate", SAMPLE, memory_limit="256Mi")
    assert agents.wait(agents.run(deployment, mebibytes=64), "Completed") == "Completed"
    failed = agents.run(deployment, mebibytes=400)
    agents.wait(failed, "Failed")
    assert "MemoryError" in agents.call(f"/flow_runs/{failed}")["state"]["message"]


def test_a_limit_that_is_no_quantity_is_told_in_the_run(agents: Agents) -> None:
    deployment = agents.deploy("flows.py:trivial", SAMPLE, memory_limit="lots")
    run = agents.run(deployment)
    agents.wait(run, "Crashed")
    told = agents.call(f"/flow_runs/{run}")["state"]["message"]
    assert told.startswith("the job variable memory_limit is 'lots', not a memory quantity such as")
    body = {"logs": {"flow_run_id": {"any_": [run]}}}
    log = "".join(line["message"] for line in agents.call("/logs/filter", body))
    assert "Traceback" not in log


def test_a_proxy_of_the_agent_or_of_a_run_is_not_asked_for_the_loopback(
    special: dict[str, Any],
) -> None:
    seen = special["environment"]  # it reached Prefect's API
    assert seen["no_proxy"] == seen["NO_PROXY"] == "corp.example,127.0.0.1,localhost"


def test_a_command_of_the_deployment_is_run_by_a_python_of_its_own(
    agents: Agents, folder: Path
) -> None:
    command = f"{sys.executable} -m prefect.engine"
    own = folder / "command"
    seen = described(agents, own, command=command, env={"PYTHONHASHSEED": "0"})
    assert seen["session"][0] != seen["session"][1]
    assert seen["environment"]["PYTHONHASHSEED"] == "0"


def test_a_flow_that_waits_for_others_does_not_keep_them_from_starting(agents: Agents) -> None:
    child = agents.deploy("flows.py:trivial", SAMPLE)
    name = f"trivial/{agents.call(f'/deployments/{child}')['name']}"
    waiting = agents.deploy("flows.py:parent", SAMPLE)
    runs = [agents.run(waiting, child=name) for _ in range(6)]
    for run in runs:
        agents.wait(run, "Completed", within=180)


def test_agents_do_not_see_each_others_variables(
    server: Server, folder: Path, usual: dict[str, Any]
) -> None:
    with agent(server, "reports", env_vars={"OF_REPORTS": "1"}, secrets={"R": b"2"}) as other:
        theirs = described(other, folder / "theirs")["environment"]
    ours = usual["environment"]
    assert (theirs["OF_REPORTS"], theirs["R"]) == ("1", "2")
    assert not {"OF_REPORTS", "R"} & ours.keys()
    assert not {"FROM_CONFIG", "S3_KEY"} & theirs.keys()


def test_a_hundred_runs_at_once_are_all_completed(agents: Agents) -> None:
    deployment = agents.deploy("flows.py:trivial", SAMPLE)
    for _ in range(100):
        agents.run(deployment)
    all_of_it = {"deployment_id": {"any_": [deployment]}}
    ended = {"flow_runs": {**all_of_it, "state": {"type": {"any_": sorted(FINAL)}}}}
    until(
        lambda: agents.call("/flow_runs/count", ended) == 100,
        within=600,
        what="the runs to end",
        every=1,
    )
    runs = agents.call("/flow_runs/filter", {"flow_runs": all_of_it})
    assert [(run["state_name"], run["run_count"]) for run in runs] == [("Completed", 1)] * 100
    assert "database is locked" not in agents.server.layout.log("server").read_text()


def test_what_each_run_would_read_again_is_read_once() -> None:
    """Prefect's settings (by its worker, too, in its own spelling), certificates and models."""
    code = (
        "import os\n"
        "from qhub.embedded.runs import child, warm\n"
        "warm.import_libraries()\n"
        "from prefect.settings import get_current_settings as settings\n"
        "job = {**os.environ, **settings().to_environment_variables(exclude_unset=True)}\n"
        "from qhub.embedded.runs.starting import AgentJobConfiguration as Configuration\n"
        "told = Configuration._base_environment()\n"
        "print({**os.environ, **told} == job, Configuration._base_environment() is told)\n"
        "own = {**job, 'PREFECT_LOGGING_LEVEL': 'DEBUG'}\n"
        "print([child.usual_settings() == child._settings(found) for found in (job, own)])\n"
        "import prefect.client.orchestration as clients, certifi\n"
        "made = clients.ssl.create_default_context\n"
        "file = certifi.where()\n"
        "print(made(cafile=file) is made(cafile=file), made() is made())\n"
        "print(made(cafile=file).verify_mode.name, made(cafile=file).check_hostname)\n"
        "from prefect.client.schemas.objects import FlowRun\n"
        "from prefect.client.schemas.responses import DeploymentResponse\n"
        "print(FlowRun.__pydantic_complete__, DeploymentResponse.__pydantic_complete__)\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    told = ["True True", "[True, False]", "True False", "CERT_REQUIRED True", "True True"]
    assert done.stdout.splitlines() == told, done.stderr
